//! The fields of a struct while it is made or described: what derived code calls.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

#[cfg(feature = "pattern")]
use super::constraint::Pattern;
use super::{
    FieldSpec,
    constraint::{self, Comparable, Constraint, Inside, Ordered, Refusal, Text},
    contain,
    problem::{FieldError, Problem},
};
use crate::{
    reading::{Entry, Reading},
    value::{FromValue, Kind},
};

/// Entries of versions before, to be read in place of those of a reading; `None` is the lack of one.
pub(crate) type Instead<'a> = BTreeMap<&'a str, Option<&'a Entry>>;

/// The fields of a struct while it is made or described. Only derived code uses it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fields<'a>(pub(super) Mode<'a>);

#[derive(Debug)]
pub(super) enum Mode<'a> {
    /// Take values from a reading, and note what is wrong with them.
    Read {
        reading: &'a Reading,
        instead: &'a Instead<'a>,
        errors: Vec<FieldError>,
        refusal: Option<Refusal>,
    },
    /// Note what is asked for.
    Describe(Vec<FieldSpec>),
}

impl<'a> Fields<'a> {
    /// Reads a field that has no default.
    pub fn read<T: FromValue>(
        &mut self,
        path: &'static str,
        description: &'static str,
    ) -> Checked<'_, 'a, T> {
        self.take(path, description, None::<fn() -> T>)
    }

    /// Reads a field; `default` stands in when the server has no value for it.
    pub fn read_or<T: FromValue>(
        &mut self,
        path: &'static str,
        description: &'static str,
        default: impl FnOnce() -> T,
    ) -> Checked<'_, 'a, T> {
        self.take(path, description, Some(default))
    }

    fn take<T: FromValue>(
        &mut self,
        path: &'static str,
        description: &'static str,
        default: Option<impl FnOnce() -> T>,
    ) -> Checked<'_, 'a, T> {
        let mut value = None;
        match &mut self.0 {
            Mode::Read {
                reading,
                instead,
                errors,
                ..
            } => {
                let entry = find(reading, instead, path);
                let read = contain(|| read(entry, default));
                match read.unwrap_or_else(|panic| Err(Problem::Panicked(panic))) {
                    Ok(read) => value = Some(read),
                    Err(problem) => errors.push(FieldError::new(path, problem)),
                }
            }
            Mode::Describe(specs) => specs.push(FieldSpec {
                path,
                kinds: T::KINDS,
                nullable: T::from_null().is_some(),
                has_default: default.is_some(),
                secret: T::SECRET,
                restart: false,
                constraints: Vec::new(),
                description,
            }),
        }
        Checked {
            fields: self,
            path,
            kinds: T::KINDS,
            secret: T::SECRET,
            value,
            broken: Vec::new(),
        }
    }

    /// The whole struct, if its validator accepts it.
    pub fn accepted<C>(
        &mut self,
        config: C,
        validator: &'static str,
        validate: impl FnOnce(&C) -> Result<(), String>,
    ) -> Option<C> {
        let Mode::Read {
            errors, refusal, ..
        } = &mut self.0
        else {
            return Some(config);
        };
        if errors.is_empty() {
            *refusal = refused(&config, validator, validate);
        }
        refusal.is_none().then_some(config)
    }
}

fn find<'a>(reading: &'a Reading, instead: &Instead<'a>, path: &str) -> Option<&'a Entry> {
    let old = instead.get(path).copied();
    old.unwrap_or_else(|| reading.entry(path))
}

fn read<T: FromValue>(
    entry: Option<&Entry>,
    default: Option<impl FnOnce() -> T>,
) -> Result<T, Problem> {
    let default = || default.map(|default| default());
    match entry {
        None => default().or_else(T::from_null).ok_or(Problem::Missing),
        Some(entry) => entry.get().or_else(|problem| match problem {
            Problem::Null | Problem::Empty => default().ok_or(problem),
            other => Err(other),
        }),
    }
}

/// What a validator said. Only derived code uses it, where the error may borrow from the value.
///
/// # Errors
///
/// That of the validator, as text.
pub fn said<E: fmt::Display>(verdict: Result<(), E>) -> Result<(), String> {
    verdict.map_err(|error| error.to_string())
}

/// Runs a validator, which is code of the application.
fn refused<T>(
    value: &T,
    validator: &'static str,
    validate: impl FnOnce(&T) -> Result<(), String>,
) -> Option<Refusal> {
    let reason = match contain(|| validate(value)) {
        Ok(accepted) => accepted.err()?,
        Err(panic) => format!("it panicked: {panic}"),
    };
    Some(Refusal::new(validator, &reason))
}

/// A field that was read, and what is demanded of it. Only derived code uses it.
///
/// The `B` of its methods is the type of the field, or what is in its `Option`.
#[doc(hidden)]
#[derive(Debug)]
#[must_use = "`get` is the value"]
pub struct Checked<'f, 'a, T> {
    fields: &'f mut Fields<'a>,
    path: &'static str,
    kinds: &'static [Kind],
    secret: bool,
    /// `None` when it is bad or described.
    value: Option<T>,
    /// What the value violates.
    broken: Vec<Constraint>,
}

