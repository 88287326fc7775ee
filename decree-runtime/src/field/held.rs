//! What a field holds, and since when.

use std::sync::Arc;

use crate::{
    decode::{FieldError, Problem, contain},
    observe::View,
    reading::{Entry, Reading},
    snapshot::{About, Snapshot, Versioned},
    value::{FromValue, Value},
};

/// The value of a field in one version.
#[derive(Debug)]
pub(crate) struct Held<T> {
    pub(super) value: Arc<T>,
    pub(super) origin: Origin,
    /// The version that brought the value, if that was an earlier one.
    brought: Option<Arc<About>>,
}

/// Where a value comes from.
#[derive(Debug, PartialEq)]
pub(super) enum Origin {
    /// The server has none.
    Default,
    /// The server has null, which is a value of the type.
    Null,
    Value(Value),
}

impl<T> Held<T> {
    pub(super) fn default_of(default: &Arc<T>) -> Self {
        Self {
            value: Arc::clone(default),
            origin: Origin::Default,
            brought: None,
        }
    }

    pub(super) fn is_set(&self) -> bool {
        matches!(self.origin, Origin::Value(_))
    }

    /// The version that brought what `version` shows.
    fn brought(version: &Versioned<Self>) -> &Arc<About> {
        version.config.brought.as_ref().unwrap_or(&version.about)
    }
}

/// What observers of a field look at.
#[derive(Debug)]
pub(super) struct HeldValue;

impl<T: Clone + Send + Sync + 'static> View<Held<T>> for HeldValue {
    type Value = T;
    type Seen = Arc<Versioned<Held<T>>>;

    fn see(&self, version: Arc<Versioned<Held<T>>>) -> Self::Seen {
        version
    }

    fn is_same(before: &Self::Seen, now: &Self::Seen) -> bool {
        before.config.origin == now.config.origin
    }

    fn show(seen: &Self::Seen) -> Snapshot<T> {
        Snapshot::made(T::clone(&seen.config.value), Held::brought(seen))
    }
}

impl<T: FromValue> Held<T> {
    /// What the field at `path` holds in `reading`, after `before`.
    pub(super) fn next(
        path: &str,
        default: &Arc<T>,
        reading: &Reading,
        before: &Snapshot<Self>,
    ) -> Result<Self, FieldError> {
        let entry = reading.entry(path);
        // Conversions are code of the application.
        let read =
            contain(|| read::<T>(entry)).unwrap_or_else(|panic| Err(Problem::Panicked(panic)));
        let (value, origin) = match read {
            Ok(read) => read,
            Err(problem) => return Err(FieldError::new(path.to_owned(), problem)),
        };
        if origin == before.origin {
            return Ok(Self {
                value: Arc::clone(&before.value),
                origin,
                brought: Some(Arc::clone(
                    before.brought.as_ref().unwrap_or(before.about()),
                )),
            });
        }
        Ok(Self {
            value: value.map_or_else(|| Arc::clone(default), Arc::new),
            origin,
            brought: None,
        })
    }
}

/// No value is the default.
fn read<T: FromValue>(entry: Option<&Entry>) -> Result<(Option<T>, Origin), Problem> {
    let Some(entry) = entry else {
        return Ok((None, Origin::Default));
    };
    match entry.get::<T>() {
        Ok(value) => {
            let origin = entry.value().cloned().map_or(Origin::Null, Origin::Value);
            Ok((Some(value), origin))
        }
        Err(Problem::Null | Problem::Empty) => Ok((None, Origin::Default)),
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{reading::Stored, snapshot::Written, value::Kind};

    fn reading(version: i32, stored: Option<Stored>) -> Reading {
        let entry = |stored| Entry::new(stored, String::new(), None);
        Reading {
            entries: stored
                .map(|stored| ("a".to_owned(), entry(stored)))
                .into_iter()
                .collect(),
            ..Reading::of_nothing(version)
        }
    }

    fn snapshot<T>(held: Held<T>, version: i32, by: Option<&str>) -> Snapshot<Held<T>> {
        let written = by.map(|by| Written {
            by: by.to_owned(),
            at: None,
        });
        let reading = Reading::of_nothing(version);
        Snapshot::of(Arc::new(Versioned::with(
            held,
            About::of(&reading, &[], written),
        )))
    }

    fn read_as<T: FromValue>(
        default: T,
        stored: Option<Stored>,
    ) -> Result<(Arc<T>, bool), Problem> {
        let default = Arc::new(default);
        let before = snapshot(Held::default_of(&default), 0, None);
        match Held::next("a", &default, &reading(1, stored), &before) {
            Ok(held) => Ok((Arc::clone(&held.value), held.is_set())),
            Err(error) => Err(error.problem().clone()),
        }
    }

    #[test]
    fn null_absent_and_empty_are_told_apart() {
        let seven = || Some(Stored::Value(Value::Integer(7)));
        for (stored, value, is_set) in [
            (seven(), 7, true),
            (None, 3, false),
            (Some(Stored::Null), 3, false),
            (Some(Stored::Empty), 3, false),
        ] {
            assert_eq!(read_as(3, stored), Ok((Arc::new(value), is_set)));
        }
        for (stored, value, is_set) in [
            (seven(), Some(7), true),
            (None, Some(3), false),
            (Some(Stored::Null), None, false),
            (Some(Stored::Empty), None, false),
        ] {
            assert_eq!(read_as(Some(3), stored), Ok((Arc::new(value), is_set)));
        }
    }

    #[test]
    fn what_is_no_value_is_an_error_and_never_the_default() {
        for (stored, problem) in [
            (Stored::Redacted, Problem::Redacted),
            (Stored::ImportedRedaction, Problem::ImportedRedaction),
            (
                Stored::Unreadable(Kind::Integer),
                Problem::Unreadable(Kind::Integer),
            ),
        ] {
            assert_eq!(read_as(3, Some(stored.clone())), Err(problem.clone()));
            assert_eq!(read_as(Some(3), Some(stored)), Err(problem));
        }
        let text = Stored::Value(Value::String("x".into()));
        assert!(matches!(read_as(3, Some(text)), Err(Problem::Mismatch(_))));
    }

    #[test]
    fn a_conversion_that_panics_is_an_error() {
        #[derive(Debug, PartialEq)]
        struct Panics;

        impl FromValue for Panics {
            const KINDS: &'static [Kind] = &[];

            fn from_value(_: &Value) -> Result<Self, crate::value::Mismatch> {
                panic!("out of cheese")
            }
        }

        let any = Some(Stored::Value(Value::Bool(true)));
        let problem = read_as(Panics, any).unwrap_err();
        assert_eq!(problem, Problem::Panicked("out of cheese".to_owned()));
    }

    #[test]
    fn a_value_that_stays_keeps_the_version_and_the_author_that_brought_it() {
        let seven = || Some(Stored::Value(Value::Integer(7)));
        let default = Arc::new(3);
        let next = |version, before: &Snapshot<Held<i32>>| {
            Held::next("a", &default, &reading(version, seven()), before).unwrap()
        };
        let first = snapshot(Held::default_of(&default), 4, Some("nobody"));
        let brought = snapshot(next(5, &first), 5, Some("alice"));
        let later = snapshot(next(6, &brought), 6, Some("bob"));
        let latest = snapshot(next(7, &later), 7, Some("carol"));
        for snapshot in [&brought, &later, &latest] {
            let brought = snapshot.brought.as_ref().unwrap_or(snapshot.about());
            assert_eq!(brought.version, 5);
            assert_eq!(brought.written.get().unwrap().by, "alice");
        }
        assert!(Arc::ptr_eq(&brought.value, &latest.value));
    }
}
