//! Numbers and bools, in the grammar of Go's `strconv`.

use std::num::IntErrorKind;

/// Shortest digits that round-trip, never an exponent.
pub(super) fn format(number: f64) -> String {
    if number.is_finite() {
        return number.to_string();
    }
    let text = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    };
    text.to_owned()
}

pub(super) fn parse(text: &str) -> Option<f64> {
    let number = parse_any(text)?;
    let is_named = !text.bytes().any(|byte| byte.is_ascii_digit());
    (number.is_finite() || is_named).then_some(number)
}

/// What does not fit is infinite; what is no number is zero.
pub(super) fn saturating(text: &str) -> f64 {
    parse_any(text).unwrap_or(0.0)
}

pub(super) fn saturating_integer(text: &str) -> i64 {
    match text.parse::<i64>() {
        Ok(integer) => integer,
        Err(error) => match error.kind() {
            IntErrorKind::PosOverflow => i64::MAX,
            IntErrorKind::NegOverflow => i64::MIN,
            _ => 0,
        },
    }
}

pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

fn parse_any(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.eq_ignore_ascii_case("nan") && unsigned.len() != text.len() {
        return None; // Rust reads a signed NaN, Go does not
    }
    let hex = unsigned
        .strip_prefix("0x")
        .or_else(|| unsigned.strip_prefix("0X"));
    if !underscores_are_between_digits(unsigned, hex.is_some()) {
        return None;
    }
    if let Some(hex) = hex {
        let magnitude = parse_hex(&hex.replace('_', ""))?;
        return Some(if text.starts_with('-') {
            -magnitude
        } else {
            magnitude
        });
    }
    text.replace('_', "").parse().ok()
}

/// Where Go lets a float have them; the `x` of `0x` counts as a digit.
fn underscores_are_between_digits(text: &str, hex: bool) -> bool {
    let is_digit = |byte: Option<&u8>| {
        byte.is_some_and(|b| {
            if hex {
                b.is_ascii_hexdigit()
            } else {
                b.is_ascii_digit()
            }
        })
    };
    let bytes = text.as_bytes();
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'_')
        .all(|(index, _)| {
            let before = index.checked_sub(1).and_then(|before| bytes.get(before));
            let after_prefix = hex && index == 2;
            (after_prefix || is_digit(before)) && is_digit(bytes.get(index + 1))
        })
}

/// A hexadecimal float without its sign and `0x`: digits, perhaps a point, and always a `p`.
fn parse_hex(hex: &str) -> Option<f64> {
    let (digits, exponent) = hex.split_once(['p', 'P'])?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut exponent = saturating_exponent(exponent)?;

    let mut mantissa: u64 = 0;
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16)?);
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | digit;
        } else {
            // The last bit remembers that something non-zero was cut, so that rounding is right.
            mantissa |= u64::from(digit != 0);
            exponent = exponent.saturating_add(4);
        }
        if index >= whole.len() {
            exponent = exponent.saturating_sub(4);
        }
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "rounding to the nearest is the point"
    )]
    Some(scale(mantissa as f64, exponent))
}

fn saturating_exponent(text: &str) -> Option<i32> {
    match text.parse::<i32>() {
        Ok(exponent) => Some(exponent),
        Err(error) => match error.kind() {
            IntErrorKind::PosOverflow => Some(i32::MAX),
            IntErrorKind::NegOverflow => Some(i32::MIN),
            _ => None,
        },
    }
}

/// `mantissa * 2^exponent`, in steps that do not overflow on the way.
fn scale(mut mantissa: f64, mut exponent: i32) -> f64 {
    while exponent > 1000 && mantissa.is_finite() && mantissa != 0.0 {
        mantissa *= 2f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 && mantissa != 0.0 {
        mantissa *= 2f64.powi(-1000);
        exponent += 1000;
    }
    mantissa * 2f64.powi(exponent.clamp(-1000, 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_exponent_and_no_trailing_zero() {
        for (number, text) in [
            (5.0, "5"),
            (0.1, "0.1"),
            (1e21, "1000000000000000000000"),
            (1e-7, "0.0000001"),
            (-0.0, "-0"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(format(number), text);
        }
    }

    #[test]
    fn numbers_are_read_in_the_grammar_of_go() {
        for (text, expected) in [
            ("5", Some(5.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1e3", Some(1000.0)),
            ("+1E-3", Some(0.001)),
            ("Inf", Some(f64::INFINITY)),
            ("-infinity", Some(f64::NEG_INFINITY)),
            ("0x1p-2", Some(0.25)),
            ("-0X1.8p1", Some(-3.0)),
            ("0x_1_0p0", Some(16.0)),
            ("0x1", None),
            ("0xp1", None),
            ("0x1__0p0", None),
            ("1e999", None),
            ("1_000.5", Some(1000.5)),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("1_.5", None),
            ("+nan", None),
            (".", None),
            ("", None),
            (" 1", None),
            ("1d", None),
        ] {
            assert_eq!(parse(text), expected, "{text:?}");
        }
        assert!(parse("nan").is_some_and(f64::is_nan));
    }

    #[test]
    fn a_number_too_large_saturates_on_reads() {
        let shown = |text| format(saturating(text));
        assert_eq!(shown("1e999"), "+Inf");
        assert_eq!(shown("-0x1p99999"), "-Inf");
        assert_eq!(shown("[REDACTED]"), "0");
    }
}
