//! Code of the application that is called when something happens.

use std::{any::Any, fmt, sync::Arc, time::Duration};

use futures_util::{
    StreamExt,
    stream::{self, Stream},
};
use tokio::{
    runtime::Handle,
    task::{JoinSet, spawn_blocking},
};

use super::{Change, Observer, View, stale};
use crate::{decode::contain, live::Live, status::Status};

/// Keeps a callback registered; dropping it ends that. Made by
/// [`Live::on_change`](crate::Live::on_change), [`Live::on_stale`](crate::Live::on_stale),
/// [`Mapped::on_change`](crate::Mapped::on_change) and
/// [`Field::on_change`](crate::Field::on_change).
///
/// A call that runs when it is dropped runs to its end; no other follows. It keeps the watch running
/// as a handle does.
#[must_use = "the callback ends when this is dropped"]
pub struct CallbackGuard {
    /// The only lasting hold on the callback: without it no call begins.
    _f: Arc<dyn Any + Send + Sync>,
    /// Aborted with the set.
    _task: JoinSet<()>,
}

impl CallbackGuard {
    /// Without a runtime there is nothing that changes.
    pub(crate) fn on_change<C, V, F>(
        runtime: Option<&Handle>,
        of: impl Into<Arc<str>>,
        observer: Observer<C, V>,
        f: F,
    ) -> Self
    where
        C: Send + Sync + 'static,
        V: View<C>,
        F: Fn(&Change<V::Value>) + Send + Sync + 'static,
    {
        let of = of.into();
        let looks_at = Arc::clone(&of);
        let changes = stream::unfold((observer, looks_at), |(mut observer, of)| async {
            loop {
                let news = observer.news().await.ok()?;
                match contain(|| observer.look(news)) {
                    Ok(Some(change)) => return Some((change, (observer, of))),
                    Ok(None) => {}
                    Err(panic) => tracing::error!(of = &*of, panic, "a projection panicked"),
                }
            }
        });
        Self::new(runtime, of, changes, f)
    }

    pub(super) fn on_stale<C, F>(
        runtime: Option<&Handle>,
        of: impl Into<Arc<str>>,
        live: &Live<C>,
        after: Duration,
        f: F,
    ) -> Self
    where
        C: Send + Sync + 'static,
        F: Fn(&Status) + Send + Sync + 'static,
    {
        Self::new(runtime, of.into(), stale::spells(live, after), f)
    }

    fn new<E, F>(
        runtime: Option<&Handle>,
        of: Arc<str>,
        events: impl Stream<Item = E> + Send + 'static,
        f: F,
    ) -> Self
    where
        E: Send + 'static,
        F: Fn(&E) + Send + Sync + 'static,
    {
        let f = Arc::new(f);
        let callback = Arc::downgrade(&f);
        let calling = async move {
            let mut events = std::pin::pin!(events);
            while let Some(event) = events.next().await {
                let callback = callback.clone();
                let call = spawn_blocking(move || {
                    if let Some(f) = callback.upgrade() {
                        f(&event);
                    }
                });
                if call.await.is_err_and(|error| error.is_panic()) {
                    tracing::error!(of = &*of, "a callback panicked");
                }
            }
        };
        let mut task = JoinSet::new();
        if let Some(runtime) = runtime {
            task.spawn_on(calling, runtime);
        }
        Self { _f: f, _task: task }
    }
}

impl fmt::Debug for CallbackGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackGuard").finish_non_exhaustive()
    }
}
