//! The watches of a client: one for each tenant, shared by everybody who reads it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Client, call::closed, source::TenantSource};
use crate::{
    error::Error,
    watch::{self, Look, Watch, WeakWatch},
};

/// Every watch that may still run, with its tenant as it was typed.
#[derive(Default)]
pub(super) struct Watches(Mutex<Vec<(String, WeakWatch)>>);

impl Watches {
    fn lock(&self) -> MutexGuard<'_, Vec<(String, WeakWatch)>> {
        // A panic leaves the list whole: it changes in single steps.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all of them and waits until they are gone, those included that were ending already.
    pub(super) async fn end_all(&self) {
        let all: Vec<WeakWatch> = self.lock().iter().map(|(_, watch)| watch.clone()).collect();
        // All are told before any is waited for: a wait can be cancelled.
        all.iter().for_each(WeakWatch::end);
        for watch in all {
            watch.ended().await;
        }
    }
}

impl Client {
    /// Tells the watch of the tenant of an id, if there is one, what this client wrote: a stream may
    /// leave it out, and a rollback always is. Returns the number of the version.
    pub(super) fn wrote(&self, tenant_id: &str, version: i32) -> i32 {
        for (_, watch) in &*self.shared.watches.lock() {
            watch.announce(tenant_id, version);
        }
        version
    }

    /// The watch of a tenant; it starts with `look` unless it runs.
    pub(super) fn watch_of(&self, source: TenantSource, look: &Arc<Look>) -> Result<Watch, Error> {
        // One lock from the search to the entry: two that start at once share one watch, and none
        // is left on a watch that its last holder is letting go.
        let mut watches = self.shared.watches.lock();
        if self.shared.closing.is_closed() {
            return Err(closed());
        }
        watches.retain(|(_, watch)| !watch.has_ended());
        let mut same = watches
            .iter()
            .filter(|(tenant, _)| tenant == source.tenant());
        if let Some(running) = same.find_map(|(_, watch)| watch.upgrade()) {
            return Ok(running);
        }
        let timing = self.shared.watch_timing.clone();
        let tenant = source.tenant().to_owned();
        let started = watch::start(source, Arc::clone(look), timing);
        watches.push((tenant, started.downgrade()));
        Ok(started)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::{error::ErrorKind, reading::Reading};

    fn source(client: &Client, tenant: &str) -> TenantSource {
        TenantSource::new(client.clone(), tenant.to_owned()).unwrap()
    }

    fn look() -> Arc<Look> {
        Arc::new(Look::new(Reading::of_nothing(1), Instant::now()))
    }

    fn client() -> Client {
        // Nobody listens there; a watch goes on all the same.
        let client = Client::builder("127.0.0.1:1").subject("app");
        client.build().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_ended_is_forgotten() {
        let client = client();
        for tenant in ["a", "b", "c"] {
            let watch = client.watch_of(source(&client, tenant), &look()).unwrap();
            let entries = client.shared.watches.lock().len();
            assert_eq!(entries, 1, "{tenant}");
            watch.hold.release().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_of_what_has_ended() {
        let (client, look) = (client(), look());
        let kept = Arc::downgrade(&look);
        let watch = client.watch_of(source(&client, "a"), &look).unwrap();
        drop(look);
        let hold = watch.hold.clone();
        drop(watch);
        hold.release().await;
        assert!(kept.upgrade().is_none());
    }

    /// A start may be past its last call when the client is closed.
    #[tokio::test(start_paused = true)]
    async fn none_starts_after_the_end() {
        let client = client();
        let running = client.watch_of(source(&client, "a"), &look()).unwrap();
        client.close().await;
        let late = client.watch_of(source(&client, "a"), &look());
        assert_eq!(late.err().unwrap().kind(), ErrorKind::Closed);
        drop(running);
    }
}
