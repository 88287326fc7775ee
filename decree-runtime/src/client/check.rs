//! Values that the server would store as something else, or not at all.

use super::judge::MASK;
use crate::value::{Mismatch, Value};

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds: the server writes other years in a
/// way that it cannot read.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// What fits into the nanoseconds of an `i64`: the server cuts longer durations without a word.
const LONGEST: i128 = i64::MAX as i128;

/// Refuses what would not come back as it was written; null always would.
pub(super) fn writable(value: Option<Value>) -> Result<Option<Value>, Mismatch> {
    let Some(value) = value else {
        return Ok(None);
    };
    let expected = match &value {
        Value::Number(number) if !number.is_finite() => "a finite number",
        Value::Time { seconds, nanos } if !YEARS.contains(seconds) || *nanos > 999_999_999 => {
            "a time from year 1 to year 9999"
        }
        Value::Duration { seconds, nanos } if !fits(*seconds, *nanos) => {
            "a duration of at most 292 years"
        }
        Value::String(text) | Value::Url(text) | Value::Json(text) if !storable(text) => {
            "a text without the character U+0000"
        }
        Value::String(text) | Value::Url(text) | Value::Json(text) if text == MASK => {
            "another text than the server's mask for secrets"
        }
        _ => return Ok(Some(value)),
    };
    Err(Mismatch::new(expected, value.to_string()))
}

/// The database has no character U+0000 in a text.
pub(super) fn storable(text: &str) -> bool {
    !text.contains('\0')
}

fn fits(seconds: i64, nanos: i32) -> bool {
    let nanos = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    (-LONGEST - 1..=LONGEST).contains(&nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn time(seconds: i64, nanos: u32) -> Value {
        Value::Time { seconds, nanos }
    }

    const fn span(seconds: i64, nanos: i32) -> Value {
        Value::Duration { seconds, nanos }
    }

    #[test]
    fn what_would_come_back_is_let_through() {
        for value in [
            Value::Integer(i64::MIN),
            Value::Number(f64::MAX),
            Value::Number(-0.0),
            Value::String(String::new()),
            Value::String("a".repeat(1 << 20)),
            Value::String("\u{1}\n\u{1f600}".to_owned()),
            time(-62_135_596_800, 0),
            time(253_402_300_799, 999_999_999),
            span(9_223_372_036, 854_775_807),
            span(-9_223_372_036, -854_775_808),
        ] {
            assert_eq!(writable(Some(value.clone())), Ok(Some(value)));
        }
        assert_eq!(writable(None), Ok(None));
    }

    #[test]
    fn what_would_not_is_refused() {
        for value in [
            Value::Number(f64::NAN),
            Value::Number(f64::NEG_INFINITY),
            Value::String("a\0b".to_owned()),
            Value::Json("\0".to_owned()),
            Value::String("[REDACTED]".to_owned()),
            time(-62_135_596_801, 999_999_999),
            time(253_402_300_800, 0),
            time(0, 1_000_000_000),
            span(9_223_372_036, 854_775_808),
            span(i64::MIN, 0),
            span(i64::MAX, i32::MAX),
        ] {
            assert!(writable(Some(value.clone())).is_err(), "{value}");
        }
    }
}
