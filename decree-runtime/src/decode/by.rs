//! How a value becomes what a field holds, when its type does not say so, or an attribute says
//! otherwise.

use std::{fmt::Display, str::FromStr};

#[cfg(feature = "json")]
use serde::de::DeserializeOwned;

#[cfg(feature = "json")]
use crate::value::Json;
use crate::value::{FromValue, Kind, Mismatch, Value};

/// How values become a `T`. Only derived code uses it.
#[derive(Debug)]
pub struct By<T> {
    pub(super) kinds: &'static [Kind],
    pub(super) secret: bool,
    pub(super) one_of: &'static [&'static str],
    pub(super) from_value: fn(&Value) -> Result<T, Mismatch>,
    pub(super) from_null: fn() -> Option<T>,
}

impl<T: FromValue> By<T> {
    /// As its type says.
    pub(super) const OF_TYPE: Self = Self {
        kinds: T::KINDS,
        secret: T::SECRET,
        one_of: T::ONE_OF,
        from_value: T::from_value,
        from_null: T::from_null,
    };
}

impl<T> By<T> {
    /// `from_str`: from text.
    #[must_use]
    pub const fn from_str(from_value: fn(&Value) -> Result<T, Mismatch>) -> Self {
        Self::new(String::KINDS, from_value)
    }

    /// `json`: from JSON.
    #[must_use]
    pub const fn json(from_value: fn(&Value) -> Result<T, Mismatch>) -> Self {
        Self::new(&[Kind::Json], from_value)
    }

    /// `with = …`: from whatever the function takes.
    #[must_use]
    pub const fn with(from_value: fn(&Value) -> Result<T, Mismatch>) -> Self {
        Self::new(Value::KINDS, from_value)
    }

    const fn new(kinds: &'static [Kind], from_value: fn(&Value) -> Result<T, Mismatch>) -> Self {
        Self {
            kinds,
            secret: false,
            one_of: &[],
            from_value,
            from_null: || None,
        }
    }

    /// Whether its type is a `Secret`, or holds one.
    #[must_use]
    pub const fn secret(self, secret: bool) -> Self {
        Self { secret, ..self }
    }

    /// Its type is an `Option`, or holds one.
    #[must_use]
    pub const fn or_null(self, from_null: fn() -> Option<T>) -> Self {
        Self { from_null, ..self }
    }
}

/// A type that is parsed from text: one that is `FromStr`, with an error that is `Display`.
#[diagnostic::on_unimplemented(
    message = "a setting of type `{Self}` cannot be parsed from text",
    label = "`FromStr` is not implemented for it, or its error is not `Display`",
    note = "implement both, or take a function of your own: `with = path`; of a parameter they are bounds: \
            `T: FromStr<Err: Display>`",
    note = "a type in the table of the docs of `FromValue`, or an enum with `DecreeEnum`, is read without `from_str`; a list \
            from JSON: `#[decree(json)]`"
)]
pub trait Parsed: Sized {
    /// The value that `text` stands for.
    ///
    /// # Errors
    ///
    /// What the type says of a text that stands for none.
    fn parsed(text: &str) -> Result<Self, String>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr<Err: Display>> Parsed for T {
    fn parsed(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: T::Err| error.to_string())
    }
}

/// What `from_str` reads. Only derived code uses it.
///
/// # Errors
///
/// [`Mismatch`] when the value is no text, or no such one.
pub fn parsed<T: Parsed>(value: &Value) -> Result<T, Mismatch> {
    let mismatch = |found| {
        let name = super::short_type_name::<T>();
        Mismatch::new(format!("a text that is a `{name}`"), found)
    };
    match value {
        Value::String(text) | Value::Url(text) | Value::Json(text) => {
            T::parsed(text).map_err(|error| mismatch(format!("{value}: {error}")))
        }
        other => Err(mismatch(other.to_string())),
    }
}

/// A type that is read from JSON: one that is `serde::Deserialize`.
#[cfg(feature = "json")]
#[diagnostic::on_unimplemented(
    message = "a setting of type `{Self}` cannot be read from JSON",
    label = "`serde::Deserialize` is not implemented for it",
    note = "put `#[derive(serde::Deserialize)]` on it, or on what it holds, or take a function of your own: \
            `with = path`; of a parameter it is a bound: `T: serde::de::DeserializeOwned`",
    note = "`Json<T>`, and an enum with `DecreeEnum`, is read without `json`"
)]
pub trait OfJson: DeserializeOwned {}

#[cfg(feature = "json")]
#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> OfJson for T {}

/// What `json` reads. Only derived code uses it.
///
/// # Errors
///
/// [`Mismatch`] when the value is no JSON, or not of that type.
#[cfg(feature = "json")]
pub fn json<T: OfJson>(value: &Value) -> Result<T, Mismatch> {
    Json::from_value(value).map(|Json(inner)| inner)
}

/// What the function of `with = …` may return. Only derived code uses it.
#[diagnostic::on_unimplemented(
    message = "the function of `with` returns `{Self}`",
    label = "it is no `Result<{T}, impl Display>`",
    note = "write it as `fn(&Value) -> Result<T, E>`, where `T` is the type of the field, or what its `Option` and its \
            `Secret` hold, and `E` is `Display`"
)]
pub trait Conversion<T> {
    /// The value, or why there is none.
    ///
    /// # Errors
    ///
    /// What the function says.
    fn converted(self) -> Result<T, String>;
}

#[diagnostic::do_not_recommend]
impl<T, E: Display> Conversion<T> for Result<T, E> {
    fn converted(self) -> Result<T, String> {
        self.map_err(|error| error.to_string())
    }
}

/// What the function of `with = …` says. Only derived code uses it.
///
/// # Errors
///
/// [`Mismatch`] when it refuses the value.
pub fn told<T, R: Conversion<T>>(
    function: &'static str,
    value: &Value,
    result: R,
) -> Result<T, Mismatch> {
    result.converted().map_err(|error| {
        let expected = format!("what `{function}` takes");
        Mismatch::new(expected, format!("{value}: {error}"))
    })
}
