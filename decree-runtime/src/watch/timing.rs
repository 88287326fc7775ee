//! Every interval of the watch, with the reason for its number.

use std::{ops::Range, time::Duration};

use fastrand::Rng;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The clockwork of the watches of a client. Set it by
/// [`ClientBuilder::watch_timing`](crate::ClientBuilder::watch_timing).
///
/// From a range a moment is chosen at random: clients that were woken together must not act
/// together. The numbers hold together: a change that nothing announced shows within one `tick` and
/// a read; a connection that hangs is left after `tick` + `probe_timeout` + one dial. None may be
/// longer than 365 days, which is as good as never.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchTiming {
    /// Between probes while a stream is open. Default 27 to 33 s: 120 cheap requests an hour, and
    /// nobody waits longer for a rollback, which is never announced.
    pub tick: Range<Duration>,
    /// Between probes without a stream: then they are the only news there is. Default 3.75 to
    /// 6.25 s, growing towards `tick` while streams are refused for their rate.
    pub tick_without_stream: Range<Duration>,
    /// From the first path that the stream does not cover to a stream that does. Default 100 to
    /// 200 ms: a program makes its handles one after another, and one more stream is enough for all
    /// that follow the first.
    pub gather: Range<Duration>,
    /// From sending Subscribe to the probe that closes the gap before it took hold. Default 0.5 to
    /// 1.5 s: nothing tells when it did, for the server sends no headers before the first event.
    pub settle: Range<Duration>,
    /// Between two whole reads of content that did not move. Default 4 to 6 min: it can change under
    /// one version, and what tells of that may be missing.
    pub full_read: Range<Duration>,
    /// How long a probe may take. Default 5 s: it answers within milliseconds, and after this long
    /// the connection is taken for dead.
    pub probe_timeout: Duration,
    /// How long a read may take at first. Default 15 s: it may be large and the link slow, so this
    /// doubles while probes still answer.
    pub read_timeout: Duration,
    /// The end of that doubling. Default 2 min.
    pub read_timeout_max: Duration,
    /// Between reads: 20 times what they take of late, within these bounds. Default 50 ms to 1 s: a
    /// watch takes at most a twentieth of a database connection, and under a storm of writes a fifth
    /// of the 100 reads a second that the server allows all programs of a tenant together.
    pub read_spacing: Range<Duration>,
    /// The waits after reads and probes that failed, doubling from one end to the other. Default
    /// 250 ms to 8 s: a server that is back is seen within 10 s.
    pub read_backoff: Range<Duration>,
    /// The windows over which refused reads spread, growing from one end to the other. Default 1 to
    /// 8 s: in a simulated fleet of 1,000, a wider one made the slowest reader later.
    pub refusal_window: Range<Duration>,
    /// The spread of reads that a whole fleet makes for the same reason. Default 0.1 to 2.5 s: 190 of
    /// 200 readers of one bucket of 100 a second need 1.9 s, however they hurry. Spread over just
    /// that, one in ten is refused, and the last is later than if all took their time.
    pub crowd: Range<Duration>,
    /// How late a replica may be: for so long an announced version is asked for that no answer shows,
    /// what was adopted is not proven, and rows of an older version are not believed of a newer one.
    /// Default 10 s: a lagging replica needs less, and a version lost in a failover never comes.
    pub announced_patience: Duration,
    /// A second look before other content of the same version is believed. Default 1 to 2 s.
    pub second_look: Range<Duration>,
    /// How long older answers are taken for replica lag before they are taken for a restore. Default
    /// 10 min: no replica that is used is later.
    pub behind_patience: Duration,
    /// A stream that is refused sooner than this never carried an event; one that is cut later may
    /// have lost one. Default 1 s.
    pub refused_within: Duration,
    /// A stream that lived this long was sound, so the next attempt starts from the beginning.
    /// Default 1 min.
    pub stable_after: Duration,
    /// The first wait after a stream that ended. Default 0.1 to 2 s.
    pub stream_again: Range<Duration>,
    /// The waits after that, doubling from one end to the other. Default 1 to 32 s: streams that live
    /// 5 s are there for five sixths of the time, and a server that ends each at once sees fewer
    /// than 130 an hour.
    pub stream_backoff: Range<Duration>,
    /// The wait after a stream that was cut for the rate of its messages, which happens to almost
    /// every stream of a large fleet at each change. Default 1 to 5 s.
    pub stream_rest: Range<Duration>,
    /// From the moment that calls have another connection to a stream that has one, too. Default
    /// 0.1 to 5 s: the process that the stream is on may be going.
    pub stream_move: Range<Duration>,
    /// How late the stream may tell of a change that was read already, before it is taken for deaf.
    /// Default 2 s: an event is some milliseconds behind its version.
    pub stream_late: Duration,
    /// Between two moves to another process of the server because this one has old types. Default 4
    /// to 6 min: each costs a connection, and the process has them for as long as it lives.
    pub types_move: Range<Duration>,
}

