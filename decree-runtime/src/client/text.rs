//! Values as the text that people type and that the server stores.

use std::collections::BTreeMap;

use super::wire;
use crate::{
    reading::{Entry, Reading},
    value::{Kind, Mismatch, Value},
};

impl Value {
    /// Reads a text as a value of a kind, in the grammar of the server.
    ///
    /// ```
    /// use decree_runtime::{Kind, Value};
    ///
    /// let span = Value::parse(Kind::Duration, "90s")?;
    /// assert_eq!(span.text(), "1m30s");
    /// # Ok::<_, decree_runtime::Mismatch>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Mismatch`] when the text is none of that kind, or its amount is out of range.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, Mismatch> {
        wire::parse(kind, text).ok_or_else(|| unfit(kind, text))
    }

    /// The canonical text of the value, which the server would store for it.
    #[must_use]
    pub fn text(&self) -> String {
        wire::canonical(self)
    }
}

impl Entry {
    /// The canonical text of the value, which the server would store for it; `None` for null and
    /// for what the server hides.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.value().map(Value::text)
    }
}

impl Reading {
    /// The canonical text of every value that there is, by path.
    #[must_use]
    pub fn texts(&self) -> BTreeMap<String, String> {
        let text = |(path, entry): (&String, &Entry)| Some((path.clone(), entry.text()?));
        self.entries.iter().filter_map(text).collect()
    }
}

/// A text that is none of a kind, in words.
fn unfit(kind: Kind, text: &str) -> Mismatch {
    let more = match kind {
        Kind::Integer if is_too_much(kind, text) => {
            format!(" from {} to {}", i64::MIN, i64::MAX)
        }
        Kind::Number if is_too_much(kind, text) => " of at most 1.797e308".to_owned(),
        Kind::Duration if is_too_much(kind, text) => " of at most 292 years".to_owned(),
        Kind::Duration => " like 1m30s".to_owned(),
        Kind::Time => " like 2025-01-15T09:30:00Z".to_owned(),
        Kind::Bool => " (true or false)".to_owned(),
        _ => String::new(),
    };
    let article = if kind == Kind::Integer { "an" } else { "a" };
    let found = Value::String(text.to_owned());
    Mismatch::new(format!("{article} {kind}{more}"), found.to_string())
}

/// Whether only the amount is wrong: with other digits it would do.
fn is_too_much(kind: Kind, text: &str) -> bool {
    let zeros: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    wire::parse(kind, &zeros).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_no_kind_is_told_from_one_of_too_much() {
        for (kind, text, expected) in [
            (Kind::Integer, "abc", "an integer"),
            (Kind::Integer, "", "an integer"),
            (Kind::Integer, "1.5", "an integer"),
            (
                Kind::Integer,
                "9223372036854775808",
                "an integer from -9223372036854775808 to 9223372036854775807",
            ),
            (Kind::Number, "1,5", "a number"),
            (Kind::Number, "1e400", "a number of at most 1.797e308"),
            (Kind::Duration, "30", "a duration like 1m30s"),
            (
                Kind::Duration,
                "-9999999999h",
                "a duration of at most 292 years",
            ),
            (
                Kind::Time,
                "2025-02-30T00:00:00Z",
                "a time like 2025-01-15T09:30:00Z",
            ),
            (Kind::Bool, "yes", "a bool (true or false)"),
        ] {
            assert_eq!(unfit(kind, text).expected(), expected, "{text}");
        }
    }
}
