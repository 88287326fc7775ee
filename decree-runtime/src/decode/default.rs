//! What stands in when the server has no value.

use super::{By, Problem, contain, probe::OfField};
use crate::value::{FromValue, Kind, Value};

/// The default of a field.
pub(super) enum DefaultValue<T> {
    /// A value, and what it is on the server, as far as that is known.
    Value(fn(OfField<T>) -> T, fn(&T) -> Option<Value>),
    /// What the server would hold, to be read as the field is.
    Text(&'static str),
}

impl<T> DefaultValue<T> {
    pub(super) fn make(&self, by: &By<T>) -> Result<T, Problem> {
        match self {
            Self::Value(make, _) => Ok(make(OfField::new())),
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
            Self::Value(make, show) => contain(|| show(&make(OfField::new()))).ok().flatten(),
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

/// The texts that a type is read from. Only derived code uses it.
#[derive(Debug)]
pub struct Texts {
    kinds: &'static [Kind],
    one_of: &'static [&'static str],
}

impl Texts {
    pub(super) const fn of<T: FromValue>() -> Self {
        Self {
            kinds: T::KINDS,
            one_of: T::ONE_OF,
        }
    }

    /// `text`, if it may be one of them; the compiler refuses any other.
    ///
    /// # Panics
    ///
    /// Of any other: what is called when the program is compiled fails there.
    #[track_caller]
    #[must_use]
    pub const fn hold(self, text: &'static str) -> &'static str {
        assert!(
            first_of_text(self.kinds).is_some(),
            "this type is not made of a text, for the server does not hold it as text: \
             write an expression of the type, such as `Duration::from_secs(30)`"
        );
        if !self.one_of.is_empty() && !is_in(self.one_of, text) {
            let message = Message::new()
                .with("this type is made of other texts: write `")
                .with_all(self.one_of)
                .with("`, or an expression of the type");
            panic!("{}", message.as_str());
        }
        text
    }
}

/// A message that is put together when the program is compiled, cut where there is no room.
struct Message {
    bytes: [u8; 500],
    length: usize,
}

impl Message {
    const fn new() -> Self {
        Self {
            bytes: [0; 500],
            length: 0,
        }
    }

    // A loop, for the compiler calls no more than 128 functions in one another.
    const fn with_all(mut self, texts: &[&str]) -> Self {
        let mut rest = texts;
        while let [first, after @ ..] = rest {
            self = self.with(first);
            if !after.is_empty() {
                self = self.with("`, `");
            }
            rest = after;
        }
        self
    }

    const fn with(mut self, text: &str) -> Self {
        let mut rest = text.as_bytes();
        while let [first, after @ ..] = rest {
            if self.length < self.bytes.len() {
                self.bytes[self.length] = *first;
                self.length += 1;
            }
            rest = after;
        }
        self
    }

    const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => {
                "this type is made of other texts: write one of them, or an expression of the type"
            }
        }
    }
}

const fn is_in(texts: &[&str], text: &str) -> bool {
    let mut rest = texts;
    while let [first, others @ ..] = rest {
        if is_same(first.as_bytes(), text.as_bytes()) {
            return true;
        }
        rest = others;
    }
    false
}

const fn is_same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([first, after @ ..], [other, behind @ ..]) = (a, b) {
        if *first != *other {
            return false;
        }
        (a, b) = (after, behind);
    }
    a.is_empty() && b.is_empty()
}

/// The first of the kinds whose values are any text, without a grammar of the server.
const fn first_of_text(kinds: &[Kind]) -> Option<Kind> {
    let mut rest = kinds;
    while let [first, others @ ..] = rest {
        if matches!(first, Kind::String | Kind::Url | Kind::Json) {
            return Some(*first);
        }
        rest = others;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_room_for_some_texts_and_takes_any_number() {
        const MANY: Message = Message::new().with_all(&["fair"; 300]);
        assert!(MANY.as_str().starts_with("fair`, `fair`, `"));
        assert_eq!(MANY.as_str().len(), 500);
        let message = Message::new().with_all(&["fair", "FAST!"]);
        assert_eq!(message.as_str(), "fair`, `FAST!");
        // Cut in the middle of a letter.
        let cut = Message::new().with("x").with(&"ä".repeat(300));
        assert!(cut.as_str().starts_with("this type is made of other texts"));
    }

    #[test]
    fn a_text_is_in_a_list_if_it_is_there_whole() {
        let long = "x".repeat(1_000);
        let texts = ["fair", "", "ä", &long];
        for text in texts {
            assert!(is_in(&texts, text), "{text:?}");
        }
        for text in ["fai", "fairy", "Fair", "a", &long[1..]] {
            assert!(!is_in(&texts, text), "{text:?}");
        }
    }
}
