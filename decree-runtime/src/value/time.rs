//! Points in time, and spans that may be negative.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{FromValue, Kind, Mismatch, ToValue, Value};

/// The parts of a time; fails for any other kind.
fn parts(value: &Value) -> Result<(i64, u32), Mismatch> {
    match value {
        Value::Time { seconds, nanos } => Ok((*seconds, *nanos)),
        other => Err(Mismatch::new("a time", other.to_string())),
    }
}

/// A type whose values can be written as the text of a duration. Only derived code uses it.
#[diagnostic::on_unimplemented(
    message = "the text of a duration cannot be a value of a setting of type `{Self}`",
    label = "`{Self}` is no span of std, chrono or jiff that decree-runtime knows",
    note = "write an expression of that type, or turn on the feature `chrono` or `jiff` of decree-runtime if it is theirs"
)]
pub trait FromSpan {
    /// The span of so much; the derive has checked that the server can hold it.
    fn from_span(seconds: u64, nanos: u32) -> Self;
}

impl FromSpan for Duration {
    fn from_span(seconds: u64, nanos: u32) -> Self {
        Self::new(seconds, nanos)
    }
}

impl FromValue for SystemTime {
    const KINDS: &'static [Kind] = &[Kind::Time];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let (seconds, nanos) = parts(value)?;
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let start = if seconds < 0 {
            UNIX_EPOCH.checked_sub(whole)
        } else {
            UNIX_EPOCH.checked_add(whole)
        };
        let time = start.and_then(|start| start.checked_add(Duration::new(0, nanos)));
        time.ok_or_else(|| Mismatch::new("a time that this system can hold", value.to_string()))
    }
}

