//! What a struct keeps of versions before the newest: values of the start, and last good ones.

mod said;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use self::said::{Said, Unset};
use super::consumer::Path;
use crate::{
    decode::{
        DecodeError, DecreeConfig, FieldError, FieldSpec, Instead, contain, decode, decode_with,
    },
    reading::{Entry, Reading},
    status::AwaitsRestart,
};

/// What becomes of a version in which only some fields are bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadFields {
    /// It is rejected as a whole.
    Reject,
    /// It is shown, with the last good values of its bad fields.
    Keep,
}

/// What comes of a version.
#[derive(Debug)]
pub(crate) enum Made<C> {
    Whole(C),
    /// Some fields keep the values of the versions that are named.
    Without(C, DecodeError, BTreeMap<Path, i32>),
    Nothing(DecodeError),
}

/// What a struct keeps of versions before the newest.
pub(crate) struct Memory {
    bad_fields: BadFields,
    /// Fields that keep the value of the start.
    pinned: BTreeMap<Path, Pinned>,
    /// The last good value of the other fields, if bad ones keep it.
    good: BTreeMap<Path, Remembered>,
    /// Pinned fields that have another value on the server, and that value.
    awaiting: BTreeMap<Path, Remembered>,
    /// The tenant whose values these last good ones are.
    good_of: Arc<str>,
    /// What was looked at last: the tenant, and the version.
    seen: (Arc<str>, i32),
}

/// A field that keeps the value of the start.
struct Pinned {
    start: Remembered,
    /// What it is without a value of the server.
    unset: Unset,
}

/// What a field had, in a version.
struct Remembered {
    version: i32,
    entry: Option<Entry>,
}

impl Remembered {
    fn of(reading: &Reading, path: &str) -> Self {
        Self {
            version: reading.version,
            entry: reading.entry(path).cloned(),
        }
    }

    /// Whether the field has the same value in a reading.
    fn is_in(&self, reading: &Reading, path: &str, unset: &Unset) -> bool {
        let said = |entry| Said::of(entry, unset);
        said(self.entry.as_ref()).is(&said(reading.entry(path)))
    }
}

impl Memory {
    /// `first` is what the program has started with.
    pub(crate) fn new(fields: &[FieldSpec], first: &Reading, bad_fields: BadFields) -> Self {
        let remember = |field: &FieldSpec| {
            let path = field.path();
            (path.into(), Remembered::of(first, path))
        };
        let (pinned, others): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.restart());
        let others = others.into_iter().filter(|_| bad_fields == BadFields::Keep);
        let pin = |field: &FieldSpec| {
            let (path, start) = remember(field);
            let unset = Unset::of(field);
            (path, Pinned { start, unset })
        };
        Self {
            bad_fields,
            pinned: pinned.into_iter().map(pin).collect(),
            good: others.map(remember).collect(),
            awaiting: BTreeMap::new(),
            good_of: Arc::clone(&first.tenant_id),
            seen: (Arc::clone(&first.tenant_id), first.version),
        }
    }

    /// Makes of a version what readers are to be shown.
    pub(crate) fn make<C: DecreeConfig>(&mut self, reading: &Reading) -> Made<C> {
        self.compare_with_start(reading);
        let same_tenant = self.good_of == reading.tenant_id;
        // As a program would see it that starts now: what it would not start with is bad now.
        let made = match decode::<C>(reading) {
            Ok(config) if self.pinned.is_empty() => Made::Whole(config),
            Ok(config) => {
                // Its drop is code of the application, too.
                let _panic = contain(|| drop(config));
                self.beside_start(reading)
            }
            // What was good of one tenant is nothing for another.
            Err(error) if self.bad_fields == BadFields::Keep && same_tenant => {
                self.without_bad(reading, error)
            }
            Err(error) => Made::Nothing(error),
        };
        self.remember(reading, &made);
        made
    }

    /// Pinned fields that have another value on the server, and since when.
    pub(crate) fn awaits_restart(&self) -> Vec<AwaitsRestart> {
        let awaiting = self.awaiting.iter();
        let awaits = awaiting.map(|(path, value)| AwaitsRestart {
            path: Arc::clone(path),
            since: value.version,
        });
        awaits.collect()
    }

    fn start(&self) -> Instead<'_> {
        let pinned = self.pinned.iter();
        pinned
            .map(|(path, field)| (&**path, field.start.entry.as_ref()))
            .collect()
    }

    /// With the values of the start. A struct in an `Option` that was not there then has none: its
    /// fields keep the values that it comes with.
    fn beside_start<C: DecreeConfig>(&mut self, reading: &Reading) -> Made<C> {
        let error = match decode_with(reading, &self.start()) {
            Ok(config) => return Made::Whole(config),
            Err(error) => error,
        };
        let had_none = |value: &Remembered| value.entry.as_ref().is_none_or(Entry::is_null);
        let bad = error.fields().iter().map(FieldError::path);
        let came = bad.filter_map(|path| self.pinned.get_key_value(path));
        let came = came.filter(|(_, field)| had_none(&field.start));
        let came: Vec<Path> = came.map(|(path, _)| Arc::clone(path)).collect();
        let now = came.iter().map(|path| (&**path, reading.entry(path)));
        let mut instead = self.start();
        instead.extend(now);
        let Ok(config) = decode_with(reading, &instead) else {
            return Made::Nothing(error);
        };
        for path in came {
            self.awaiting.remove(&path);
            if let Some(field) = self.pinned.get_mut(&path) {
                field.start = Remembered::of(reading, &path);
            }
        }
        Made::Whole(config)
    }

    fn without_bad<C: DecreeConfig>(&self, reading: &Reading, error: DecodeError) -> Made<C> {
        let mut instead = self.start();
        let mut kept = BTreeMap::new();
        for field in error.fields() {
            let known = self.good.get_key_value(field.path());
            let pinned = || self.pinned.get_key_value(field.path());
            let known = known.or_else(|| pinned().map(|(path, field)| (path, &field.start)));
            if let Some((path, value)) = known {
                instead.insert(path, value.entry.as_ref());
                kept.insert(Arc::clone(path), value.version);
            }
        }
        if kept.is_empty() {
            return Made::Nothing(error);
        }
        match decode_with(reading, &instead) {
            Ok(config) => Made::Without(config, error, kept),
            Err(mixture) => Made::Nothing(error.and(mixture)),
        }
    }

    fn compare_with_start(&mut self, reading: &Reading) {
        // Another history has nothing to do with this one, nor has another tenant.
        if self.seen.0 != reading.tenant_id || reading.version < self.seen.1 {
            self.awaiting.clear();
        }
        self.seen = (Arc::clone(&reading.tenant_id), reading.version);
        for (path, Pinned { start, unset }) in &self.pinned {
            if start.is_in(reading, path, unset) {
                self.awaiting.remove(path);
                continue;
            }
            let known = self.awaiting.get(path);
            if !known.is_some_and(|known| known.is_in(reading, path, unset)) {
                let value = Remembered::of(reading, path);
                self.awaiting.insert(Arc::clone(path), value);
            }
        }
    }

    fn remember<C>(&mut self, reading: &Reading, made: &Made<C>) {
        let none = BTreeMap::new();
        let kept = match made {
            Made::Whole(_) => &none,
            Made::Without(_, _, kept) => kept,
            Made::Nothing(_) => return,
        };
        self.good_of = Arc::clone(&reading.tenant_id);
        for (path, value) in &mut self.good {
            if !kept.contains_key(path) {
                *value = Remembered::of(reading, path);
            }
        }
    }
}
