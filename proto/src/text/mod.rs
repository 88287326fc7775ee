//! The text under which the server stores values, and its checksum.
//!
//! A server keeps every value as text: a write turns the typed value into [`canonical`] text, a
//! read parses it again with the type that the schema has *now*. The grammar is that of Go's
//! standard library, because the reference server is written in Go.
//!
//! Nothing here panics, whatever the input.

mod duration;
mod number;
mod time;

use std::fmt;

use twox_hash::XxHash64;

use crate::v1::{FieldType, TypedValue, typed_value::Kind};

/// The checksum a server keeps next to a stored text: xxHash64 as lower-case hex without padding.
///
/// ```
/// assert_eq!(decree_proto::text::checksum("42"), "6de6f5d076d742b9");
/// ```
#[must_use]
pub fn checksum(text: &str) -> String {
    format!("{:x}", XxHash64::oneshot(0, text.as_bytes()))
}

/// The text a server stores when this value is written; `None` for null.
#[must_use]
pub fn canonical(value: &TypedValue) -> Option<String> {
    Some(match value.kind.as_ref()? {
        Kind::IntegerValue(integer) => integer.to_string(),
        Kind::NumberValue(number) => number::format(*number),
        Kind::BoolValue(bool) => bool.to_string(),
        Kind::TimeValue(time) => time::format(time),
        Kind::DurationValue(duration) => duration::format(duration),
        Kind::StringValue(text) | Kind::UrlValue(text) | Kind::JsonValue(text) => text.clone(),
    })
}

/// Reads a text strictly as a value of this type.
///
/// Texts of the types string, url and json are taken verbatim; an unspecified type is a string.
///
/// # Errors
///
/// The text is outside the grammar of the type, or its value does not fit.
pub fn parse(field_type: FieldType, text: &str) -> Result<TypedValue, ParseError> {
    let kind = match field_type {
        FieldType::Int => text.parse().ok().map(Kind::IntegerValue),
        FieldType::Number => number::parse(text).map(Kind::NumberValue),
        FieldType::Bool => number::parse_bool(text).map(Kind::BoolValue),
        FieldType::Time => time::parse(text).map(Kind::TimeValue),
        FieldType::Duration => duration::parse(text).map(Kind::DurationValue),
        FieldType::Url => Some(Kind::UrlValue(text.to_owned())),
        FieldType::Json => Some(Kind::JsonValue(text.to_owned())),
        FieldType::String | FieldType::Unspecified => Some(Kind::StringValue(text.to_owned())),
    };
    match kind {
        Some(kind) => Ok(TypedValue { kind: Some(kind) }),
        None => Err(ParseError { field_type }),
    }
}

/// Reads a text the way a server's read does: what does not parse becomes zero, and a number that
/// does not fit becomes the nearest one that does.
#[must_use]
pub fn read(field_type: FieldType, text: &str) -> TypedValue {
    parse(field_type, text).unwrap_or_else(|_| TypedValue {
        kind: Some(match field_type {
            FieldType::Int => Kind::IntegerValue(number::saturating_integer(text)),
            FieldType::Number => Kind::NumberValue(number::saturating(text)),
            FieldType::Bool => Kind::BoolValue(false),
            FieldType::Time => Kind::TimeValue(time::GO_ZERO),
            FieldType::Duration => Kind::DurationValue(prost_types::Duration::default()),
            FieldType::Url => Kind::UrlValue(text.to_owned()),
            FieldType::Json => Kind::JsonValue(text.to_owned()),
            FieldType::String | FieldType::Unspecified => Kind::StringValue(text.to_owned()),
        }),
    })
}

/// A text that is not a value of the type it was read as.
///
/// It does not carry the text, which may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    field_type: FieldType,
}

