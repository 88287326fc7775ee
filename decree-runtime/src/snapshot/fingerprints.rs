//! Which fields of two versions differ, without keeping what they held.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    sync::{Arc, OnceLock},
};

use crate::reading::{Entry, Reading};

/// A number for each field that a version was made of.
///
/// The numbers are keyed, by a secret of this process: no value can be guessed from one.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints(Box<[(Arc<str>, u64)]>);

impl Fingerprints {
    /// Of the fields at `paths`, those included that the server has nothing for.
    pub(crate) fn of(reading: &Reading, paths: &[Arc<str>]) -> Self {
        let number = |path: &Arc<str>| (Arc::clone(path), fingerprint(reading.entry(path)));
        Self(paths.iter().map(number).collect())
    }

    /// Takes the numbers of `before` for the fields that are `held`: they show what they did.
    pub(crate) fn hold(&mut self, held: &BTreeSet<Arc<str>>, before: &Self) {
        for (now, before) in self.0.iter_mut().zip(&before.0) {
            if held.contains(&now.0) {
                now.1 = before.1;
            }
        }
    }

    /// The fields that were not the same `before`; all of them where nothing is known of that.
    ///
    /// Both are of the same fields.
    pub(crate) fn differing<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a str> {
        let same = |at: usize, now: &(Arc<str>, u64)| before.0.get(at) == Some(now);
        let fields = self.0.iter().enumerate();
        let differing = fields.filter(move |(at, now)| !same(*at, now));
        differing.map(|(_, (path, _))| &**path)
    }
}

fn fingerprint(entry: Option<&Entry>) -> u64 {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    let mut hasher = KEY.get_or_init(RandomState::new).build_hasher();
    entry.is_some().hash(&mut hasher);
    if let Some(entry) = entry {
        entry.hash_content(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{reading::Stored, value::Value};

    fn of(fee: Option<Stored>, retries: i64) -> Fingerprints {
        let entry = |stored| Entry::new(stored, String::new(), None);
        let retries = Stored::Value(Value::Integer(retries));
        let fields = [("fee", fee), ("retries", Some(retries))];
        let stored = fields.into_iter().filter_map(|(path, stored)| {
            let entry = entry(stored?);
            Some((path.to_owned(), entry))
        });
        let reading = Reading {
            entries: stored.collect(),
            ..Reading::of_nothing(1)
        };
        Fingerprints::of(&reading, &["fee".into(), "retries".into()])
    }

    #[test]
    fn null_absent_and_zero_are_told_apart() {
        let zero = Stored::Value(Value::Integer(0));
        let states = [None, Some(Stored::Null), Some(zero), Some(Stored::Redacted)];
        for (at, before) in states.iter().enumerate() {
            for (other, now) in states.iter().enumerate() {
                let (before, now) = (of(before.clone(), 3), of(now.clone(), 3));
                let differing: Vec<_> = now.differing(&before).collect();
                let expected: &[_] = if at == other { &[] } else { &["fee"] };
                assert_eq!(differing, expected, "{:?}", states[other]);
            }
        }
    }

    #[test]
    fn all_differ_from_what_is_not_known() {
        let now = of(None, 3);
        let differing = now.differing(&Fingerprints::default()).count();
        assert_eq!(differing, 2);
    }
}
