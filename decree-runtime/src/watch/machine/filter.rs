//! What the stream is asked for.

use std::{collections::BTreeSet, sync::Arc};

use tokio::time::Instant;

use super::Machine;
use crate::watch::{consumer::Path, timing::within};

impl Machine {
    /// From now on all of `paths` are read, and no others.
    pub(crate) fn listen(&mut self, paths: BTreeSet<Path>, now: Instant) {
        if self.in_parts && !paths.is_subset(&self.paths) {
            self.read.want(now);
        }
        self.paths = paths;
        if !std::mem::replace(&mut self.listening, true) {
            // At once: until the stream takes hold, news waits for the probe that follows it.
            self.stream.want(now);
        } else if self.reopen.is_none() && self.lacks_paths() {
            self.reopen = Some(now + within(&self.timing.gather, &mut self.rng));
        }
    }

    /// Whether the stream that is open says nothing of some that are read.
    pub(super) fn lacks_paths(&self) -> bool {
        let covered = self.filter.is_empty() || self.paths.is_subset(&self.filter);
        self.stream.is_running() && !covered
    }

    /// Makes way for a stream that says more than the one that is open.
    pub(super) fn reopen_if_due(&mut self, now: Instant) {
        let due = self.reopen.is_some_and(|at| at <= now);
        let owes = self.hearing.wake().is_some_and(|at| at <= now);
        if !(due || owes) {
            return;
        }
        if due {
            self.reopen = None;
        }
        // Who asked for it may have left since, and a new stream may have been opened.
        let elsewhere = self.is_out_of_hearing(now);
        if elsewhere || self.lacks_paths() {
            self.reconnects += u32::from(elsewhere);
            self.stream.finish();
            self.stream.want(now);
        }
    }

    /// The filter of the stream that opens now.
    pub(super) fn open_filter(&mut self) -> Arc<[Path]> {
        self.filter = if self.filtered {
            self.paths.clone()
        } else {
            BTreeSet::new()
        };
        self.filter.iter().cloned().collect()
    }
}