impl Default for WatchTiming {
    fn default() -> Self {
        Self {
            tick: ms(27_000)..ms(33_000),
            tick_without_stream: ms(3_750)..ms(6_250),
            gather: ms(100)..ms(200),
            settle: ms(500)..ms(1_500),
            full_read: ms(240_000)..ms(360_000),
            probe_timeout: ms(5_000),
            read_timeout: ms(15_000),
            read_timeout_max: ms(120_000),
            read_spacing: ms(50)..ms(1_000),
            read_backoff: ms(250)..ms(8_000),
            refusal_window: ms(1_000)..ms(8_000),
            crowd: ms(100)..ms(2_500),
            announced_patience: ms(10_000),
            second_look: ms(1_000)..ms(2_000),
            behind_patience: ms(600_000),
            refused_within: ms(1_000),
            stable_after: ms(60_000),
            stream_again: ms(100)..ms(2_000),
            stream_backoff: ms(1_000)..ms(32_000),
            stream_rest: ms(1_000)..ms(5_000),
            stream_move: ms(100)..ms(5_000),
            stream_late: ms(2_000),
            types_move: ms(240_000)..ms(360_000),
        }
    }
}

/// Shorter waits than this are a busy loop.
const SHORTEST: Duration = ms(1);

/// As good as never, and far from where sums of times end.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl WatchTiming {
    /// What cannot work, by the name of its field.
    pub(crate) fn check(&self) -> Result<(), String> {
        let ranges = [
            ("tick", &self.tick),
            ("tick_without_stream", &self.tick_without_stream),
            ("gather", &self.gather),
            ("settle", &self.settle),
            ("full_read", &self.full_read),
            ("read_spacing", &self.read_spacing),
            ("read_backoff", &self.read_backoff),
            ("refusal_window", &self.refusal_window),
            ("crowd", &self.crowd),
            ("second_look", &self.second_look),
            ("stream_again", &self.stream_again),
            ("stream_backoff", &self.stream_backoff),
            ("stream_rest", &self.stream_rest),
            ("stream_move", &self.stream_move),
            ("types_move", &self.types_move),
        ];
        let timeouts = [
            ("probe_timeout", self.probe_timeout),
            ("read_timeout", self.read_timeout),
            ("read_timeout_max", self.read_timeout_max),
        ];
        let others = [
            ("announced_patience", self.announced_patience),
            ("behind_patience", self.behind_patience),
            ("refused_within", self.refused_within),
            ("stable_after", self.stable_after),
            ("stream_late", self.stream_late),
        ];
        let lowest = ranges.map(|(name, range)| (name, range.start));
        let highest = ranges.map(|(name, range)| (name, range.end));
        for (name, range) in ranges {
            if range.start > range.end {
                return Err(format!(
                    "{name} is {range:?}, which ends before it starts; write it as shortest..longest"
                ));
            }
        }
        for (name, value) in lowest.into_iter().chain(timeouts) {
            if value < SHORTEST {
                return Err(format!("{name} is {value:?}; the least is {SHORTEST:?}"));
            }
        }
        for (name, value) in highest.into_iter().chain(timeouts).chain(others) {
            if value > LONGEST {
                return Err(format!(
                    "{name} is {value:?}; the most is 365 days, which is as good as never"
                ));
            }
        }
        Ok(())
    }
}

/// A moment of `range`, at random.
pub(crate) fn within(range: &Range<Duration>, rng: &mut Rng) -> Duration {
    range.start + range.end.saturating_sub(range.start).mul_f64(rng.f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_named() {
        let mut timing = WatchTiming::default();
        assert_eq!(timing.check(), Ok(()));
        timing.tick = ms(5)..ms(4);
        assert!(
            timing
                .check()
                .is_err_and(|it| it.starts_with("tick is 5ms..4ms"))
        );
        timing.tick = Duration::ZERO..ms(4);
        assert!(
            timing
                .check()
                .is_err_and(|it| it.starts_with("tick is 0ns"))
        );
        timing.tick = ms(4)..Duration::MAX;
        assert!(
            timing
                .check()
                .is_err_and(|it| it.starts_with("tick is") && it.ends_with("as good as never"))
        );
        timing.tick = ms(4)..ms(4);
        timing.stream_late = Duration::MAX;
        assert!(
            timing
                .check()
                .is_err_and(|it| it.starts_with("stream_late is"))
        );
        timing.stream_late = ms(4);
        timing.probe_timeout = Duration::ZERO;
        assert!(
            timing
                .check()
                .is_err_and(|it| it.starts_with("probe_timeout is 0ns"))
        );
    }
}
