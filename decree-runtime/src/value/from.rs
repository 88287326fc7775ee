//! From values of the server to Rust types.

use std::time::Duration;

use super::{Kind, Mismatch, Value};

/// A type that a field of a settings struct can have.
///
/// Conversions are strict: an `integer` is not read into an `f64`, nor the reverse, and a number
/// out of range is an error, never cut.
///
/// | Rust | kinds of the server |
/// |---|---|
/// | `bool` | bool |
/// | `i8` … `i128`, `isize`, `u8` … `u128`, `usize` | integer, range-checked |
/// | `NonZero<…>` of all integers | integer, range-checked, not 0 |
/// | `f64`, `f32` | number; `f32` rounds to the nearest, and refuses what would become infinite |
/// | `String`, `Arc<str>`, `Box<str>`, `Cow<'static, str>` | string, url, json (the text as it is) |
/// | `PathBuf` | string |
/// | `IpAddr`, `SocketAddr`, and both of `V4` and of `V6` alone | string |
/// | `Duration` | duration, not negative |
/// | `SystemTime` | time |
/// | `jiff::Timestamp`, `jiff::SignedDuration` (feature `jiff`) | time, duration |
/// | `chrono::DateTime<Utc>`, `chrono::TimeDelta` (feature `chrono`) | time, duration |
/// | `url::Url` (feature `url`) | url |
/// | `serde_json::Value`, `Json<T>` (feature `json`) | json |
/// | [`Value`] | every kind, as it is |
/// | `Option<T>` | as `T`; `None` when the server holds null |
/// | [`Secret<T>`](crate::Secret) | as `T`, and not shown |
/// | an enum with `#[derive(DecreeEnum)]` | string |
///
/// Implement it for a type of your own. What the type also needs: nothing for a default, which may be a
/// text if its kinds are texts; [`ToValue`](crate::ToValue) to be written, and with `PartialOrd` for
/// `min` and `max`, with `PartialEq` for `one_of`. For a type of another
/// crate there are the attributes `from_str`, `json` and `with` of `#[derive(DecreeConfig)]`.
///
/// ```
/// use decree_runtime::{FromValue, Kind, Mismatch, ToValue, Value};
///
/// #[derive(Debug, PartialEq, PartialOrd)]
/// struct Percent(u8);
///
/// impl FromValue for Percent {
///     const KINDS: &'static [Kind] = &[Kind::Integer];
///
///     fn from_value(value: &Value) -> Result<Self, Mismatch> {
///         match value {
///             Value::Integer(percent @ 0..=100) => Ok(Self(*percent as u8)),
///             other => Err(Mismatch::new("an integer from 0 to 100", other.to_string())),
///         }
///     }
/// }
///
/// impl ToValue for Percent {
///     fn to_value(&self) -> Result<Option<Value>, Mismatch> {
///         self.0.to_value()
///     }
/// }
///
/// assert_eq!(Percent::from_value(&Value::Integer(7)), Ok(Percent(7)));
/// # #[cfg(feature = "derive")] {
/// # use decree_runtime::DecreeConfig;
///
/// #[derive(DecreeConfig)]
/// struct Sale {
///     #[decree(default = Percent(10), max = Percent(50))]
///     discount: Percent,
///     on_top: Option<Percent>,
/// }
///
/// assert_eq!(Sale::fields()[0].constraints()[0].to_string(), "at most 50");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a setting cannot have the type `{Self}`",
    label = "no kind of the server is read into this type",
    note = "use a type from the table in the docs of `FromValue`, of which some need a feature of decree-runtime, \
            or implement `FromValue` for it; of a parameter it is a bound: `T: FromValue`",
    note = "in a field of a struct, attributes do without: `#[decree(from_str)]` for a type with \
            `FromStr`, `#[decree(json)]` for one with `serde::Deserialize`, `#[decree(with = path)]` \
            for a function, `#[decree(skip)]` for what is not on the server",
    note = "if it is an enum of texts, put `#[derive(DecreeEnum)]` on it; if it is a struct of \
            settings, write `#[decree(nested)]`"
)]
pub trait FromValue: Sized {
    /// The kinds that this type reads; none of them means a schema cannot fit.
    const KINDS: &'static [Kind];

    /// Whether its values are kept out of messages and files, as those of a [`Secret`](crate::Secret)
    /// are: for a type that holds one.
    const SECRET: bool = false;

    /// Every text that it is read from, as far as these can be listed: `#[derive(DecreeEnum)]`
    /// lists them. They show in [`FieldSpec::constraints`](crate::FieldSpec::constraints). Empty
    /// when there is no list.
    const ONE_OF: &'static [&'static str] = &[];

    /// Converts a value that is there.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] when the value has another kind or does not fit.
    fn from_value(value: &Value) -> Result<Self, Mismatch>;

    /// What a null on the server means: nothing for most types, `None` for an `Option`.
    #[must_use]
    fn from_null() -> Option<Self> {
        None
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const KINDS: &'static [Kind] = T::KINDS;
    const SECRET: bool = T::SECRET;
    const ONE_OF: &'static [&'static str] = T::ONE_OF;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        T::from_value(value).map(Some)
    }

    fn from_null() -> Option<Self> {
        Some(None)
    }
}

impl FromValue for Value {
    const KINDS: &'static [Kind] = &[
        Kind::Integer,
        Kind::Number,
        Kind::String,
        Kind::Bool,
        Kind::Time,
        Kind::Duration,
        Kind::Url,
        Kind::Json,
    ];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Ok(value.clone())
    }
}

impl FromValue for bool {
    const KINDS: &'static [Kind] = &[Kind::Bool];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Bool(value) => Ok(*value),
            other => Err(Mismatch::new("a bool", other.to_string())),
        }
    }
}

