//! One who follows what readers see.

use std::sync::Arc;

use super::Change;
use crate::{
    live::{Live, Stopped},
    snapshot::{Snapshot, Versioned},
};

/// What is looked at in a version.
pub(crate) trait View<C>: Send + Sync + 'static {
    /// What observers are told of.
    type Value: Send + Sync + 'static;
    /// What it remembers of a version.
    type Seen: Send + Sync + 'static;

    fn see(&self, version: Arc<Versioned<C>>) -> Self::Seen;

    /// Whether there is nothing to tell.
    fn is_same(before: &Self::Seen, now: &Self::Seen) -> bool;

    fn show(seen: &Self::Seen) -> Snapshot<Self::Value>;
}

/// All of it: every version is news.
#[derive(Debug)]
pub(super) struct Whole;

impl<C: Send + Sync + 'static> View<C> for Whole {
    type Value = C;
    type Seen = Snapshot<C>;

    fn see(&self, version: Arc<Versioned<C>>) -> Snapshot<C> {
        Snapshot::of(version)
    }

    fn is_same(_: &Snapshot<C>, _: &Snapshot<C>) -> bool {
        false
    }

    fn show(seen: &Snapshot<C>) -> Snapshot<C> {
        seen.clone()
    }
}

/// Compares what readers see with what it reported last.
pub(crate) struct Observer<C, V: View<C>> {
    live: Live<C>,
    view: V,
    seen: V::Seen,
}

/// What was not looked at yet.
pub(super) struct News<C> {
    newest: Arc<Versioned<C>>,
    swaps: u64,
}

impl<C: Send + Sync + 'static, V: View<C>> Observer<C, V> {
    /// It starts from what readers see now.
    pub(crate) fn new(live: &Live<C>, view: V) -> Self {
        let (live, now) = live.observer();
        let seen = view.see(now);
        Self { live, view, seen }
    }

    pub(super) fn live(&self) -> &Live<C> {
        &self.live
    }

    pub(super) fn view(&self) -> &V {
        &self.view
    }

    /// Waits for the next change; `None` once the watch has ended and its last one was reported.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: what is not returned is returned by the next call.
    pub(super) async fn next(&mut self) -> Option<Change<V::Value>> {
        loop {
            let news = self.news().await.ok()?;
            if let Some(change) = self.look(news) {
                return Some(change);
            }
        }
    }

    pub(super) async fn news(&mut self) -> Result<News<C>, Stopped> {
        let before = self.live.reported();
        let newest = self.live.newer().await?;
        let swaps = newest.swap - before;
        Ok(News { newest, swaps })
    }

    /// Runs code of the application.
    pub(super) fn look(&mut self, news: News<C>) -> Option<Change<V::Value>> {
        let seen = self.view.see(news.newest);
        if V::is_same(&self.seen, &seen) {
            return None;
        }
        let before = std::mem::replace(&mut self.seen, seen);
        Some(Change {
            old: V::show(&before),
            new: V::show(&self.seen),
            swaps: news.swaps,
        })
    }
}
