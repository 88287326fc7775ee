//! Texts that mean zero.
//!
//! The server shows zero for a text that it cannot parse and for a value that it redacts. Only the
//! checksum of the stored text tells: if it is that of a text that means zero, the zero is real.
//! The grammars are those of Go's parsers, which the server uses.

use crate::value::{Kind, Value};

/// Whether `value` is one that the server also shows as a stand-in.
pub(crate) fn is_stand_in(value: &Value) -> bool {
    match value {
        Value::Integer(value) => matches!(*value, 0 | i64::MIN | i64::MAX),
        Value::Number(value) => *value == 0.0 || !value.is_finite(),
        Value::Bool(value) => !value,
        Value::Duration { seconds, nanos } => *seconds == 0 && *nanos == 0,
        Value::Time { seconds, nanos } => *seconds == YEAR_ONE && *nanos == 0,
        Value::String(_) | Value::Url(_) | Value::Json(_) => false,
    }
}

/// 0001-01-01T00:00:00Z, the zero of the server's times.
const YEAR_ONE: i64 = -62_135_596_800;

/// Whether any text that means `value`, which is a stand-in, satisfies `matches`.
pub(crate) fn any_spelling(value: &Value, mut matches: impl FnMut(&str) -> bool) -> bool {
    match value {
        Value::Integer(0) => integers(&mut matches),
        Value::Integer(value) => matches(&value.to_string()),
        Value::Number(value) if *value == 0.0 => numbers(value.is_sign_negative(), &mut matches),
        Value::Bool(false) => BOOLS.into_iter().any(matches),
        Value::Duration { .. } => durations(&mut matches),
        Value::Time { .. } => times(&mut matches),
        _ => false,
    }
}

const BOOLS: [&str; 6] = ["false", "False", "FALSE", "f", "F", "0"];

fn integers(matches: &mut impl FnMut(&str) -> bool) -> bool {
    let zeros = "0".repeat(20);
    let mut spellings = (1..=20).flat_map(|digits| ["", "-", "+"].map(|sign| (sign, digits)));
    spellings.any(|(sign, digits)| matches(&format!("{sign}{}", &zeros[..digits])))
}

fn numbers(negative: bool, matches: &mut impl FnMut(&str) -> bool) -> bool {
    const WHOLE: [&str; 4] = ["0", "00", "000", ""];
    const FRACTION: [&str; 9] = [
        "",
        ".",
        ".0",
        ".00",
        ".000",
        ".0000",
        ".00000",
        ".000000",
        ".0000000000",
    ];
    const EXPONENT: [&str; 11] = [
        "", "e0", "E0", "e+0", "E+0", "e-0", "E-0", "e00", "e+00", "E+00", "e-00",
    ];
    let signs: &[&str] = if negative { &["-"] } else { &["", "+"] };
    signs.iter().any(|sign| {
        WHOLE.iter().any(|whole| {
            FRACTION.iter().any(|fraction| {
                let digits = !whole.is_empty() || fraction.len() > 1;
                digits
                    && EXPONENT
                        .iter()
                        .any(|exponent| matches(&format!("{sign}{whole}{fraction}{exponent}")))
            })
        })
    })
}

fn durations(matches: &mut impl FnMut(&str) -> bool) -> bool {
    const DIGITS: [&str; 5] = ["0", "00", "0.0", "0.", ".0"];
    // Both spellings of micro: U+00B5 and U+03BC.
    const UNITS: [&str; 8] = ["s", "ns", "us", "\u{b5}s", "\u{3bc}s", "ms", "m", "h"];
    const CHAINS: [&str; 6] = ["0", "0h0m0s", "0m0s", "0h0m", "0h0s", "0m0.0s"];
    ["", "-", "+"].iter().any(|sign| {
        CHAINS
            .iter()
            .any(|chain| matches(&format!("{sign}{chain}")))
            || UNITS.iter().any(|unit| {
                DIGITS
                    .iter()
                    .any(|digits| matches(&format!("{sign}{digits}{unit}")))
            })
    })
}

fn times(matches: &mut impl FnMut(&str) -> bool) -> bool {
    let zeros = "0".repeat(9);
    ["T00", "T0"].iter().any(|hour| {
        (0..=9).any(|digits| {
            [".", ","].iter().any(|point| {
                let fraction = match digits {
                    0 => String::new(),
                    digits => format!("{point}{}", &zeros[..digits]),
                };
                ["Z", "+00:00", "-00:00"]
                    .iter()
                    .any(|zone| matches(&format!("0001-01-01{hour}:00:00{fraction}{zone}")))
            })
        })
    })
}

/// Whether the kind is stored as the text that is shown.
pub(crate) fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::String | Kind::Url | Kind::Json)
}
