//! What stands in when the server has no value.

use super::{By, Problem, contain};
use crate::value::{Kind, Value};

/// The default of a field.
pub(super) enum DefaultValue<T> {
    /// A value, and what it is on the server, as far as that is known.
    Value(fn() -> T, fn(&T) -> Option<Value>),
    /// What the server would hold, to be read as the field is.
    Text(&'static str),
}

impl<T> DefaultValue<T> {
    pub(super) fn make(&self, by: &By<T>) -> Result<T, Problem> {
        match self {
            Self::Value(make, _) => Ok(make()),
            Self::Text(text) => {
                (by.from_value)(&value(by.kinds, text)).map_err(Problem::BadDefault)
            }
        }
    }

    pub(super) fn text(&self) -> Option<&'static str> {
        match self {
            Self::Value(..) => None,
            Self::Text(text) => Some(text),
        }
    }

    /// What it is on the server, if that is known and no secret.
    pub(super) fn shown(&self, by: &By<T>) -> Option<Value> {
        if by.secret {
            return None;
        }
        match self {
            Self::Value(make, show) => contain(|| show(&make())).ok().flatten(),
            Self::Text(text) => Some(value(by.kinds, text)),
        }
    }
}

fn value(kinds: &[Kind], text: &str) -> Value {
    let text = text.to_owned();
    match first_of_text(kinds) {
        Some(Kind::Url) => Value::Url(text),
        Some(Kind::Json) => Value::Json(text),
        _ => Value::String(text),
    }
}

/// Nothing, for a type that can be read from a text; the compiler refuses any other. Only derived code
/// uses it.
///
/// # Panics
///
/// For any other: what is called when the program is compiled fails there.
#[track_caller]
pub const fn made_of_text(is_text: bool) {
    assert!(
        is_text,
        "this type is not made of a text, for the server does not hold it as text: \
         write an expression of the type, such as `Duration::from_secs(30)`"
    );
}

/// The first of the kinds whose values are any text, without a grammar of the server.
pub(super) const fn first_of_text(kinds: &[Kind]) -> Option<Kind> {
    let mut rest = kinds;
    while let [first, others @ ..] = rest {
        if matches!(first, Kind::String | Kind::Url | Kind::Json) {
            return Some(*first);
        }
        rest = others;
    }
    None
}
