//! Typed values as the server stores them, and the conversions into Rust types.

mod choice;
mod from;
#[cfg(feature = "json")]
mod json;
mod nonzero;
mod secret;
mod show;
mod text;
mod time;
mod to;
#[cfg(feature = "url")]
mod url;

use std::fmt;

#[cfg(feature = "json")]
pub use self::json::Json;
pub use self::{
    choice::{no_variant, text},
    from::FromValue,
    nonzero::FromInteger,
    secret::Secret,
    time::FromSpan,
    to::ToValue,
};

/// What a field of a schema holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A 64-bit signed integer.
    Integer,
    /// A double.
    Number,
    /// Text.
    String,
    /// `true` or `false`.
    Bool,
    /// A point in time, with nanoseconds.
    Time,
    /// A signed span of time, with nanoseconds.
    Duration,
    /// An absolute URL, as text.
    Url,
    /// A JSON document, as text.
    Json,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Bool => "bool",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Url => "url",
            Self::Json => "json",
        })
    }
}

/// A value of a field. The server never coerces one kind into another, and neither do we.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// See [`Kind::Integer`].
    Integer(i64),
    /// See [`Kind::Number`].
    Number(f64),
    /// See [`Kind::String`].
    String(String),
    /// See [`Kind::Bool`].
    Bool(bool),
    /// Seconds since the Unix epoch and nanoseconds after them.
    Time {
        /// Whole seconds since 1970-01-01T00:00:00Z; negative before.
        seconds: i64,
        /// 0 to 999,999,999, counted forward from `seconds`.
        nanos: u32,
    },
    /// A signed span; both parts have the same sign.
    Duration {
        /// Whole seconds.
        seconds: i64,
        /// −999,999,999 to 999,999,999.
        nanos: i32,
    },
    /// See [`Kind::Url`].
    Url(String),
    /// See [`Kind::Json`].
    Json(String),
}

impl Value {
    /// The kind of this value.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Integer(_) => Kind::Integer,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Bool(_) => Kind::Bool,
            Self::Time { .. } => Kind::Time,
            Self::Duration { .. } => Kind::Duration,
            Self::Url(_) => Kind::Url,
            Self::Json(_) => Kind::Json,
        }
    }
}

/// Texts longer than this are cut in messages: an error must stay readable.
pub(crate) const SHOWN_CHARS: usize = 60;

/// The start of a text, marked if there is more.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// The value for messages, with its kind: `integer -5`, `string "abc"`, `duration 1.5s`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.amount())
    }
}

impl Value {
    /// The value for messages, without its kind: `-5`, `"abc"`, `1.5s`.
    pub(crate) fn amount(&self) -> impl fmt::Display {
        Amount(self)
    }
}

struct Amount<'a>(&'a Value);

impl fmt::Display for Amount<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Integer(value) => write!(f, "{value}"),
            // Of an `f64`, the debug form alone has an exponent where the digits would be many.
            Value::Number(value) => write!(f, "{value:?}"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Time { seconds, nanos } => show::time(f, *seconds, *nanos),
            Value::Duration { seconds, nanos } => show::duration(f, *seconds, *nanos),
            Value::String(text) | Value::Url(text) | Value::Json(text) => {
                let mut chars = text.chars();
                let shown: String = chars.by_ref().take(SHOWN_CHARS).collect();
                let rest = if chars.next().is_some() { "…" } else { "" };
                write!(f, "{shown:?}{rest}")
            }
        }
    }
}

/// A value that does not fit the type that it is read into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct Mismatch {
    expected: String,
    found: String,
}

impl Mismatch {
    /// `expected` says what would fit, `found` what came; both go to operators as they are.
    #[must_use]
    pub fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// What would have fitted.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What came instead.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// Without what came: for a [`Secret`].
    pub(crate) fn masked(self) -> Self {
        Self {
            found: "a secret that does not fit".to_owned(),
            ..self
        }
    }
}
