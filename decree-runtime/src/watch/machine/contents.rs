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
}

impl Contents {
    pub(super) fn of(first: &Answer) -> Self {
        let mut contents = Self::default();
        contents.see(first.digest, first.version);
        contents
    }

    /// `digest` is shown as that of `version`.
    pub(super) fn see(&mut self, digest: u64, version: i32) {
        self.repeats = self.was_of_older(digest, version);
        // The first version counts: a late replica shows old rows under any number.
        if self.seen.iter().all(|(known, _)| *known != digest) {
            self.seen.push_back((digest, version));
        }
        if self.seen.len() > KEPT {
            self.seen.pop_front();
        }
    }

    /// The history is another.
    pub(super) fn forget(&mut self) {
        self.seen.clear();
        self.repeats = false;
        self.doubted = None;
    }

    /// An answer showed other content than is shown of `version`.
    pub(super) fn doubt(&mut self, digest: u64, now: Instant) {
        if self.doubted.is_none_or(|(known, _)| known != digest) {
            self.doubted = Some((digest, now));
        }
    }

    pub(super) fn is_doubted(&self) -> bool {
        self.doubted.is_some()
    }

    pub(super) fn trust(&mut self) {
        self.doubted = None;
    }

    /// Whether other content of `version` is to be believed: at the second look; for what an older
    /// version showed, only after the patience that one has with a late replica.
    pub(super) fn is_confirmed(
        &self,
        digest: u64,
        version: i32,
        patience: Duration,
        now: Instant,
    ) -> bool {
        let Some((_, since)) = self.doubted.filter(|(known, _)| *known == digest) else {
            return false;
        };
        !self.is_old(digest, version) || now - since >= patience
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
