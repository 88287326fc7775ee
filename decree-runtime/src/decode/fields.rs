//! The fields of a struct while it is made or described: what derived code calls.

mod checked;
#[cfg(test)]
mod tests;
mod texts;
mod whole;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use self::checked::Checked;
pub use self::checked::WholeValue;
use super::{
    By, DecreeConfig, FieldSpec,
    constraint::{Constraint, Refusal},
    contain,
    default::DefaultValue,
    prefix::Prefix,
    probe::OfField,
    problem::{FieldError, Problem},
};
use crate::{
    reading::{Entry, Reading},
    value::{FromValue, Value},
};

/// Entries of versions before, to be read in place of those of a reading; `None` is the lack of one.
pub(crate) type Instead<'a> = BTreeMap<&'a str, Option<&'a Entry>>;

/// The fields of a struct while it is made or described. Only derived code uses it.
///
/// What it is given to call are function pointers: with a type for each closure, a debug build of a
/// hundred structs took seven times as long as their `serde::Deserialize`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fields<'a> {
    pub(super) mode: Mode<'a>,
    prefix: Prefix,
}

#[derive(Debug)]
pub(super) enum Mode<'a> {
    /// Take values from a reading, and note what is wrong with them.
    Read(Read<'a>),
    /// Note what is asked for.
    Describe(Vec<FieldSpec>),
}

/// What is read, and what came of it.
#[derive(Debug)]
pub(super) struct Read<'a> {
    reading: &'a Reading,
    instead: &'a Instead<'a>,
    pub(super) errors: Vec<FieldError>,
    pub(super) refusals: Vec<Refusal>,
    /// Whether there was a value for any field.
    found: bool,
    /// Whether the server has one now.
    present: bool,
}

impl<'a> Read<'a> {
    /// What is to be read, and what the server has now.
    fn entries(&self, path: &str) -> (Option<&'a Entry>, Option<&'a Entry>) {
        if let Some(old) = self.instead.get(path) {
            return (*old, self.reading.entry(path));
        }
        let entry = self.reading.entry(path);
        (entry, entry)
    }
}

impl<'a> Fields<'a> {
    pub(super) fn of(reading: &'a Reading, instead: &'a Instead<'a>) -> Self {
        Self::new(Mode::Read(Read {
            reading,
            instead,
            errors: Vec::new(),
            refusals: Vec::new(),
            found: false,
            present: false,
        }))
    }

    pub(super) fn described() -> Self {
        Self::new(Mode::Describe(Vec::new()))
    }

    fn new(mode: Mode<'a>) -> Self {
        let prefix = Prefix::default();
        Self { mode, prefix }
    }

    /// Reads a field that has no default.
    pub fn read<T: FromValue>(
        &mut self,
        name: &'static str,
        description: &'static str,
    ) -> Checked<'_, 'a, T> {
        self.take(name, description, &By::OF_TYPE, None)
    }

    /// Reads a field; `default` stands in when the server has no value for it, and `show` says what it
    /// would be there.
    pub fn read_or<T: FromValue>(
        &mut self,
        name: &'static str,
        description: &'static str,
        default: fn(OfField<T>) -> T,
        show: fn(&T) -> Option<Value>,
    ) -> Checked<'_, 'a, T> {
        let default = DefaultValue::Value(default, show);
        self.take(name, description, &By::OF_TYPE, Some(default))
    }

    /// The same with a default that is what the server would hold.
    pub fn read_or_text<T: FromValue>(
        &mut self,
        name: &'static str,
        description: &'static str,
        default: &'static str,
    ) -> Checked<'_, 'a, T> {
        let default = DefaultValue::Text(default);
        self.take(name, description, &By::OF_TYPE, Some(default))
    }

    /// Reads a field in another way than its type does.
    pub fn read_by<T>(
        &mut self,
        name: &'static str,
        description: &'static str,
        by: &By<T>,
    ) -> Checked<'_, 'a, T> {
        self.take(name, description, by, None)
    }

    /// The same, with a default as in [`read_or`](Self::read_or).
    pub fn read_by_or<T>(
        &mut self,
        name: &'static str,
        description: &'static str,
        by: &By<T>,
        default: fn(OfField<T>) -> T,
        show: fn(&T) -> Option<Value>,
    ) -> Checked<'_, 'a, T> {
        let default = DefaultValue::Value(default, show);
        self.take(name, description, by, Some(default))
    }

    /// The same, with a default as in [`read_or_text`](Self::read_or_text).
    pub fn read_by_or_text<T>(
        &mut self,
        name: &'static str,
        description: &'static str,
        by: &By<T>,
        default: &'static str,
    ) -> Checked<'_, 'a, T> {
        self.take(name, description, by, Some(DefaultValue::Text(default)))
    }

