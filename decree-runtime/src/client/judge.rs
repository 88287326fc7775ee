//! What a value on the wire stands for.
//!
//! The server shows null as a zero, hides secrets behind a mask or a zero, and shows a zero for a
//! text that it cannot parse. Only the checksum of the stored text, which whole reads and reads of
//! single fields carry, tells them apart.

use super::zero;
use crate::{reading::Stored, value::Value};

/// What the server shows for a sensitive text.
pub(super) const MASK: &str = "[REDACTED]";
/// The checksum of that mask, stored as a text.
const CHECKSUM_OF_MASK: &str = "7d2fedd8154902ab";
/// The checksum of the empty text.
const CHECKSUM_OF_EMPTY: &str = "ef46db3751d8e999";

/// `checksum` is that of the stored text, and empty for null. A value of a kind that is younger than
/// this crate arrives as none.
pub(crate) fn judge(value: Option<Value>, checksum: &str) -> Stored {
    let value = match value {
        None if !["", CHECKSUM_OF_EMPTY].contains(&checksum) => return Stored::Unknown,
        Some(value) if !checksum.is_empty() => value,
        _ => return Stored::Null,
    };
    match &value {
        Value::String(text) | Value::Url(text) | Value::Json(text) if text == MASK => {
            if checksum == CHECKSUM_OF_MASK {
                Stored::ImportedRedaction
            } else {
                Stored::Redacted
            }
        }
        other if !zero::is_text(other.kind()) && checksum == CHECKSUM_OF_EMPTY => Stored::Empty,
        other if zero::is_stand_in(other) && !genuine(other, checksum) => {
            Stored::Unreadable(other.kind())
        }
        _ => Stored::Value(value),
    }
}

fn genuine(value: &Value, checksum: &str) -> bool {
    // An infinity is only ever the end of a number that was too large.
    let infinite = matches!(value, Value::Number(number) if !number.is_finite());
    !infinite && zero::any_spelling(value, |text| decree_proto::text::checksum(text) == checksum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(value: Value, stored_text: &str) -> Stored {
        judge(Some(value), &decree_proto::text::checksum(stored_text))
    }

    const YEAR_ONE: Value = Value::Time {
        seconds: -62_135_596_800,
        nanos: 0,
    };
    const NO_TIME: Value = Value::Duration {
        seconds: 0,
        nanos: 0,
    };

    #[test]
    fn a_null_is_a_null_whatever_zero_it_wears() {
        for zero in [
            Value::Integer(0),
            Value::Bool(false),
            Value::String(String::new()),
        ] {
            assert_eq!(judge(Some(zero), ""), Stored::Null);
        }
        assert_eq!(judge(None, ""), Stored::Null);
        assert_eq!(judge(None, "ef46db3751d8e999"), Stored::Null);
    }

    #[test]
    fn a_value_of_an_unknown_kind_is_no_null() {
        assert_eq!(judge(None, "d24e919e92025451"), Stored::Unknown);
    }

    #[test]
    fn an_empty_text_is_a_value_only_where_texts_are() {
        let empty = Value::String(String::new());
        assert_eq!(judged(empty.clone(), ""), Stored::Value(empty));
        assert_eq!(judged(Value::Integer(0), ""), Stored::Empty);
        assert_eq!(judged(Value::Bool(false), ""), Stored::Empty);
    }

    #[test]
    fn a_zero_counts_if_its_text_means_zero() {
        let genuine = [
            (Value::Integer(0), "0"),
            (Value::Integer(0), "-000"),
            (Value::Integer(i64::MAX), "9223372036854775807"),
            (Value::Integer(i64::MIN), "-9223372036854775808"),
            (Value::Number(0.0), "0.00"),
            (Value::Number(0.0), "+0e0"),
            (Value::Number(-0.0), "-0.0"),
            (Value::Bool(false), "F"),
            (NO_TIME, "0h0m0s"),
            (NO_TIME, "0\u{b5}s"),
            (NO_TIME, "0\u{3bc}s"),
            (YEAR_ONE, "0001-01-01T00:00:00.000Z"),
            (YEAR_ONE, "0001-01-01T00:00:00-00:00"),
        ];
        for (value, text) in genuine {
            assert_eq!(judged(value.clone(), text), Stored::Value(value), "{text}");
        }
    }

    #[test]
    fn a_zero_that_stands_for_another_text_is_no_value() {
        let stand_ins = [
            (Value::Integer(0), "abc"),
            (Value::Integer(0), "42"),
            (Value::Integer(i64::MAX), "99999999999999999999"),
            (Value::Integer(i64::MIN), "-9223372036854775809"),
            (Value::Number(0.0), "0.3"),
            (Value::Number(0.0), "-0"),
            (Value::Number(f64::INFINITY), "1e400"),
            (Value::Bool(false), "true"),
            (Value::Bool(false), "yes"),
            (NO_TIME, "30"),
            (NO_TIME, "1h"),
            (YEAR_ONE, "2025-01-15 09:30:00 +0000 UTC"),
        ];
        for (value, text) in stand_ins {
            let kind = value.kind();
            assert_eq!(judged(value, text), Stored::Unreadable(kind), "{text}");
        }
    }

    #[test]
    fn a_mask_is_never_data() {
        for value in [Value::String, Value::Url, Value::Json] {
            let masked = || value(MASK.to_owned());
            assert_eq!(judged(masked(), "s3cret"), Stored::Redacted);
            assert_eq!(judged(masked(), MASK), Stored::ImportedRedaction);
        }
    }

    #[test]
    fn other_values_pass_whatever_their_spelling() {
        for value in [Value::Integer(5), Value::Number(-1.5), Value::Bool(true)] {
            assert_eq!(judged(value.clone(), "anything"), Stored::Value(value));
        }
    }
}
