//! Times: RFC 3339 with nanoseconds, as Go's `time` package reads and writes it.

use prost_types::Timestamp;

/// Go's zero time, 0001-01-01T00:00:00Z: what a server shows for a text that is no time.
pub(super) const GO_ZERO: Timestamp = Timestamp {
    seconds: -62_135_596_800,
    nanos: 0,
};

const NANOS_PER_SECOND: i64 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// Always in UTC, with as many decimals as it takes.
pub(super) fn format(time: &Timestamp) -> String {
    let nanos = i64::from(time.nanos);
    let seconds = time
        .seconds
        .saturating_add(nanos.div_euclid(NANOS_PER_SECOND));
    let nanos = nanos.rem_euclid(NANOS_PER_SECOND);
    let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
    let second_of_day = seconds.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (
        second_of_day / 3600,
        second_of_day / 60 % 60,
        second_of_day % 60,
    );

    let sign = if year < 0 { "-" } else { "" };
    let year = year.abs();
    let mut text = format!("{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if nanos != 0 {
        let fraction = format!(".{nanos:09}");
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let mut rest = Rest(text.as_bytes());
    let year = rest.number(4, 4)?;
    rest.byte(b"-")?;
    let month = rest.number(2, 2).filter(|month| (1..=12).contains(month))?;
    rest.byte(b"-")?;
    let day = rest
        .number(2, 2)
        .filter(|day| (1..=days_in_month(year, month)).contains(day))?;
    rest.byte(b"T")?;
    let hour = rest.number(1, 2).filter(|hour| *hour < 24)?;
    rest.byte(b":")?;
    let minute = rest.number(2, 2).filter(|minute| *minute < 60)?;
    rest.byte(b":")?;
    let second = rest.number(2, 2).filter(|second| *second < 60)?;
    let nanos = rest.fraction()?;
    let offset = rest.offset()?;
    if !rest.0.is_empty() {
        return None;
    }
    let days = days_from_civil(year, month, day);
    let seconds = days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset;
    Some(Timestamp { seconds, nanos })
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn byte(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !allowed.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let digits = self
            .0
            .iter()
            .take(most)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if digits < least {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        Some(
            number
                .iter()
                .fold(0, |value, digit| value * 10 + i64::from(digit - b'0')),
        )
    }

    /// Nanoseconds; digits after the ninth are cut.
    fn fraction(&mut self) -> Option<i32> {
        if !matches!(self.0, [b'.' | b',', b'0'..=b'9', ..]) {
            return Some(0);
        }
        self.byte(b".,")?;
        let digits = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (fraction, rest) = self.0.split_at(digits);
        self.0 = rest;
        let padded = fraction
            .iter()
            .map(|digit| i32::from(digit - b'0'))
            .chain(std::iter::repeat(0));
        Some(padded.take(9).fold(0, |value, digit| value * 10 + digit))
    }

    /// Seconds east of UTC. Go takes 24 hours and 60 minutes, because people write them.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.byte(b"Z+-")? {
            b'Z' => return Some(0),
            b'+' => 1,
            _ => -1,
        };
        let hours = self.number(2, 2).filter(|hours| *hours <= 24)?;
        self.byte(b":")?;
        let minutes = self.number(2, 2).filter(|minutes| *minutes <= 60)?;
        Some(sign * (hours * 3600 + minutes * 60))
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

// Both conversions count years from March, so that the leap day is the last day of a year, and
// days from 0000-03-01, which is 719468 days before 1970-01-01. An era is 400 years.

const DAYS_PER_ERA: i64 = 146_097;
const EPOCH: i64 = 719_468;

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - EPOCH
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(EPOCH);
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_without_trailing_zeros() {
        for (seconds, nanos, text) in [
            (0, 0, "1970-01-01T00:00:00Z"),
            (GO_ZERO.seconds, 0, "0001-01-01T00:00:00Z"),
            (1_709_164_800, 0, "2024-02-29T00:00:00Z"),
            (1_736_933_400, 120_000_000, "2025-01-15T09:30:00.12Z"),
            (-1, 1, "1969-12-31T23:59:59.000000001Z"),
            (0, -1, "1969-12-31T23:59:59.999999999Z"),
            (253_402_300_799, 0, "9999-12-31T23:59:59Z"),
            (253_402_300_800, 0, "10000-01-01T00:00:00Z"),
        ] {
            assert_eq!(format(&Timestamp { seconds, nanos }), text);
        }
    }

    #[test]
    fn the_most_extreme_times_do_not_panic() {
        for seconds in [i64::MIN, i64::MAX] {
            for nanos in [i32::MIN, i32::MAX] {
                let _ = format(&Timestamp { seconds, nanos });
            }
        }
    }

    #[test]
    fn times_are_read_like_go_reads_them() {
        for (text, expected) in [
            ("2025-01-15T09:30:00Z", Some("2025-01-15T09:30:00Z")),
            ("2025-01-15T09:30:00+02:00", Some("2025-01-15T07:30:00Z")),
            (
                "2025-01-15T09:30:00,5-24:60",
                Some("2025-01-16T10:30:00.5Z"),
            ),
            ("2025-01-15T9:30:00Z", Some("2025-01-15T09:30:00Z")),
            (
                "2025-01-15T09:30:00.1234567899Z",
                Some("2025-01-15T09:30:00.123456789Z"),
            ),
            ("0000-02-29T00:00:00Z", Some("0000-02-29T00:00:00Z")),
            ("2025-02-29T00:00:00Z", None),
            ("2025-01-15t09:30:00Z", None),
            ("2025-01-15T09:30:00z", None),
            ("2025-01-15 09:30:00Z", None),
            ("2025-01-15T09:30:60Z", None),
            ("2025-01-15T24:00:00Z", None),
            ("2025-01-15T09:30Z", None),
            ("2025-01-15T09:30:00", None),
            ("2025-01-15T09:30:00.Z", None),
            ("2025-01-15T09:30:00Z ", None),
            ("2025-13-15T09:30:00Z", None),
            ("10000-01-01T00:00:00Z", None),
            ("2025-01-15", None),
            ("", None),
        ] {
            assert_eq!(
                parse(text).as_ref().map(format).as_deref(),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn every_day_of_the_calendar_is_its_own_number() {
        for days in days_from_civil(0, 1, 1)..days_from_civil(9999, 12, 31) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }
}
