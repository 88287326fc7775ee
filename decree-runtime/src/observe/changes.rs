//! Changes, one after another.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{
    StreamExt,
    stream::{self, BoxStream, Fuse, FusedStream, Stream},
};

use super::{Change, Observer, View};

/// Changes as a stream. Made by [`Live::changes`](crate::Live::changes),
/// [`Mapped::changes`](crate::Mapped::changes) and [`Field::changes`](crate::Field::changes).
///
/// There is no queue: a reader that is slow gets several changes [as
/// one](crate::Live#what-an-observer-sees-first), and [`Change::swaps`] says how many. It ends after
/// the last change with the watch, which it keeps running as a handle does.
#[must_use = "it yields nothing unless it is polled"]
pub struct Changes<T>(Fuse<BoxStream<'static, Change<T>>>);

impl<T> Changes<T> {
    pub(crate) fn new<C, V>(observer: Observer<C, V>) -> Self
    where
        C: Send + Sync + 'static,
        V: View<C, Value = T>,
    {
        let changes = stream::unfold(observer, |mut observer| async {
            let change = observer.next().await?;
            Some((change, observer))
        });
        Self(changes.boxed().fuse())
    }

    /// Waits for the next change; `None` when the watch has ended and its last change was reported.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a change that was not returned is reported by the next call.
    pub async fn next(&mut self) -> Option<Change<T>> {
        self.0.next().await
    }
}

impl<T> Stream for Changes<T> {
    type Item = Change<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Change<T>>> {
        self.0.poll_next_unpin(cx)
    }
}

impl<T> fmt::Debug for Changes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("ended", &self.0.is_terminated())
            .finish()
    }
}
