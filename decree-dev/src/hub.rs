//! What all calls share: the engine behind its lock, the subscribers, the limiter, the notes.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use prost_types::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tonic::Status;

use crate::{
    Quirks,
    engine::{Commit, Engine, Event},
    limiter::Limiter,
    seen::Seen,
};

/// How many events the real server keeps for a subscriber that does not read.
const BUFFER: usize = 64;

#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) quirks: Quirks,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) seen: Seen,
    engine: Mutex<Engine>,
    subscribers: Mutex<HashMap<String, Vec<mpsc::Sender<Arc<Event>>>>>,
    failures: Mutex<HashMap<String, VecDeque<Status>>>,
}

impl Hub {
    pub(crate) fn new(quirks: Quirks) -> Self {
        Self {
            quirks,
            limiter: Arc::default(),
            seen: Seen::default(),
            engine: Mutex::new(Engine::new(quirks, uuid)),
            subscribers: Mutex::default(),
            failures: Mutex::default(),
        }
    }

    pub(crate) fn engine(&self) -> MutexGuard<'_, Engine> {
        lock(&self.engine)
    }

    /// Tells subscribers about a commit; what they cannot take is lost, as with the real server.
    pub(crate) fn publish(&self, commit: &Commit) {
        let Some(event) = commit.event.clone() else {
            return;
        };
        if self.quirks.lost_large_events && event.is_too_large() {
            return;
        }
        let event = Arc::new(event);
        if let Some(subscribers) = lock(&self.subscribers).get_mut(&event.tenant) {
            subscribers.retain(|subscriber| {
                !matches!(
                    subscriber.try_send(Arc::clone(&event)),
                    Err(mpsc::error::TrySendError::Closed(_))
                )
            });
        }
    }

    pub(crate) fn subscribe(&self, tenant: &str) -> mpsc::Receiver<Arc<Event>> {
        let buffer = if self.quirks.lossy_buffer {
            BUFFER
        } else {
            Semaphore::MAX_PERMITS
        };
        let (sender, receiver) = mpsc::channel(buffer);
        lock(&self.subscribers)
            .entry(tenant.to_owned())
            .or_default()
            .push(sender);
        receiver
    }

    pub(crate) fn subscribers(&self) -> usize {
        let subscribers = lock(&self.subscribers);
        subscribers
            .values()
            .flatten()
            .filter(|subscriber| !subscriber.is_closed())
            .count()
    }

    /// Ends every subscription the way a server ends them: without an error.
    pub(crate) fn end_subscriptions(&self) {
        lock(&self.subscribers).clear();
    }

    /// Makes a coming call fail, after those that already have to.
    pub(crate) fn fail(&self, method: &str, status: Status) {
        lock(&self.failures)
            .entry(method.to_owned())
            .or_default()
            .push_back(status);
    }

    pub(crate) fn next_failure(&self, method: &str) -> Option<Status> {
        lock(&self.failures).get_mut(method)?.pop_front()
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
