//! The changes of a field, one after another.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::held::Held;
use crate::{
    live::Live,
    snapshot::{Snapshot, Written},
};

/// What a field was and what it is.
#[derive(Debug)]
#[non_exhaustive]
pub struct Change<T> {
    /// The value before; of the change that was reported last, or of when the stream was made.
    pub old: Arc<T>,
    /// The value now.
    pub new: Arc<T>,
    /// The version that brought it.
    pub version: i32,
    /// Who made that version, and when, where that is known.
    pub written: Option<Written>,
}

impl<T> Clone for Change<T> {
    fn clone(&self) -> Self {
        Self {
            old: Arc::clone(&self.old),
            new: Arc::clone(&self.new),
            version: self.version,
            written: self.written.clone(),
        }
    }
}

/// The changes of a field. Made by [`Field::changes`](crate::Field::changes).
///
/// It yields when what the server has stored is another than what was reported last. A reader that
/// is slow gets several changes as one; the last is never lost. It ends after that with the watch,
/// which it keeps running as a [`Field`](crate::Field) does.
#[must_use = "it yields nothing unless it is polled"]
pub struct Changes<T> {
    /// `None` after the end.
    next: Option<Next<T>>,
}

type Next<T> = Pin<Box<dyn Future<Output = Option<(Change<T>, Follower<T>)>> + Send>>;

/// Where a reader of changes stands.
struct Follower<T> {
    live: Live<Held<T>>,
    last: Snapshot<Held<T>>,
}

impl<T: Send + Sync + 'static> Follower<T> {
    async fn next(mut self) -> Option<(Change<T>, Self)> {
        loop {
            let newest = self.live.changed().await.ok()?;
            if newest.origin == self.last.origin {
                continue;
            }
            let change = Change {
                old: Arc::clone(&self.last.value),
                new: Arc::clone(&newest.value),
                version: newest.since,
                written: Held::written(&newest),
            };
            self.last = newest;
            return Some((change, self));
        }
    }
}

impl<T: Send + Sync + 'static> Changes<T> {
    pub(super) fn new(live: Live<Held<T>>) -> Self {
        let last = live.load();
        let follower = Follower { live, last };
        Self {
            next: Some(Box::pin(follower.next())),
        }
    }

    /// Waits for the next change; `None` when the watch has ended and its last change was reported.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a change that was not returned is reported by the next call.
    pub async fn next(&mut self) -> Option<Change<T>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<T: Send + Sync + 'static> Stream for Changes<T> {
    type Item = Change<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Change<T>>> {
        let Some(next) = &mut self.next else {
            return Poll::Ready(None);
        };
        let news = ready!(next.as_mut().poll(cx));
        let (change, follower) = news.unzip();
        self.next = follower.map(|follower| -> Next<T> { Box::pin(follower.next()) });
        Poll::Ready(change)
    }
}

impl<T> fmt::Debug for Changes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("ended", &self.next.is_none())
            .finish()
    }
}
