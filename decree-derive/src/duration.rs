//! Durations as text, in the grammar of the server.

use std::time::Duration;

const EXPECTED: &str = "expected numbers with units, such as \"30s\", \"1h30m\" or \"1.5ms\" \
                        (units: ns, us, ms, s, m, h)";

/// Nanoseconds of each unit, longer names first where one starts another.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a chain of decimal numbers with units.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if text.starts_with('-') {
        return Err(format!(
            "{text:?} is negative: take out the minus, or write an expression if the type has such values"
        ));
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return Err(EXPECTED.to_owned());
    }
    let mut nanos: u64 = 0;
    while !rest.is_empty() {
        let (part, after) = part(rest).ok_or_else(|| EXPECTED.to_owned())?;
        nanos = nanos.saturating_add(part);
        rest = after;
    }
    // The server's durations are signed and end here.
    if nanos > i64::MAX as u64 {
        return Err(format!(
            "{text:?} is longer than the 292 years that the server can hold"
        ));
    }
    Ok(Duration::from_nanos(nanos))
}

/// One number with its unit, and the text after it.
fn part(text: &str) -> Option<(u64, &str)> {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let (whole, rest) = text.split_at(digits(text));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits(rest)),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let unit_end = rest
        .find(|c: char| c.is_ascii_digit() || c == '.')
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_end);
    let (_, scale) = UNITS.into_iter().find(|(name, _)| *name == unit)?;

    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().unwrap_or(u64::MAX)
    };
    let nanos = whole.saturating_mul(scale);
    Some((nanos.saturating_add(part_of_unit(fraction, scale)), rest))
}

/// Nanoseconds in a decimal fraction of a unit: in floating point, as the server counts them, so that
/// a default is the same to the nanosecond as the text on the server.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the server rounds just so"
)]
fn part_of_unit(fraction: &str, scale: u64) -> u64 {
    let mut digits: u64 = 0;
    let mut one = 1.0_f64;
    for digit in fraction.bytes() {
        let next = digits.checked_mul(10);
        let next = next.and_then(|tens| tens.checked_add(u64::from(digit - b'0')));
        // What is left is far below a nanosecond.
        let Some(next) = next.filter(|next| i64::try_from(*next).is_ok()) else {
            break;
        };
        digits = next;
        one *= 10.0;
    }
    (digits as f64 * (scale as f64 / one)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_that_of_the_server() {
        let good = [
            ("0", 0),
            ("0s", 0),
            ("30s", 30_000_000_000),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("+2ms", 2_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1m0.5s", 60_500_000_000),
            ("3us", 3_000),
            ("3\u{b5}s", 3_000),
            ("3\u{3bc}s", 3_000),
            ("7ns", 7),
            ("0.066666602666680m", 3_999_996_160),
            ("0.33333333333333333333h", 1_200_000_000_000),
        ];
        for (text, nanos) in good {
            assert_eq!(parse(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
        for text in [
            "", "+", "30", "s", "1 s", "1d", "1h 30m", ".s", "1s.", "-1s", "1S", "é", "9999999h",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