impl ToValue for SystemTime {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        let too_far = || Mismatch::new("a time from year 1 to year 9999", format!("{self:?}"));
        let (seconds, nanos) = match self.duration_since(UNIX_EPOCH) {
            Ok(after) => (i64::try_from(after.as_secs()).ok(), after.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).ok().map(|whole| -whole);
                match before.subsec_nanos() {
                    0 => (whole, 0),
                    nanos => (whole.map(|whole| whole - 1), 1_000_000_000 - nanos),
                }
            }
        };
        let seconds = seconds.ok_or_else(too_far)?;
        Ok(Some(Value::Time { seconds, nanos }))
    }
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use jiff::{SignedDuration, Timestamp};

    use super::{Duration, FromSpan, FromValue, Kind, Mismatch, ToValue, Value, parts};

    impl FromValue for Timestamp {
        const KINDS: &'static [Kind] = &[Kind::Time];

        fn from_value(value: &Value) -> Result<Self, Mismatch> {
            let (seconds, nanos) = parts(value)?;
            let time = i32::try_from(nanos)
                .ok()
                .and_then(|nanos| Self::new(seconds, nanos).ok());
            time.ok_or_else(|| Mismatch::new("a time up to year 9999", value.to_string()))
        }
    }

    impl ToValue for Timestamp {
        fn to_value(&self) -> Result<Option<Value>, Mismatch> {
            let nanos = self.as_nanosecond();
            let seconds = i64::try_from(nanos.div_euclid(1_000_000_000));
            let below = u32::try_from(nanos.rem_euclid(1_000_000_000));
            match (seconds, below) {
                (Ok(seconds), Ok(nanos)) => Ok(Some(Value::Time { seconds, nanos })),
                _ => Err(Mismatch::new("a time up to year 9999", self.to_string())),
            }
        }
    }

    impl FromValue for SignedDuration {
        const KINDS: &'static [Kind] = &[Kind::Duration];

        fn from_value(value: &Value) -> Result<Self, Mismatch> {
            match value {
                Value::Duration { seconds, nanos } => Ok(Self::new(*seconds, *nanos)),
                other => Err(Mismatch::new("a duration", other.to_string())),
            }
        }
    }

    impl FromSpan for SignedDuration {
        fn from_span(seconds: u64, nanos: u32) -> Self {
            let span = Duration::new(seconds, nanos);
            Self::try_from(span).unwrap_or(Self::MAX)
        }
    }

    impl ToValue for SignedDuration {
        fn to_value(&self) -> Result<Option<Value>, Mismatch> {
            Ok(Some(Value::Duration {
                seconds: self.as_secs(),
                nanos: self.subsec_nanos(),
            }))
        }
    }
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Duration, FromSpan, FromValue, Kind, Mismatch, ToValue, Value, parts};

    impl FromValue for DateTime<Utc> {
        const KINDS: &'static [Kind] = &[Kind::Time];

        fn from_value(value: &Value) -> Result<Self, Mismatch> {
            let (seconds, nanos) = parts(value)?;
            let time = Self::from_timestamp(seconds, nanos);
            time.ok_or_else(|| Mismatch::new("a time that chrono can hold", value.to_string()))
        }
    }

    impl ToValue for DateTime<Utc> {
        fn to_value(&self) -> Result<Option<Value>, Mismatch> {
            Ok(Some(Value::Time {
                seconds: self.timestamp(),
                // A leap second has more nanoseconds than a second; the server knows none.
                nanos: self.timestamp_subsec_nanos().min(999_999_999),
            }))
        }
    }

    impl FromValue for TimeDelta {
        const KINDS: &'static [Kind] = &[Kind::Duration];

        fn from_value(value: &Value) -> Result<Self, Mismatch> {
            let Value::Duration { seconds, nanos } = value else {
                return Err(Mismatch::new("a duration", value.to_string()));
            };
            let whole = Self::try_seconds(*seconds);
            let span =
                whole.and_then(|whole| whole.checked_add(&Self::nanoseconds(i64::from(*nanos))));
            span.ok_or_else(|| Mismatch::new("a duration that chrono can hold", value.to_string()))
        }
    }

    impl FromSpan for TimeDelta {
        fn from_span(seconds: u64, nanos: u32) -> Self {
            let span = Duration::new(seconds, nanos);
            Self::from_std(span).unwrap_or(Self::MAX)
        }
    }

    impl ToValue for TimeDelta {
        fn to_value(&self) -> Result<Option<Value>, Mismatch> {
            Ok(Some(Value::Duration {
                seconds: self.num_seconds(),
                nanos: self.subsec_nanos(),
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(seconds: i64, nanos: u32) -> Value {
        Value::Time { seconds, nanos }
    }

    const EDGES: [(i64, u32); 7] = [
        (0, 0),
        (-1, 1),
        (-1, 999_999_999),
        (1, 500_000_000),
        (-62_135_596_800, 0),           // year 1
        (253_402_300_799, 999_999_999), // the end of year 9999
        (-86_400, 0),
    ];

    #[test]
    fn times_of_the_system_round_trip() {
        for (seconds, nanos) in EDGES {
            let read = SystemTime::from_value(&time(seconds, nanos)).unwrap();
            assert_eq!(read.to_value(), Ok(Some(time(seconds, nanos))));
        }
        assert!(SystemTime::from_value(&Value::Integer(0)).is_err());
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn times_and_spans_of_jiff_round_trip() {
        for (seconds, nanos) in EDGES {
            let read = jiff::Timestamp::from_value(&time(seconds, nanos));
            // Jiff ends a few hours before year 9999 does.
            let Ok(read) = read else {
                assert_eq!(seconds, 253_402_300_799);
                continue;
            };
            assert_eq!(read.to_value(), Ok(Some(time(seconds, nanos))));
        }
        assert!(jiff::Timestamp::from_value(&time(i64::MAX, 0)).is_err());
        let value = Value::Duration {
            seconds: -1,
            nanos: -500_000_000,
        };
        let read = jiff::SignedDuration::from_value(&value).unwrap();
        assert_eq!(read, jiff::SignedDuration::from_millis(-1_500));
        assert_eq!(read.to_value(), Ok(Some(value)));
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn times_and_spans_of_chrono_round_trip() {
        use chrono::{DateTime, TimeDelta, Utc};
        for (seconds, nanos) in EDGES {
            let read = DateTime::<Utc>::from_value(&time(seconds, nanos)).unwrap();
            assert_eq!(read.to_value(), Ok(Some(time(seconds, nanos))));
        }
        assert!(DateTime::<Utc>::from_value(&time(i64::MAX, 0)).is_err());
        for (seconds, nanos) in [(-1, -500_000_000), (0, -1), (3, 7)] {
            let value = Value::Duration { seconds, nanos };
            let read = TimeDelta::from_value(&value).unwrap();
            assert_eq!(read.to_value(), Ok(Some(value)));
        }
        let huge = Value::Duration {
            seconds: i64::MAX,
            nanos: 0,
        };
        assert!(TimeDelta::from_value(&huge).is_err());
    }
}