    fn take<T>(
        &mut self,
        name: &'static str,
        description: &'static str,
        by: &By<T>,
        default: Option<DefaultValue<T>>,
    ) -> Checked<'_, 'a, T> {
        let mut value = None;
        let (entry, now) = self.entries(name);
        if let Mode::Read(read) = &mut self.mode {
            let has_value = |entry: Option<&Entry>| entry.is_some_and(|entry| !entry.is_null());
            read.found |= has_value(entry);
            read.present |= has_value(now);
            let result = contain(|| convert(entry, by, default));
            match result.unwrap_or_else(|panic| Err(Problem::Panicked(panic))) {
                Ok(converted) => value = Some(converted),
                Err(problem) if by.secret => self.note(name, problem.masked()),
                Err(problem) => self.note(name, problem),
            }
        } else {
            let path = self.path(name);
            self.describe(FieldSpec {
                path,
                kinds: by.kinds,
                nullable: (by.from_null)().is_some(),
                has_default: default.is_some(),
                default: default.and_then(|default| default.shown(by)),
                in_option: false,
                secret: by.secret,
                restart: false,
                constraints: Constraint::of(by.one_of),
                description,
            });
        }
        let (value, text) = value.unzip();
        Checked::new(self, name, by, value, text.flatten())
    }

    /// A struct whose paths begin with `prefix`; with an empty one they are its own.
    pub fn nested<C: DecreeConfig>(&mut self, prefix: &'static str) -> Option<C> {
        let outer = self.prefix.enter(prefix);
        let config = C::decode(self);
        self.prefix.leave(outer);
        config
    }

    fn entries(&mut self, name: &str) -> (Option<&'a Entry>, Option<&'a Entry>) {
        let Mode::Read(read) = &self.mode else {
            return (None, None);
        };
        self.prefix.with(name, |path| read.entries(path))
    }

    fn entry(&mut self, name: &str) -> Option<&'a Entry> {
        self.entries(name).0
    }

    fn path(&self, name: &'static str) -> Cow<'static, str> {
        if self.prefix.is_empty() {
            name.into()
        } else {
            self.prefix.path(name).into()
        }
    }

    fn note(&mut self, name: &'static str, problem: Problem) {
        let path = self.path(name);
        if let Mode::Read(read) = &mut self.mode {
            read.errors.push(FieldError::new(path, problem));
        }
    }

    fn describe(&mut self, spec: FieldSpec) {
        if let Mode::Describe(specs) = &mut self.mode {
            specs.push(spec);
        }
    }

    fn specs(&mut self) -> &mut [FieldSpec] {
        match &mut self.mode {
            Mode::Describe(specs) => specs,
            Mode::Read(_) => &mut [],
        }
    }
}

/// The value, and the text that stood in for one of the server.
fn convert<T>(
    entry: Option<&Entry>,
    by: &By<T>,
    default: Option<DefaultValue<T>>,
) -> Result<(T, Option<&'static str>), Problem> {
    let lacks = entry.is_none_or(|entry| entry.is_null() && (by.from_null)().is_none());
    let value = match (default.filter(|_| lacks), entry) {
        (Some(default), _) => return Ok((default.make(by)?, default.text())),
        (None, Some(entry)) => entry.get_by(by)?,
        (None, None) => (by.from_null)().ok_or(Problem::Missing)?,
    };
    Ok((value, None))
}

/// What a validator may return. Only derived code uses it.
#[diagnostic::on_unimplemented(
    message = "the function of `validate` returns `{Self}`",
    label = "it is no `Result<(), impl Display>`",
    note = "write it as `fn(&T) -> Result<(), E>`, where `T` is the struct, or the type of the field, or what is in its \
            `Option`, and `E` is `Display`"
)]
pub trait Verdict {
    /// Why it refuses the value.
    ///
    /// # Errors
    ///
    /// What the validator says.
    fn verdict(self) -> Result<(), String>;
}

#[diagnostic::do_not_recommend]
impl<E: fmt::Display> Verdict for Result<(), E> {
    fn verdict(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}

/// What a validator said. Only derived code uses it, where the error may borrow from the value.
///
/// # Errors
///
/// That of the validator, as text.
pub fn said(verdict: impl Verdict) -> Result<(), String> {
    verdict.verdict()
}

/// Runs a validator, which is code of the application.
fn refused<T>(
    value: &T,
    validator: &'static str,
    validate: fn(&T) -> Result<(), String>,
) -> Option<Refusal> {
    let reason = match contain(|| validate(value)) {
        Ok(accepted) => accepted.err()?,
        Err(panic) => format!("it panicked: {panic}"),
    };
    Some(Refusal::new(validator, &reason))
}