// Without a bound on `T`: a type that cannot be read is one mistake, not two.
impl<T> Checked<'_, '_, T> {
    /// It is read once, when the program starts.
    pub fn restart(mut self) -> Self {
        if let Some(spec) = self.spec() {
            spec.restart = true;
        }
        self
    }

    /// `value >= bound`.
    pub fn min<B: Ordered>(self, bound: B) -> Self
    where
        T: Inside<B>,
    {
        self.bound(bound, Constraint::Min, |value, bound| value >= bound)
    }

    /// `value <= bound`.
    pub fn max<B: Ordered>(self, bound: B) -> Self
    where
        T: Inside<B>,
    {
        self.bound(bound, Constraint::Max, |value, bound| value <= bound)
    }

    /// `value > bound`.
    pub fn exclusive_min<B: Ordered>(self, bound: B) -> Self
    where
        T: Inside<B>,
    {
        self.bound(bound, Constraint::ExclusiveMin, |value, bound| {
            value > bound
        })
    }

    /// `value < bound`.
    pub fn exclusive_max<B: Ordered>(self, bound: B) -> Self
    where
        T: Inside<B>,
    {
        self.bound(bound, Constraint::ExclusiveMax, |value, bound| {
            value < bound
        })
    }

    /// So many Unicode scalar values or more.
    pub fn min_len<B: Text>(self, length: usize) -> Self
    where
        T: Inside<B>,
    {
        let long = |value: &B| length == 0 || value.text().chars().nth(length - 1).is_some();
        self.demand(|| Constraint::MinLen(length), long)
    }

    /// So many Unicode scalar values or less.
    pub fn max_len<B: Text>(self, length: usize) -> Self
    where
        T: Inside<B>,
    {
        let short = |value: &B| value.text().chars().nth(length).is_none();
        self.demand(|| Constraint::MaxLen(length), short)
    }

    /// One of these.
    pub fn one_of<B: Comparable>(self, allowed: &[B]) -> Self
    where
        T: Inside<B>,
    {
        let constraint = || Constraint::OneOf(allowed.iter().map(constraint::text).collect());
        self.demand(constraint, |value| allowed.contains(value))
    }

    /// A text in which the pattern is found.
    #[cfg(feature = "pattern")]
    pub fn pattern<B: Text>(self, pattern: &Pattern) -> Self
    where
        T: Inside<B>,
    {
        let constraint = || Constraint::Pattern(pattern.text());
        self.demand(constraint, |value| pattern.is_in(value.text()))
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "of a reference, the compiler would say more than it must when the type is wrong"
    )]
    fn bound<B: Ordered>(
        self,
        bound: B,
        constraint: fn(String) -> Constraint,
        holds: fn(&B, &B) -> bool,
    ) -> Self
    where
        T: Inside<B>,
    {
        let constraint = || constraint(constraint::text(&bound));
        self.demand(constraint, |value| holds(value, &bound))
    }

    fn demand<B>(
        mut self,
        constraint: impl FnOnce() -> Constraint,
        holds: impl FnOnce(&B) -> bool,
    ) -> Self
    where
        T: Inside<B>,
    {
        if let Some(spec) = self.spec() {
            spec.constraints.push(constraint());
        } else if let Some(value) = self.value.as_ref().and_then(Inside::inside)
            && !holds(value)
        {
            self.broken.push(constraint());
        }
        self
    }

    /// What a function accepts; it is asked about what fulfils all the rest.
    pub fn validate<B>(
        mut self,
        validator: &'static str,
        validate: impl FnOnce(&B) -> Result<(), String>,
    ) -> Self
    where
        T: Inside<B>,
    {
        if let Some(spec) = self.spec() {
            spec.constraints.push(Constraint::Validate(validator));
        } else if self.broken.is_empty()
            && let Some(value) = self.value.as_ref().and_then(Inside::inside)
            && let Some(refusal) = refused(value, validator, validate)
        {
            let refusal = if self.secret {
                Refusal::new(
                    validator,
                    "its reason may hold the secret, and is not shown",
                )
            } else {
                refusal
            };
            let found = self.found();
            self.reject(Problem::Refused { refusal, found });
        }
        self
    }

    /// The value, if it is good.
    pub fn get(mut self) -> Option<T> {
        if !self.broken.is_empty() {
            let constraints = std::mem::take(&mut self.broken);
            let found = self.found();
            self.reject(Problem::Violated { constraints, found });
        }
        self.value
    }

    fn reject(&mut self, problem: Problem) {
        self.value = None;
        if let Mode::Read { errors, .. } = &mut self.fields.0 {
            errors.push(FieldError::new(self.path, problem));
        }
    }

    /// What the value came from, in words.
    fn found(&self) -> String {
        if self.secret {
            return "a secret".to_owned();
        }
        let entry = match &self.fields.0 {
            Mode::Read {
                reading, instead, ..
            } => find(reading, instead, self.path),
            Mode::Describe(_) => None,
        };
        let shown = entry.and_then(|entry| entry.shown(self.kinds));
        shown.map_or_else(
            || "the default of the struct, for the server has no value".to_owned(),
            ToString::to_string,
        )
    }

    fn spec(&mut self) -> Option<&mut FieldSpec> {
        match &mut self.fields.0 {
            Mode::Describe(specs) => specs.last_mut(),
            Mode::Read { .. } => None,
        }
    }
}