impl ParseError {
    /// The type the text was read as.
    #[must_use]
    pub fn field_type(&self) -> FieldType {
        self.field_type
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.field_type {
            FieldType::Int => "not an integer",
            FieldType::Number => "not a number",
            FieldType::Bool => "not a bool",
            FieldType::Time => "not an RFC3339 time",
            FieldType::Duration => "not a duration",
            // Every text is one of these.
            FieldType::String | FieldType::Url | FieldType::Json | FieldType::Unspecified => {
                "not a text"
            }
        })
    }
}

impl std::error::Error for ParseError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(field_type: FieldType, text: &str) -> Option<String> {
        canonical(&parse(field_type, text).ok()?)
    }

    #[test]
    fn checksums_are_those_of_the_server() {
        for (text, checksum) in [
            ("", "ef46db3751d8e999"),
            ("true", "d7c9b97948142e4a"),
            ("false", "6d3f99ccc0c03a7a"),
            ("0", "633457081244afec"),
            ("42", "6de6f5d076d742b9"),
            ("0.025", "6362e0d0dd5f2252"),
            ("30s", "64bfc41c0ab25cc8"),
            ("49", "bfbbc8d2c79f71e"), // fifteen digits: there is no padding
            ("[REDACTED]", "7d2fedd8154902ab"),
        ] {
            assert_eq!(super::checksum(text), checksum, "{text:?}");
        }
    }

    #[test]
    fn null_has_no_text() {
        assert_eq!(canonical(&TypedValue { kind: None }), None);
    }

    #[test]
    fn texts_are_verbatim() {
        for field_type in [FieldType::String, FieldType::Url, FieldType::Json] {
            let text = " {\"b\": 1,\n\"a\": \u{1f600}} ";
            assert_eq!(shown(field_type, text).as_deref(), Some(text));
        }
    }

    #[test]
    fn integers_follow_go() {
        for (text, expected) in [
            ("5", Some("5")),
            ("+5", Some("5")),
            ("05", Some("5")),
            ("-0", Some("0")),
            ("9223372036854775807", Some("9223372036854775807")),
            ("9223372036854775808", None),
            ("1e3", None),
            ("5.0", None),
            (" 5", None),
            ("1_000", None),
            ("+", None),
            ("", None),
        ] {
            assert_eq!(shown(FieldType::Int, text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn bools_follow_go() {
        for text in ["1", "t", "T", "TRUE", "true", "True"] {
            assert_eq!(shown(FieldType::Bool, text).as_deref(), Some("true"));
        }
        for text in ["0", "f", "F", "FALSE", "false", "False"] {
            assert_eq!(shown(FieldType::Bool, text).as_deref(), Some("false"));
        }
        for text in ["", "yes", "tRUE", "on", " true"] {
            assert_eq!(shown(FieldType::Bool, text), None, "{text:?}");
        }
    }

    #[test]
    fn a_read_never_fails_it_shows_zero_or_the_nearest_value() {
        let redacted = "[REDACTED]";
        for (field_type, text, expected) in [
            (FieldType::Int, redacted, Kind::IntegerValue(0)),
            (
                FieldType::Int,
                "99999999999999999999",
                Kind::IntegerValue(i64::MAX),
            ),
            (
                FieldType::Int,
                "-99999999999999999999",
                Kind::IntegerValue(i64::MIN),
            ),
            (FieldType::Number, redacted, Kind::NumberValue(0.0)),
            (
                FieldType::Number,
                "-1e999",
                Kind::NumberValue(f64::NEG_INFINITY),
            ),
            (FieldType::Bool, "yes", Kind::BoolValue(false)),
            (
                FieldType::Duration,
                "1d",
                Kind::DurationValue(prost_types::Duration::default()),
            ),
            (
                FieldType::Time,
                "yesterday",
                Kind::TimeValue(prost_types::Timestamp {
                    seconds: -62_135_596_800,
                    nanos: 0,
                }),
            ),
            (
                FieldType::Json,
                redacted,
                Kind::JsonValue(redacted.to_owned()),
            ),
        ] {
            assert_eq!(read(field_type, text).kind, Some(expected), "{text:?}");
        }
    }
}
