//! Settings that stay current, for programs without async.

use std::{ops::Deref, sync::Arc, time::Duration};

use super::{
    observe::{CallbackGuard, Changes},
    runtime::Runtime,
};
use crate::{
    live::{self, Stopped},
    observe::{Change, WaitError},
    snapshot::Snapshot,
    status::Status,
};

/// A [`Live`](crate::Live) whose waits block. Everything else is the same, and reads do not block.
#[derive(Debug)]
pub struct Live<C> {
    live: live::Live<C>,
    runtime: Arc<Runtime>,
}

impl<C> Live<C> {
    pub(super) fn new(live: live::Live<C>, runtime: Arc<Runtime>) -> Self {
        Self { live, runtime }
    }

    /// Blocks until there is a version that this handle has not reported yet, and returns the
    /// newest, as [`Live::changed`](crate::Live::changed) does.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the watch has ended and its last version was reported.
    pub fn changed(&mut self) -> Result<Snapshot<C>, Stopped> {
        let changed = self.live.changed();
        self.runtime.run_elsewhere(changed).unwrap_or(Err(Stopped))
    }

    /// Blocks until `holds` is true of the settings, as
    /// [`Live::wait_for`](crate::Live::wait_for) waits.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn wait_for(&self, holds: impl FnMut(&C) -> bool) -> Result<Snapshot<C>, Stopped>
    where
        C: Send + Sync + 'static,
    {
        let waited = self.live.wait_for(holds);
        self.runtime.run_elsewhere(waited).unwrap_or(Err(Stopped))
    }

    /// Blocks until readers see `version` or a later one, as
    /// [`Live::wait_for_version`](crate::Live::wait_for_version) waits.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn wait_for_version(
        &self,
        version: i32,
        timeout: Duration,
    ) -> Result<Snapshot<C>, WaitError> {
        let waited = self.live.wait_for_version(version, timeout);
        self.runtime.run_elsewhere(waited).unwrap_or_else(|| {
            Err(WaitError::TimedOut {
                wanted: version,
                timeout: Duration::ZERO,
                status: Box::new(self.live.status()),
            })
        })
    }

    /// Ends this handle; with the last one also the watch, and blocks until it is gone.
    pub fn shutdown(self) {
        let _done = self.runtime.run_elsewhere(self.live.shutdown());
    }
}

impl<C: Send + Sync + 'static> Live<C> {
    /// Every new version, as an iterator that blocks until there is one, and that ends with the
    /// watch; see [`Live::changes`](crate::Live::changes).
    pub fn changes(&self) -> Changes<C> {
        Changes::new(self.live.changes(), &self.runtime)
    }

    /// Calls `f` for every new version from now on, until the guard is dropped; see
    /// [`Live::on_change`](crate::Live::on_change).
    pub fn on_change<F>(&self, f: F) -> CallbackGuard
    where
        F: Fn(&Change<C>) + Send + Sync + 'static,
    {
        CallbackGuard::new(self.live.on_change(f), &self.runtime)
    }

    /// Calls `f` each time that values get old, until the guard is dropped; see
    /// [`Live::on_stale`](crate::Live::on_stale).
    pub fn on_stale<F>(&self, after: Duration, f: F) -> CallbackGuard
    where
        F: Fn(&Status) + Send + Sync + 'static,
    {
        CallbackGuard::new(self.live.on_stale(after, f), &self.runtime)
    }
}

impl<C> Clone for Live<C> {
    fn clone(&self) -> Self {
        Self::new(self.live.clone(), Arc::clone(&self.runtime))
    }
}

impl<C> Deref for Live<C> {
    type Target = live::Live<C>;

    fn deref(&self) -> &live::Live<C> {
        &self.live
    }
}
