//! Durations, in the grammar of Go's `time.Duration`: a whole number of nanoseconds in an i64.

use prost_types::Duration;

const NANOSECOND: u64 = 1;
const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// One more than the largest positive count of nanoseconds: only the minimum reaches it.
const LIMIT: u64 = 1 << 63;

pub(super) fn format(duration: &Duration) -> String {
    let nanos = nanos(duration);
    let magnitude = nanos.unsigned_abs();
    let sign = if nanos < 0 { "-" } else { "" };
    match magnitude {
        0 => "0s".to_owned(),
        1..MICROSECOND => format!("{sign}{magnitude}ns"),
        MICROSECOND..MILLISECOND => format!("{sign}{}µs", decimal(magnitude, MICROSECOND)),
        MILLISECOND..SECOND => format!("{sign}{}ms", decimal(magnitude, MILLISECOND)),
        SECOND..MINUTE => format!("{sign}{}s", decimal(magnitude, SECOND)),
        MINUTE..HOUR => {
            format!(
                "{sign}{}m{}s",
                magnitude / MINUTE,
                decimal(magnitude % MINUTE, SECOND)
            )
        }
        HOUR.. => {
            let (hours, minutes) = (magnitude / HOUR, magnitude % HOUR / MINUTE);
            format!(
                "{sign}{hours}h{minutes}m{}s",
                decimal(magnitude % MINUTE, SECOND)
            )
        }
    }
}

pub(super) fn parse(text: &str) -> Option<Duration> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Some(Duration::default());
    }
    if unsigned.is_empty() {
        return None;
    }
    let mut rest = unsigned;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (part, after) = parse_part(rest)?;
        total = total.checked_add(part).filter(|total| *total <= LIMIT)?;
        rest = after;
    }
    let nanos = if text.starts_with('-') {
        0i64.checked_sub_unsigned(total)?
    } else {
        i64::try_from(total).ok()?
    };
    from_nanos(nanos)
}

/// One number with its unit, and what follows it.
fn parse_part(text: &str) -> Option<(u64, &str)> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = rest
        .find(|c: char| c == '.' || c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    let unit = match unit {
        "ns" => NANOSECOND,
        "us" | "\u{b5}s" | "\u{3bc}s" => MICROSECOND,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return None,
    };
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let nanos = whole
        .checked_mul(unit)?
        .checked_add(part_of_unit(fraction, unit))?;
    (nanos <= LIMIT).then_some((nanos, rest))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    )
}

/// Nanoseconds in a decimal fraction of a unit. In floating point, because Go does it so and the
/// last nanosecond shows the difference.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the result is smaller than the unit"
)]
fn part_of_unit(fraction: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0u64, 1f64);
    for digit in fraction.bytes().map(|byte| u64::from(byte - b'0')) {
        let Some(next) = value.checked_mul(10).and_then(|v| v.checked_add(digit)) else {
            break;
        };
        if next > LIMIT {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

/// `value / unit` with as many decimals as it takes.
fn decimal(value: u64, unit: u64) -> String {
    let (whole, fraction) = (value / unit, value % unit);
    if fraction == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let text = format!("{whole}.{fraction:0width$}");
    text.trim_end_matches('0').to_owned()
}

fn nanos(duration: &Duration) -> i64 {
    let nanos = i128::from(duration.seconds) * i128::from(SECOND) + i128::from(duration.nanos);
    let fallback = if nanos < 0 { i64::MIN } else { i64::MAX };
    i64::try_from(nanos).unwrap_or(fallback)
}

fn from_nanos(nanos: i64) -> Option<Duration> {
    const SECOND: i64 = 1_000_000_000;
    Some(Duration {
        seconds: nanos / SECOND,
        nanos: i32::try_from(nanos % SECOND).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_like_go_writes_them() {
        for (nanos, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5µs"),
            (1_000_000, "1ms"),
            (1_500_000_000, "1.5s"),
            (30_000_000_000, "30s"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
            (129_600_000_500_000, "36h0m0.0005s"),
            (-5_000_000_000, "-5s"),
            (i64::MAX, "2562047h47m16.854775807s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            let duration = from_nanos(nanos).unwrap();
            assert_eq!(format(&duration), text);
            assert_eq!(parse(text), Some(duration), "{text}");
        }
    }

    #[test]
    fn durations_out_of_range_saturate() {
        let seconds = |seconds| Duration { seconds, nanos: 0 };
        assert_eq!(format(&seconds(i64::MAX)), "2562047h47m16.854775807s");
        assert_eq!(format(&seconds(i64::MIN)), "-2562047h47m16.854775808s");
    }

    #[test]
    fn durations_are_read_in_the_grammar_of_go() {
        for (text, expected) in [
            ("24h", Some("24h0m0s")),
            ("+1.5h", Some("1h30m0s")),
            ("1h1h", Some("2h0m0s")),
            (".5s", Some("500ms")),
            ("1.s", Some("1s")),
            ("3us", Some("3µs")),
            ("3\u{3bc}s", Some("3µs")),
            ("0", Some("0s")),
            ("-0", Some("0s")),
            ("0.3333333333333333333h", Some("20m0s")),
            ("30", None),
            ("1d", None),
            ("1 s", None),
            (".s", None),
            ("s", None),
            ("-", None),
            ("", None),
            ("1S", None),
            ("9223372036854775808ns", None),
            ("3000000h", None),
        ] {
            assert_eq!(
                parse(text).map(|d| format(&d)).as_deref(),
                expected,
                "{text:?}"
            );
        }
    }
}
