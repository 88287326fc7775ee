//! Which content was seen under which version.
//!
//! A version keeps its rows, but the same version can show another content: a schema changed under
//! it, or a late replica answered with old rows under a new number.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::Answer;

/// More versions than a replica in use is late.
const KEPT: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Digests and the first version that each was seen under, oldest first.
    seen: VecDeque<(u64, i32)>,
    /// What is shown was seen under an older version before: a version that goes back to it, or old
    /// rows under a new number. Then another old content may be the true one.
    repeats: bool,
    /// Other content of the version that is shown, and since when every answer shows it.
    doubted: Option<(u64, Instant)>,
    /// Until then a late replica may show the rows from before under the number of what is shown.
    young_until: Option<Instant>,
}

impl Contents {
    pub(super) fn of(first: &Answer, settled: Instant) -> Self {
        let mut contents = Self::default();
        contents.see(first.digest, first.version, settled);
        contents
    }

    /// `digest` is shown as that of `version` from now on; until `settled` a replica may be late.
    pub(super) fn see(&mut self, digest: u64, version: i32, settled: Instant) {
        self.young_until = Some(settled);
        self.repeats = self.was_of_older(digest, version);
        // The first version counts: a late replica shows old rows under any number.
        if self.seen.iter().all(|(known, _)| *known != digest) {
            self.seen.push_back((digest, version));
        }
        if self.seen.len() > KEPT {
            self.seen.pop_front();
        }
    }

    /// The types are others: so is the content, whatever its age.
    pub(super) fn expect_another(&mut self) {
        self.young_until = None;
    }

    /// The history is another.
    pub(super) fn forget(&mut self) {
        self.seen.clear();
        self.repeats = false;
        self.doubted = None;
    }

    /// An answer showed other content than is shown of the version; says when to look again, if
    /// `second_look` is the soonest. While a replica may be late, two looks are no proof, and more
    /// make none before its time.
    pub(super) fn doubt(&mut self, digest: u64, second_look: Instant, now: Instant) -> Instant {
        let again = self.doubted.is_some_and(|(known, _)| known == digest);
        if !again {
            self.doubted = Some((digest, now));
        }
        let settled = self.young_until.filter(|_| again);
        settled.map_or(second_look, |settled| settled.max(second_look))
    }

    pub(super) fn is_doubted(&self) -> bool {
        self.doubted.is_some()
    }

    pub(super) fn trust(&mut self) {
        self.doubted = None;
    }

    /// Whether other content of `version`, asked for at `asked`, is to be believed: at the second
    /// look, once no replica is late any more. What an older version showed has to last for as long
    /// as that.
    pub(super) fn is_confirmed(
        &self,
        digest: u64,
        version: i32,
        patience: Duration,
        asked: Instant,
    ) -> bool {
        let Some((_, since)) = self.doubted.filter(|(known, _)| *known == digest) else {
            return false;
        };
        let is_young = self.young_until.is_some_and(|until| asked < until);
        !is_young && (!self.is_old(digest, version) || asked >= since + patience)
    }

    /// Whether the content is old rows under the number of what is shown.
    pub(super) fn is_old(&self, digest: u64, version: i32) -> bool {
        !self.repeats && self.was_of_older(digest, version)
    }

    fn was_of_older(&self, digest: u64, version: i32) -> bool {
        let mut seen = self.seen.iter();
        seen.any(|(known, first)| *known == digest && *first < version)
    }
}
