//! From Rust types to values on their way to the server.

use std::time::Duration;

use super::{Mismatch, Value};

/// A type that can be written to a field.
///
/// Each Rust type is written as one kind, because the server never coerces: a `String` cannot be
/// written to a url field. Where the kind is only known from the schema, write the text by
/// `Client::set_text`.
///
/// | Rust | kind on the server |
/// |---|---|
/// | `bool` | bool |
/// | all integers, and `NonZero<…>` of them | integer; beyond the range of `i64` is an error |
/// | `f64`, `f32` | number |
/// | `str`, `String`, `Arc<str>`, `Box<str>`, `Cow<'static, str>` | string |
/// | `Path`, `PathBuf` | string; what is not Unicode is an error |
/// | `IpAddr`, `SocketAddr`, and both of `V4` and of `V6` alone | string |
/// | an enum with `#[derive(DecreeEnum)]` | string |
/// | `Duration` | duration; beyond 292 years is an error |
/// | `SystemTime` | time |
/// | `Option<T>` | as `T`, or null |
/// | [`Secret<T>`](crate::Secret) | as `T` |
/// | [`Value`] | as it says |
///
/// ```
/// use decree_runtime::{ToValue, Value};
///
/// assert_eq!(7_u8.to_value(), Ok(Some(Value::Integer(7))));
/// assert_eq!(None::<bool>.to_value(), Ok(None));
/// assert!(u64::MAX.to_value().is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "the type `{Self}` cannot be written to a field",
    label = "no kind of the server is written from this type",
    note = "use a type from the table in the docs of `ToValue`, or implement `ToValue` for it"
)]
pub trait ToValue {
    /// The value to write; `None` is null.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] when no value of the server can hold it.
    fn to_value(&self) -> Result<Option<Value>, Mismatch>;
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        self.as_ref().map_or(Ok(None), ToValue::to_value)
    }
}

impl ToValue for Value {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        Ok(Some(self.clone()))
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        Ok(Some(Value::Bool(*self)))
    }
}

impl ToValue for str {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        Ok(Some(Value::String(self.to_owned())))
    }
}

impl ToValue for String {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        self.as_str().to_value()
    }
}

impl ToValue for f64 {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        Ok(Some(Value::Number(*self)))
    }
}

/// The nearest double, which has the same value: `0.1_f32` is written as `0.10000000149011612`.
impl ToValue for f32 {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        f64::from(*self).to_value()
    }
}

impl ToValue for Duration {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        let seconds = i64::try_from(self.as_secs());
        let seconds = seconds
            .map_err(|_| Mismatch::new("a duration of at most 292 years", format!("{self:?}")))?;
        let nanos = i32::try_from(self.subsec_nanos()).unwrap_or(0); // below 10⁹
        Ok(Some(Value::Duration { seconds, nanos }))
    }
}

macro_rules! integers {
    ($($int:ident)*) => {$(
        impl ToValue for $int {
            fn to_value(&self) -> Result<Option<Value>, Mismatch> {
                let too_large = |_| {
                    let expected = format!("an integer from {} to {}", i64::MIN, i64::MAX);
                    Mismatch::new(expected, format!("{self}"))
                };
                i64::try_from(*self).map(|integer| Some(Value::Integer(integer))).map_err(too_large)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::FromValue;

    #[test]
    fn what_is_written_is_what_is_read() {
        fn round_trip<T: ToValue + FromValue + PartialEq + std::fmt::Debug>(value: T) {
            let written = value.to_value().unwrap().unwrap();
            assert_eq!(T::from_value(&written), Ok(value));
        }
        round_trip(true);
        round_trip(i64::MIN);
        round_trip(u128::from(u64::MAX >> 1));
        round_trip(0.1_f32);
        round_trip(-0.0_f64);
        round_trip("a\u{1f600}".to_owned());
        round_trip(Duration::new(1, 999_999_999));
        round_trip(Some(7_u8));
    }

    #[test]
    fn what_no_value_can_hold_is_refused() {
        let error = u64::MAX.to_value().unwrap_err();
        assert_eq!(error.found(), "18446744073709551615");
        assert!(i128::MIN.to_value().is_err());
        assert!(Duration::MAX.to_value().is_err());
    }

    #[test]
    fn none_is_null_and_an_empty_text_is_not() {
        assert_eq!(None::<&str>.to_value(), Ok(None));
        assert_eq!("".to_value(), Ok(Some(Value::String(String::new()))));
    }
}
