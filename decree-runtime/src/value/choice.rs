//! Texts that are variants of an enum: what derived code calls.

use super::{FromValue, Mismatch, Value};

/// The text of a string field.
#[must_use]
pub fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A value that is none of the texts of an enum.
#[must_use]
pub fn no_variant<T: FromValue>(value: &Value) -> Mismatch {
    let known: Vec<_> = T::ONE_OF.iter().map(|known| format!("{known:?}")).collect();
    let expected = format!("one of {}", known.join(", "));
    let near = text(value).and_then(|text| T::ONE_OF.iter().find(|known| are_alike(known, text)));
    Mismatch::new(
        expected,
        match near {
            Some(near) => format!("{value}, which is almost {near:?}"),
            None => value.to_string(),
        },
    )
}

/// Whether two texts differ in nothing but how their words are spelled: `read-only`, `ReadOnly`.
fn are_alike(a: &str, b: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    letters(a) == letters(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Kind;

    #[derive(Debug)]
    struct Access;

    impl FromValue for Access {
        const KINDS: &'static [Kind] = &[Kind::String];
        const ONE_OF: &'static [&'static str] = &["read_only", "all"];

        fn from_value(value: &Value) -> Result<Self, Mismatch> {
            Err(no_variant::<Self>(value))
        }
    }

    #[test]
    fn the_known_texts_are_named_and_a_near_one_is_guessed() {
        let message = |value| Access::from_value(&value).unwrap_err().to_string();
        assert_eq!(
            message(Value::String("none".into())),
            "expected one of \"read_only\", \"all\", found string \"none\""
        );
        assert_eq!(
            message(Value::String("ReadOnly".into())),
            "expected one of \"read_only\", \"all\", found string \"ReadOnly\", \
             which is almost \"read_only\""
        );
        assert_eq!(
            message(Value::Bool(true)),
            "expected one of \"read_only\", \"all\", found bool true"
        );
    }
}
