//! What is demanded of a field.

use std::cmp::Ordering;

use super::{Fields, Mode, refused};
#[cfg(feature = "pattern")]
use crate::decode::constraint::Pattern;
use crate::{
    decode::{
        By, FieldSpec,
        constraint::{self, Constraint, Refusal},
        probe::{OfType, Probe},
        problem::Problem,
        relation::{Equality, Letters, Order},
    },
    value::Kind,
};

/// A field that was read, and what is demanded of it. Only derived code uses it.
///
/// Demands are about a `B`: the value, or what its `Option` holds.
#[doc(hidden)]
#[derive(Debug)]
#[must_use = "`get` is the value"]
pub struct Checked<'f, 'a, T, B = T> {
    pub(super) fields: &'f mut Fields<'a>,
    pub(super) name: &'static str,
    pub(super) kinds: &'static [Kind],
    pub(super) secret: bool,
    /// `None` when it is bad or described.
    pub(super) value: Option<T>,
    /// What is demanded something of; `None` fits everything.
    inside: fn(&T) -> Option<&B>,
    /// The text that stood in for a value of the server.
    pub(super) default: Option<&'static str>,
    /// What the value violates.
    pub(super) broken: Vec<Constraint>,
}

impl<'f, 'a, T> Checked<'f, 'a, T> {
    pub(super) fn new(
        fields: &'f mut Fields<'a>,
        name: &'static str,
        by: &By<T>,
        value: Option<T>,
        default: Option<&'static str>,
    ) -> Self {
        Self {
            fields,
            name,
            kinds: by.kinds,
            secret: by.secret,
            value,
            inside: |value| Some(value),
            default,
            broken: Vec::new(),
        }
    }
}

impl<'f, 'a, B> Checked<'f, 'a, Option<B>> {
    /// What the `Option` holds.
    pub fn decree_inside(self) -> Checked<'f, 'a, Option<B>, B> {
        Checked {
            fields: self.fields,
            name: self.name,
            kinds: self.kinds,
            secret: self.secret,
            value: self.value,
            inside: Option::as_ref,
            default: self.default,
            broken: self.broken,
        }
    }
}

/// What demands are about, of a type that is no `Option`: the compiler takes the method above before
/// this one, whatever the type is called. The name is one that no other trait has. Only derived code
/// uses it.
pub trait WholeValue: Sized {
    /// The value itself.
    #[must_use]
    fn decree_inside(self) -> Self {
        self
    }
}

impl<T> WholeValue for Checked<'_, '_, T> {}

// Without a bound on `T`: a type that cannot be read is one mistake, not two.
impl<T, B> Checked<'_, '_, T, B> {
    /// What the type can do.
    #[must_use]
    #[expect(clippy::unused_self, reason = "it is asked for its type")]
    pub fn of(&self) -> Probe<B, OfType<T>> {
        Probe::new()
    }

    /// It is read once, when the program starts.
    pub fn restart(mut self) -> Self {
        if let Some(spec) = self.spec() {
            spec.restart = true;
        }
        self
    }

    /// `value >= bound`.
    pub fn min(self, order: Order<B>, bound: B) -> Self {
        self.bound(order, bound, Constraint::Min, Ordering::is_ge)
    }

    /// `value <= bound`.
    pub fn max(self, order: Order<B>, bound: B) -> Self {
        self.bound(order, bound, Constraint::Max, Ordering::is_le)
    }

    /// `value > bound`.
    pub fn exclusive_min(self, order: Order<B>, bound: B) -> Self {
        self.bound(order, bound, Constraint::ExclusiveMin, Ordering::is_gt)
    }

    /// `value < bound`.
    pub fn exclusive_max(self, order: Order<B>, bound: B) -> Self {
        self.bound(order, bound, Constraint::ExclusiveMax, Ordering::is_lt)
    }

    /// So many Unicode scalar values or more.
    pub fn min_len(self, letters: Letters<B>, length: usize) -> Self {
        let long = |value: &B| constraint::is_as_long(letters(value), length);
        self.demand(|| Constraint::MinLen(length), long)
    }

    /// So many Unicode scalar values or less.
    pub fn max_len(self, letters: Letters<B>, length: usize) -> Self {
        let short = |value: &B| constraint::is_as_short(letters(value), length);
        self.demand(|| Constraint::MaxLen(length), short)
    }

    /// One of these.
    pub fn one_of(self, equality: Equality<B>, allowed: &[B]) -> Self {
        let (Equality { equal, text }, secret) = (equality, self.secret);
        let constraint = || Constraint::allowed(allowed.iter().map(text), secret);
        self.demand(constraint, |value| {
            allowed.iter().any(|one| equal(one, value))
        })
    }

    /// A text in which the pattern is found.
    #[cfg(feature = "pattern")]
    pub fn pattern(self, letters: Letters<B>, pattern: &Pattern) -> Self {
        let constraint = || Constraint::Pattern(pattern.text());
        self.demand(constraint, |value| pattern.is_in(letters(value)))
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "of a reference, the compiler would say more than it must when the type is wrong"
    )]
    fn bound(
        self,
        Order { compare, text }: Order<B>,
        bound: B,
        constraint: fn(String) -> Constraint,
        fits: fn(Ordering) -> bool,
    ) -> Self {
        let constraint = || constraint(text(&bound));
        self.demand(constraint, |value| compare(value, &bound).is_some_and(fits))
    }

    fn demand(
        mut self,
        constraint: impl FnOnce() -> Constraint,
        holds: impl FnOnce(&B) -> bool,
    ) -> Self {
        if let Some(spec) = self.spec() {
            spec.constraints.push(constraint());
        } else if let Some(value) = self.value.as_ref().and_then(self.inside)
            && !holds(value)
        {
            self.broken.push(constraint());
        }
        self
    }

    /// What a function accepts; it is asked about what fulfils all the rest.
    pub fn validate(
        mut self,
        validator: &'static str,
        validate: fn(&B) -> Result<(), String>,
    ) -> Self {
        if let Some(spec) = self.spec() {
            spec.constraints.push(Constraint::Validate(validator));
        } else if self.broken.is_empty()
            && let Some(value) = self.value.as_ref().and_then(self.inside)
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
        self.fields.note(self.name, problem);
    }

    /// What the value came from, in words.
    fn found(&mut self) -> String {
        if self.secret {
            return "a secret".to_owned();
        }
        let entry = self.fields.entry(self.name);
        let shown = entry.and_then(|entry| entry.shown(self.kinds));
        shown.map_or_else(
            || "the default of the struct, for the server has no value".to_owned(),
            ToString::to_string,
        )
    }

    pub(super) fn spec(&mut self) -> Option<&mut FieldSpec> {
        match &mut self.fields.mode {
            Mode::Describe(specs) => specs.last_mut(),
            Mode::Read(_) => None,
        }
    }
}
