//! The watches of a client: one for each tenant, shared by everybody who reads it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Client, call::closed, source::TenantSource};
use crate::{
    error::Error,
    watch::{self, Look, Timing, Watch, WeakWatch},
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
        let all = std::mem::take(&mut *self.lock());
        for (_, watch) in all {
            watch.end().await;
        }
    }
}

impl Client {
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
        let timing = Timing {
            read_timeout: self.timeout,
            ..Timing::default()
        };
        let tenant = source.tenant().to_owned();
        let started = watch::start(source, Arc::clone(look), timing);
        watches.push((tenant, started.downgrade()));
        Ok(started)
    }
}
