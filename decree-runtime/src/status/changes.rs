//! The status, whenever it changes.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{
    StreamExt,
    stream::{self, BoxStream, Fuse, FusedStream, Stream},
};
use tokio::sync::watch;

use super::Status;

/// The status of a watch as a stream. Made by
/// [`Live::status_changes`](crate::Live::status_changes).
///
/// The first item is [the status now](crate::Live#what-an-observer-sees-first). A reader that is
/// slow gets the newest and misses those in between; the last one, which says why the watch has
/// ended, is never lost, and the stream ends after it. It does not keep the watch running, and ends
/// with the last handle on it.
#[must_use = "it yields nothing unless it is polled"]
pub struct StatusChanges(Fuse<BoxStream<'static, Status>>);

impl StatusChanges {
    pub(crate) fn new(mut status: watch::Receiver<Status>) -> Self {
        status.mark_changed();
        let changes = stream::unfold(Some(status), |status| async {
            let mut status = status?;
            // An error is the end: there is nobody left who would change it.
            status.changed().await.ok()?;
            let newest = status.borrow_and_update().clone();
            let goes_on = newest.stopped.is_none();
            Some((newest, goes_on.then_some(status)))
        });
        Self(changes.boxed().fuse())
    }

    /// Waits for the next status; `None` after the last one.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a status that was not returned is returned by the next call, or a newer one.
    pub async fn next(&mut self) -> Option<Status> {
        self.0.next().await
    }
}

impl Stream for StatusChanges {
    type Item = Status;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Status>> {
        self.0.poll_next_unpin(cx)
    }
}

impl fmt::Debug for StatusChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusChanges")
            .field("ended", &self.0.is_terminated())
            .finish()
    }
}
