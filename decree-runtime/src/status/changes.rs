//! The status, whenever it changes.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use tokio::sync::watch;

use super::Status;

/// The status of a watch as a stream. Made by
/// [`Live::status_changes`](crate::Live::status_changes).
///
/// The first item is the status now. A reader that is slow gets the newest and misses those in
/// between; the last one, which says why the watch has ended, is never lost, and the stream ends
/// after it. It does not keep the watch running, and ends with the last handle on it.
#[must_use = "it yields nothing unless it is polled"]
pub struct StatusChanges {
    /// `None` after the end.
    next: Option<Next>,
}

type Next = Pin<Box<dyn Future<Output = Option<(Status, watch::Receiver<Status>)>> + Send>>;

impl StatusChanges {
    pub(crate) fn new(mut status: watch::Receiver<Status>) -> Self {
        status.mark_changed();
        Self {
            next: Some(Box::pin(next(status))),
        }
    }

    /// Waits for the next status; `None` after the last one.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a status that was not returned is returned by the next call, or a newer one.
    pub async fn next(&mut self) -> Option<Status> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

async fn next(mut status: watch::Receiver<Status>) -> Option<(Status, watch::Receiver<Status>)> {
    // An error is the end: there is nobody left who would change it.
    status.changed().await.ok()?;
    let newest = status.borrow_and_update().clone();
    Some((newest, status))
}

impl Stream for StatusChanges {
    type Item = Status;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Status>> {
        let Some(future) = &mut self.next else {
            return Poll::Ready(None);
        };
        let news = ready!(future.as_mut().poll(cx));
        let (newest, status) = news.unzip();
        let over = newest
            .as_ref()
            .is_some_and(|it: &Status| it.stopped.is_some());
        self.next = status
            .filter(|_| !over)
            .map(|status| -> Next { Box::pin(next(status)) });
        Poll::Ready(newest)
    }
}

impl fmt::Debug for StatusChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusChanges")
            .field("ended", &self.next.is_none())
            .finish()
    }
}
