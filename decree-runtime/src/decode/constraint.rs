//! What a struct demands of the value of a field.

use std::fmt;
#[cfg(feature = "pattern")]
use std::sync::OnceLock;

use crate::value::{self, SHOWN_CHARS, Secret, ToValue, Value};

/// One demand on the value of a field. Values are texts that the server reads, such as `0.5` and `90s`.
///
/// Printed it says what fits: `at least 0.5`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// `min = …`: this or more.
    Min(String),
    /// `max = …`: this or less.
    Max(String),
    /// `exclusive_min = …`: more than this.
    ExclusiveMin(String),
    /// `exclusive_max = …`: less than this.
    ExclusiveMax(String),
    /// `min_len = …`: so many Unicode scalar values or more.
    MinLen(usize),
    /// `max_len = …`: so many Unicode scalar values or less.
    MaxLen(usize),
    /// One of these: those of `one_of = […]`, or the texts of an enum.
    OneOf(Vec<String>),
    /// `pattern = "…"`: a text in which this regular expression finds something.
    Pattern(&'static str),
    /// `validate = …`: what this function accepts.
    Validate(&'static str),
}

impl Constraint {
    /// What a type demands of its values by itself: to be one of these, if there are any.
    pub(super) fn of(texts: &[&str]) -> Vec<Self> {
        if texts.is_empty() {
            Vec::new()
        } else {
            let texts = texts.iter().map(|&text| text.to_owned());
            vec![Self::allowed(texts, false)]
        }
    }

    /// One of these, of which a secret has the number to show.
    pub(super) fn allowed(texts: impl Iterator<Item = String>, secret: bool) -> Self {
        let shown = |text| if secret { "…".to_owned() } else { text };
        Self::OneOf(texts.map(shown).collect())
    }
}

/// What fits, to stand after "expected".
impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Min(bound) => write!(f, "at least {bound}"),
            Self::Max(bound) => write!(f, "at most {bound}"),
            Self::ExclusiveMin(bound) => write!(f, "more than {bound}"),
            Self::ExclusiveMax(bound) => write!(f, "less than {bound}"),
            Self::MinLen(length) => write!(f, "at least {}", characters(*length)),
            Self::MaxLen(length) => write!(f, "at most {}", characters(*length)),
            Self::OneOf(values) => {
                let quoted = |value: &String| format!("`{}`", value::shortened(value, SHOWN_CHARS));
                let values: Vec<_> = values.iter().map(quoted).collect();
                write!(f, "one of {}", values.join(", "))
            }
            Self::Pattern(pattern) => write!(f, "a match of `{pattern}`"),
            Self::Validate(function) => write!(f, "what `{function}` accepts"),
        }
    }
}

fn characters(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} character{plural}")
}

/// A function of the application has refused a value, or the values of a whole version.
///
/// ``the sum is 110, from `split_is_whole` ``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The nested struct, by the path that its paths begin with; empty for the whole.
    pub(super) part: String,
    pub(super) validator: &'static str,
    pub(super) reason: String,
}

impl Refusal {
    /// The reason is cut: it may quote a value, and an error must stay readable.
    pub(super) fn new(validator: &'static str, reason: &str) -> Self {
        Self {
            part: String::new(),
            validator,
            reason: value::shortened(reason, REASON_CHARS),
        }
    }

    /// What the paths of the nested struct begin with whose values it is about; empty if it is
    /// about one value, or about those of the whole.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.part
    }

    /// The function, as `validate = …` names it.
    #[must_use]
    pub fn validator(&self) -> &'static str {
        self.validator
    }

    /// What it said, or the message of its panic.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, from `{}`", self.reason, self.validator)
    }
}

/// Room for a few sentences.
const REASON_CHARS: usize = 300;

/// A type whose settings can have bounds: one that is `PartialOrd` and `ToValue`.
#[diagnostic::on_unimplemented(
    message = "a setting of type `{Self}` cannot have bounds",
    label = "`{Self}` is not both `PartialOrd` and `ToValue`",
    note = "write a function: `validate = …`, or implement both for it if it is yours; of a parameter they are bounds: \
            `T: PartialOrd + ToValue`"
)]
pub trait Ordered: PartialOrd + ToValue {}

#[diagnostic::do_not_recommend]
impl<T: PartialOrd + ToValue> Ordered for T {}

/// A type whose settings can be one of a list: one that is `PartialEq` and `ToValue`.
#[diagnostic::on_unimplemented(
    message = "a setting of type `{Self}` cannot be one of a list",
    label = "`{Self}` is not both `PartialEq` and `ToValue`",
    note = "write a function: `validate = …`, or implement both for it if it is yours; of a parameter they are bounds: \
            `T: PartialEq + ToValue`"
)]
pub trait Comparable: PartialEq + ToValue {}

#[diagnostic::do_not_recommend]
impl<T: PartialEq + ToValue> Comparable for T {}

/// A type whose settings are text: one that is `AsRef<str>`, or a `Secret` of one.
#[diagnostic::on_unimplemented(
    message = "a setting of type `{Self}` is not text",
    label = "`{Self}` is not `AsRef<str>`",
    note = "lengths and patterns are for `String` and for types that are `AsRef<str>`: for another there is a \
            function, `validate = …`; of a parameter it is a bound: `T: AsRef<str>`"
)]
pub trait Text {
    /// The text.
    fn text(&self) -> &str;
}

#[diagnostic::do_not_recommend]
impl<T: Text> Text for Secret<T> {
    fn text(&self) -> &str {
        self.expose().text()
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<str>> Text for T {
    fn text(&self) -> &str {
        self.as_ref()
    }
}

/// The text of a bound.
pub(super) fn text(bound: &impl ToValue) -> String {
    match bound.to_value() {
        Ok(Some(Value::String(text) | Value::Url(text) | Value::Json(text))) => text,
        Ok(Some(value)) => value.amount().to_string(),
        Ok(None) => "null".to_owned(),
        Err(mismatch) => mismatch.found().to_owned(),
    }
}

/// Whether it has so many Unicode scalar values or more.
pub(super) fn is_as_long(text: &str, length: usize) -> bool {
    length == 0 || text.chars().nth(length - 1).is_some()
}

/// Whether it has so many Unicode scalar values or less.
pub(super) fn is_as_short(text: &str, length: usize) -> bool {
    text.chars().nth(length).is_none()
}

/// A regular expression that is compiled once. Only derived code uses it.
#[cfg(feature = "pattern")]
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<regex::Regex>>,
}

#[cfg(feature = "pattern")]
impl Pattern {
    /// `text` was compiled by the derive, too.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    pub(super) fn text(&self) -> &'static str {
        self.text
    }

    /// Whether it is found anywhere in `text`, as on the server.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let compiled = self
            .compiled
            .get_or_init(|| regex::Regex::new(self.text).ok());
        // Closed when it cannot be compiled, as on the server.
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// The constraints of a field in one line, for messages.
pub(super) fn all_of(constraints: &[Constraint]) -> String {
    let texts: Vec<_> = constraints.iter().map(ToString::to_string).collect();
    texts.join(" and ")
}
