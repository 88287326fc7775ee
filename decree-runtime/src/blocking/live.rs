//! Settings that stay current, for programs without async.

use std::{ops::Deref, sync::Arc};

use super::runtime::Runtime;
use crate::{
    live::{self, Stopped},
    snapshot::Snapshot,
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

    /// Ends this handle; with the last one also the watch, and blocks until it is gone.
    pub fn shutdown(self) {
        let _done = self.runtime.run_elsewhere(self.live.shutdown());
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
