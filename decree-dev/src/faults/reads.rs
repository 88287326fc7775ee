//! Reads from a replica that is behind.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use crate::engine::Sight;

/// How a read of a configuration or of its versions is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFault {
    /// All of it is old, number and content, as from one late replica.
    Late(Lag),
    /// The number is new and the content is old, as when a balancer asks a current replica for the
    /// one and a late one for the other.
    Mislabelled(Lag),
    /// Every other read is late, beginning with the next one.
    Alternating(Lag),
}

/// How far a replica is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lag {
    /// So many versions.
    Versions(u32),
    /// What was written in this time until now is not there yet.
    Time(Duration),
}

impl ReadFault {
    /// `turn` is whether it is the turn of the late replica.
    pub(crate) fn sight(self, turn: &mut bool, recent: impl FnOnce(Duration) -> i32) -> Sight {
        let (lag, mislabelled) = match self {
            Self::Late(lag) => (lag, false),
            Self::Mislabelled(lag) => (lag, true),
            Self::Alternating(lag) => {
                *turn = !*turn;
                if !*turn {
                    return Sight::default();
                }
                (lag, false)
            }
        };
        let back = match lag {
            Lag::Versions(count) => i32::try_from(count).unwrap_or(i32::MAX),
            Lag::Time(time) => recent(time),
        };
        Sight { back, mislabelled }
    }
}

/// When versions were written, by tenant; those of before the server began are old.
#[derive(Debug, Default)]
pub(crate) struct Written(HashMap<String, Vec<(i32, Instant)>>);

impl Written {
    pub(crate) fn note(&mut self, tenant: &str, version: i32, now: Instant) {
        let versions = self.0.entry(tenant.to_owned()).or_default();
        // They ascend. What is not below is of a lost history.
        versions.truncate(versions.partition_point(|(other, _)| *other < version));
        versions.push((version, now));
    }

    /// How many versions up to `latest` are younger than this.
    pub(crate) fn recent(&self, tenant: &str, latest: i32, time: Duration, now: Instant) -> i32 {
        let versions = self.0.get(tenant).into_iter().flatten();
        let count = versions
            .filter(|(version, at)| {
                *version <= latest && at.checked_add(time).is_none_or(|seen| seen > now)
            })
            .count();
        i32::try_from(count).unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_in_the_last_seconds_is_recent() {
        let mut written = Written::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        for version in 2..=5 {
            written.note("t", version, at(version.unsigned_abs().into()));
        }
        let recent = |written: &Written, latest, seconds| {
            written.recent("t", latest, Duration::from_secs(seconds), at(6))
        };
        assert_eq!(recent(&written, 5, 1), 0);
        assert_eq!(recent(&written, 5, 3), 2);
        assert_eq!(recent(&written, 5, 100), 4);
        assert_eq!(recent(&written, 4, 3), 1, "version 5 was lost");
        written.note("t", 4, at(6));
        assert_eq!(recent(&written, 4, 100), 3, "2, 3 and the new 4");
    }

    #[test]
    fn every_other_read_is_late() {
        let mut turn = false;
        let fault = ReadFault::Alternating(Lag::Versions(2));
        let mut back = || fault.sight(&mut turn, |_| 0).back;
        assert_eq!([back(), back(), back(), back()], [2, 0, 2, 0]);
    }
}