impl FromValue for String {
    const KINDS: &'static [Kind] = &[Kind::String, Kind::Url, Kind::Json];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) | Value::Url(text) | Value::Json(text) => Ok(text.clone()),
            other => Err(Mismatch::new("a string", other.to_string())),
        }
    }
}

impl FromValue for Duration {
    const KINDS: &'static [Kind] = &[Kind::Duration];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let mismatch = || Mismatch::new("a duration that is not negative", value.to_string());
        let Value::Duration { seconds, nanos } = value else {
            return Err(mismatch());
        };
        let seconds = u64::try_from(*seconds).map_err(|_| mismatch())?;
        let nanos = u32::try_from(*nanos).map_err(|_| mismatch())?;
        Ok(Self::new(seconds, nanos))
    }
}

impl FromValue for f64 {
    const KINDS: &'static [Kind] = &[Kind::Number];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Number(value) if value.is_finite() => Ok(*value),
            other => Err(Mismatch::new("a finite number", other.to_string())),
        }
    }
}

impl FromValue for f32 {
    const KINDS: &'static [Kind] = &[Kind::Number];

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding is the point, overflow is checked"
    )]
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Number(wide) if (*wide as Self).is_finite() => Ok(*wide as Self),
            other => Err(Mismatch::new(
                "a number within the range of f32",
                other.to_string(),
            )),
        }
    }
}

macro_rules! integers {
    ($($int:ident)*) => {$(
        impl FromValue for $int {
            const KINDS: &'static [Kind] = &[Kind::Integer];

            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                let narrowed = match value {
                    Value::Integer(wide) => Self::try_from(*wide).ok(),
                    _ => None,
                };
                narrowed.ok_or_else(|| {
                    let expected = format!(
                        "an integer from {} to {} ({})",
                        Self::MIN,
                        Self::MAX,
                        stringify!($int)
                    );
                    Mismatch::new(expected, value.to_string())
                })
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_checked_against_their_range() {
        assert_eq!(u8::from_value(&Value::Integer(255)), Ok(255));
        assert_eq!(
            u8::from_value(&Value::Integer(256)),
            Err(Mismatch::new(
                "an integer from 0 to 255 (u8)",
                "integer 256"
            ))
        );
        assert_eq!(i64::from_value(&Value::Integer(i64::MIN)), Ok(i64::MIN));
        assert_eq!(
            u128::from_value(&Value::Integer(i64::MAX)),
            Ok(i64::MAX as u128)
        );
        assert!(usize::from_value(&Value::Integer(-1)).is_err());
    }

    #[test]
    fn kinds_are_strict() {
        assert!(f64::from_value(&Value::Integer(1)).is_err());
        assert!(i32::from_value(&Value::Number(1.0)).is_err());
        assert!(bool::from_value(&Value::String("true".into())).is_err());
        assert!(String::from_value(&Value::Integer(1)).is_err());
        assert!(Duration::from_value(&Value::Integer(30)).is_err());
    }

    #[test]
    fn numbers_are_finite_and_fit() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(f64::from_value(&Value::Number(bad)).is_err());
            assert!(f32::from_value(&Value::Number(bad)).is_err());
        }
        assert!(f32::from_value(&Value::Number(1e39)).is_err());
        assert_eq!(f32::from_value(&Value::Number(0.1)), Ok(0.1_f32));
    }

    #[test]
    fn a_duration_is_not_negative() {
        let value = |seconds, nanos| Value::Duration { seconds, nanos };
        assert_eq!(
            Duration::from_value(&value(1, 500_000_000)),
            Ok(Duration::from_millis(1500))
        );
        assert_eq!(
            Duration::from_value(&value(-1, -500_000_000)),
            Err(Mismatch::new(
                "a duration that is not negative",
                "duration -1.5s"
            ))
        );
        assert!(Duration::from_value(&value(0, -1)).is_err());
    }

    #[test]
    fn numbers_durations_and_times_are_short_in_messages() {
        let duration = |seconds, nanos| Value::Duration { seconds, nanos };
        let time = |seconds, nanos| Value::Time { seconds, nanos };
        for (value, shown) in [
            (Value::Number(1e300), "number 1e300"),
            (Value::Number(-5e-324), "number -5e-324"),
            (Value::Number(0.025), "number 0.025"),
            (duration(-5, 0), "duration -5s"),
            (duration(0, -1), "duration -0.000000001s"),
            (duration(90, 250_000_000), "duration 90.25s"),
            (duration(i64::MIN, 0), "duration -9223372036854775808s"),
            (time(1_767_225_600, 0), "time 2026-01-01T00:00:00Z"),
            (
                time(951_782_399, 500_000_000),
                "time 2000-02-28T23:59:59.5Z",
            ),
            (time(951_782_400, 0), "time 2000-02-29T00:00:00Z"),
            (time(-1, 0), "time 1969-12-31T23:59:59Z"),
            (time(-62_135_596_800, 0), "time 0001-01-01T00:00:00Z"),
            (time(253_402_300_799, 0), "time 9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(value.to_string(), shown);
        }
        assert!(time(i64::MAX, u32::MAX).to_string().len() < 60);
        assert!(time(i64::MIN, 0).to_string().len() < 60);
    }

    #[test]
    fn long_and_odd_texts_are_shortened_and_escaped_in_messages() {
        let shown = Value::String("\u{7}".repeat(1_000_000)).to_string();
        assert!(shown.len() < 500, "{}", shown.len());
        assert!(shown.ends_with('…'));
        assert!(shown.contains("\\u{7}"));
    }
}
