//! Code of the application that is called when a field changes.

use std::sync::Arc;

use tokio::{
    runtime::Handle,
    task::{JoinSet, spawn_blocking},
};

use super::changes::{Change, Changes};

/// Keeps a callback registered; dropping it ends that. Made by
/// [`Field::on_change`](crate::Field::on_change).
///
/// A call that runs when it is dropped runs to its end; no other follows. It keeps the watch running
/// as a [`Field`](crate::Field) does.
#[derive(Debug)]
#[must_use = "the callback ends when this is dropped"]
pub struct CallbackGuard {
    /// Aborted with the set.
    _task: JoinSet<()>,
}

impl CallbackGuard {
    pub(super) fn new<T, F>(runtime: &Handle, path: Arc<str>, mut changes: Changes<T>, f: F) -> Self
    where
        T: Send + Sync + 'static,
        F: Fn(&Change<T>) + Send + Sync + 'static,
    {
        let f = Arc::new(f);
        let mut task = JoinSet::new();
        let calling = async move {
            while let Some(change) = changes.next().await {
                let f = Arc::clone(&f);
                let version = change.version;
                let call = spawn_blocking(move || f(&change));
                if call.await.is_err_and(|error| error.is_panic()) {
                    tracing::error!(path = &*path, version, "a callback panicked");
                }
            }
        };
        task.spawn_on(calling, runtime);
        Self { _task: task }
    }
}
