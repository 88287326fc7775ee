//! Integers that are not zero.

use std::num::NonZero;

use super::{FromValue, Kind, Mismatch, ToValue, Value};

/// A type whose default can be written as an integer. Only derived code uses it.
pub trait FromInteger {
    /// The value that `integer` stands for; the derive has checked its range.
    fn from_integer(integer: i64) -> Self;
}

macro_rules! nonzero {
    ($($int:ident)*) => {$(
        impl FromValue for NonZero<$int> {
            const KINDS: &'static [Kind] = &[Kind::Integer];

            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                let narrowed = match value {
                    Value::Integer(wide) => $int::try_from(*wide).ok(),
                    _ => None,
                };
                narrowed.and_then(Self::new).ok_or_else(|| {
                    let but = if $int::MIN == 0 { "" } else { ", but not 0" };
                    let expected = format!(
                        "an integer from {} to {}{but} (NonZero<{}>)",
                        Self::MIN,
                        Self::MAX,
                        stringify!($int)
                    );
                    Mismatch::new(expected, value.to_string())
                })
            }
        }

        impl ToValue for NonZero<$int> {
            fn to_value(&self) -> Result<Option<Value>, Mismatch> {
                self.get().to_value()
            }
        }

        impl FromInteger for NonZero<$int> {
            fn from_integer(integer: i64) -> Self {
                let narrowed = $int::try_from(integer).ok();
                narrowed.and_then(Self::new).unwrap_or(Self::MIN)
            }
        }
    )*};
}

nonzero!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_what_is_out_of_range_are_refused() {
        let message = |value| {
            let error = NonZero::<u8>::from_value(&Value::Integer(value));
            error.unwrap_err().to_string()
        };
        for bad in [0, 256, -1] {
            let expected = format!("an integer from 1 to 255 (NonZero<u8>), found integer {bad}");
            assert_eq!(message(bad), format!("expected {expected}"));
        }
        assert_eq!(
            NonZero::<i8>::from_value(&Value::Integer(0))
                .unwrap_err()
                .expected(),
            "an integer from -128 to 127, but not 0 (NonZero<i8>)"
        );
        assert!(NonZero::<u8>::from_value(&Value::Number(1.0)).is_err());
    }

    #[test]
    fn they_round_trip() {
        let five = NonZero::<u128>::from_integer(5);
        assert_eq!(five.to_value(), Ok(Some(Value::Integer(5))));
        assert_eq!(NonZero::<u128>::from_value(&Value::Integer(5)), Ok(five));
        assert_eq!(NonZero::<i16>::from_integer(-5).get(), -5);
        assert!(NonZero::<u64>::MAX.to_value().is_err());
    }
}
