//! What all calls share: the engine behind its lock, the subscribers, the limiter, the notes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use decree_proto::v1::ConfigVersion;
use prost_types::Timestamp;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tonic::{Response, Status};

use crate::{
    Quirks,
    engine::{Commit, Engine, LONGEST_LIST, Sight},
    faults::{Connection, Delivery, Faults, Lies, Spoil},
    limiter::Limiter,
    seen::Seen,
    service::sendable,
};

/// How many events the real server keeps for a subscriber that does not read.
const BUFFER: usize = 64;

#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) quirks: Quirks,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) seen: Seen,
    engine: Mutex<Engine>,
    pub(crate) lies: Lies,
    subscribers: Mutex<HashMap<String, Vec<Subscriber>>>,
}

/// The near end of a subscription.
#[derive(Debug)]
struct Subscriber {
    events: mpsc::Sender<Delivery>,
    /// Takes what the stream ends with; dropped, it ends without an error.
    end: oneshot::Sender<Status>,
    connection: Arc<Connection>,
}

impl Subscriber {
    fn hears(&self) -> bool {
        !self.events.is_closed() && !self.connection.is_deaf()
    }
}

/// The far end of a subscription.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) events: mpsc::Receiver<Delivery>,
    pub(crate) end: oneshot::Receiver<Status>,
}

impl Hub {
    pub(crate) fn new(quirks: Quirks) -> Self {
        Self {
            quirks,
            limiter: Arc::default(),
            seen: Seen::default(),
            engine: Mutex::new(Engine::new(quirks, uuid)),
            lies: Lies::default(),
            subscribers: Mutex::default(),
        }
    }

    pub(crate) fn engine(&self) -> MutexGuard<'_, Engine> {
        lock(&self.engine)
    }

    /// Tells subscribers about a commit; what they cannot take is lost, as with the real server.
    pub(crate) fn publish(&self, commit: Commit) -> ConfigVersion {
        let Commit { version, event } = commit;
        self.lies.note_version(&version.tenant_id, version.version);
        let event = event.filter(|event| !self.quirks.lost_large_events || !event.is_too_large());
        if let Some(event) = event {
            self.deliver(self.lies.pass(event));
        }
        version
    }

    fn deliver(&self, deliveries: Vec<Delivery>) {
        let mut subscribers = lock(&self.subscribers);
        for delivery in deliveries {
            let Some(subscribers) = subscribers.get_mut(&delivery.event.tenant) else {
                continue;
            };
            subscribers.retain(|subscriber| {
                if subscriber.hears() {
                    let _lost = subscriber.events.try_send(delivery.clone());
                }
                !subscriber.events.is_closed()
            });
        }
    }

    pub(crate) fn subscribe(&self, tenant: &str, connection: Arc<Connection>) -> Subscription {
        let buffer = if self.quirks.lossy_buffer {
            BUFFER
        } else {
            Semaphore::MAX_PERMITS
        };
        let (sender, events) = mpsc::channel(buffer);
        let (ender, end) = oneshot::channel();
        lock(&self.subscribers)
            .entry(tenant.to_owned())
            .or_default()
            .push(Subscriber {
                events: sender,
                end: ender,
                connection,
            });
        Subscription { events, end }
    }

    pub(crate) fn subscribers(&self) -> usize {
        let subscribers = lock(&self.subscribers);
        let hearing = subscribers.values().flatten().filter(|s| s.hears());
        hearing.count()
    }

    /// Ends every subscription, without an error unless there is one.
    pub(crate) fn end_subscriptions(&self, status: Option<&Status>) {
        for subscriber in lock(&self.subscribers).drain().flat_map(|(_, all)| all) {
            if let Some(status) = status {
                let _gone = subscriber.end.send(status.clone());
            }
        }
    }

    pub(crate) fn misbehave(&self, change: impl FnOnce(&mut Faults)) {
        let faults = self.lies.change(change);
        let mut engine = self.engine();
        engine.longest_list = faults.longest_list.unwrap_or(LONGEST_LIST);
        engine.set_stale_types(faults.stale_types);
    }

    /// Lets go what is held back.
    pub(crate) fn release(&self) {
        self.deliver(self.lies.release());
    }

    /// How much of a tenant's history a read sees now.
    pub(crate) fn sight(&self, engine: &Engine, tenant: &str) -> Sight {
        let id = engine.tenant_id(tenant).unwrap_or_default();
        self.lies.sight(&id, engine.latest_version(&id))
    }

    /// The answer to a call, unless it is longer than answers may be.
    pub(crate) fn answer<T: Spoil>(
        &self,
        method: &str,
        mut message: T,
    ) -> Result<Response<T>, Status> {
        if let Some(garbage) = self.lies.garbage(method) {
            message.spoil(garbage);
        }
        sendable(&message)?;
        Ok(Response::new(message))
    }
}

/// A panic in one call must not take the others with it; the state behind is never half-written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}

/// A random identifier (version 4).
fn uuid() -> String {
    let random = fastrand::u128(..);
    let bits = random & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::is_uuid;

    #[test]
    fn ids_are_uuids_of_version_four() {
        for _ in 0..100 {
            let id = uuid();
            assert!(is_uuid(&id), "{id}");
            assert_eq!(id.as_bytes()[14], b'4', "{id}");
            assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
        }
    }
}
