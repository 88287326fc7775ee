//! What observers are told.

use crate::snapshot::Snapshot;

/// What readers saw, and what they see.
///
/// Who made it and when: `change.new.written()`, where that is known.
#[derive(Debug)]
#[non_exhaustive]
pub struct Change<T> {
    /// What was reported last, or was there when the observer was made.
    pub old: Snapshot<T>,
    /// The newest.
    pub new: Snapshot<T>,
    /// How many versions of the settings were shown since the observer looked last: 1 for one that
    /// keeps up.
    pub swaps: u64,
}

impl<T> Change<T> {
    /// The fields for which the server has something else in `new` than in `old`, or has something
    /// for the first time. Only those that the settings are made of; none if other fields made the
    /// version.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let [old, new] = [&self.old, &self.new].map(|it| &it.about().fingerprints);
        new.differing(old)
    }
}

impl<T> Clone for Change<T> {
    fn clone(&self) -> Self {
        Self {
            old: self.old.clone(),
            new: self.new.clone(),
            swaps: self.swaps,
        }
    }
}
