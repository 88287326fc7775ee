//! Being told of changes, for programs without async.

use std::sync::Arc;

use super::runtime::Runtime;
use crate::observe::{self, Change};

/// Changes, each waited for. Made by [`Live::changes`](super::Live::changes) and
/// [`Field::changes`](super::Field::changes).
#[derive(Debug)]
#[must_use = "nothing is waited for before it is asked"]
pub struct Changes<T> {
    changes: observe::Changes<T>,
    runtime: Arc<Runtime>,
}

impl<T> Changes<T> {
    pub(super) fn new(changes: observe::Changes<T>, runtime: &Arc<Runtime>) -> Self {
        Self {
            changes,
            runtime: Arc::clone(runtime),
        }
    }
}

impl<T: Send + Sync + 'static> Iterator for Changes<T> {
    type Item = Change<T>;

    fn next(&mut self) -> Option<Change<T>> {
        self.runtime.run_elsewhere(self.changes.next())?
    }
}

/// Keeps a callback registered; dropping it ends that.
#[derive(Debug)]
#[must_use = "the callback ends when this is dropped"]
pub struct CallbackGuard {
    _guard: observe::CallbackGuard,
    /// What it is called on.
    _runtime: Arc<Runtime>,
}

impl CallbackGuard {
    pub(super) fn new(guard: observe::CallbackGuard, runtime: &Arc<Runtime>) -> Self {
        Self {
            _guard: guard,
            _runtime: Arc::clone(runtime),
        }
    }
}
