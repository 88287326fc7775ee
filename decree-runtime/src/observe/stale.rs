//! When values get old.

use std::time::Duration;

use futures_util::stream::{self, Stream};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::{
    live::Live,
    status::{Phase, Status},
};

/// The status, each time that what readers see was not confirmed for longer than `after`.
pub(super) fn spells<C: Send + Sync + 'static>(
    live: &Live<C>,
    after: Duration,
) -> impl Stream<Item = Status> + Send + use<C> {
    let spells = Spells {
        status: live.watch_status(),
        after,
        told: false,
        _live: live.clone(),
    };
    stream::unfold(spells, |mut spells| async {
        let status = spells.next().await?;
        Some((status, spells))
    })
}

struct Spells<C> {
    status: watch::Receiver<Status>,
    after: Duration,
    /// This one was told of.
    told: bool,
    /// Keeps the watch running.
    _live: Live<C>,
}

impl<C> Spells<C> {
    async fn next(&mut self) -> Option<Status> {
        loop {
            let (phase, due) = {
                let status = self.status.borrow_and_update();
                (status.phase, status.is_older_at(self.after))
            };
            let is_old = due.is_some_and(|due| due <= Instant::now());
            self.told &= is_old;
            if phase == Phase::Fixed || (phase == Phase::Stopped && self.told) {
                return None;
            }
            if is_old && !self.told {
                self.told = true;
                return Some(self.status.borrow().clone());
            }
            let due = due.filter(|_| !is_old);
            tokio::select! {
                changed = self.status.changed() => changed.ok()?,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
        }
    }
}
