//! Durations and times in messages, as the server would read them.

use std::fmt;

const SECONDS_PER_DAY: i64 = 86_400;

/// In seconds: `1.5s`.
pub(super) fn duration(f: &mut fmt::Formatter<'_>, seconds: i64, nanos: i32) -> fmt::Result {
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    write!(f, "{sign}{}", seconds.unsigned_abs())?;
    fraction(f, nanos.unsigned_abs())?;
    f.write_str("s")
}

/// In UTC, by RFC 3339: `2026-01-01T00:00:00Z`.
pub(super) fn time(f: &mut fmt::Formatter<'_>, seconds: i64, nanos: u32) -> fmt::Result {
    let (year, month, day) = date(seconds.div_euclid(SECONDS_PER_DAY));
    let second = seconds.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    write!(
        f,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    )?;
    fraction(f, nanos)?;
    f.write_str("Z")
}

/// As many decimals as it takes.
fn fraction(f: &mut fmt::Formatter<'_>, nanos: u32) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let decimals = format!("{nanos:09}");
    write!(f, ".{}", decimals.trim_end_matches('0'))
}

/// Year, month and day of a day after 1970-01-01.
///
/// Counted in years that begin in March, so that the leap day is the last of its year, and in eras
/// of 400 years, which all have the same length.
fn date(days: i64) -> (i64, i64, i64) {
    const DAYS_PER_ERA: i64 = 146_097;
    let days = days + 719_468; // from 0000-03-01
    let (era, day) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + next, month, day)
}
