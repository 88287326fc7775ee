//! How long to wait before the next try, for reads and for streams.

use std::time::Duration;

use fastrand::Rng;

use super::timing::{WatchTiming, within};

/// A wait is off by up to a quarter: clients that failed together must not come back together.
fn around(middle: Duration, rng: &mut Rng) -> Duration {
    middle.mul_f64(0.75 + 0.5 * rng.f64())
}

fn up_to(window: Duration, rng: &mut Rng) -> Duration {
    window.mul_f64(rng.f64())
}

/// Waits between reads, and between probes.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadRetry {
    /// All clients of a tenant share one bucket; each refusal means that the crowd is larger. Never
    /// below the start of [`WatchTiming::refusal_window`].
    window: Duration,
    failures: u32,
}

impl ReadRetry {
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
        self.window = self.window.mul_f64(0.8);
    }

    /// After a refusal for the rate: not the server's "1 s", after which all would come at once,
    /// but a moment of a window that grows with the crowd.
    pub(crate) fn refused(&mut self, timing: &WatchTiming, rng: &mut Rng) -> Duration {
        let range = &timing.refusal_window;
        let window = self.window.max(range.start);
        self.window = window.mul_f64(1.6).min(range.end);
        Duration::from_millis(100) + up_to(window, rng)
    }

    /// After any other failure. A connection that was closed under a request is worth one try at
    /// once: that is how a server says good-bye.
    pub(crate) fn failed(
        &mut self,
        connection: bool,
        timing: &WatchTiming,
        rng: &mut Rng,
    ) -> Duration {
        self.failures = self.failures.saturating_add(1);
        if connection && self.failures == 1 {
            return Duration::ZERO;
        }
        let range = &timing.read_backoff;
        let doublings = self.failures.saturating_sub(1).min(16);
        let middle = range.start.saturating_mul(2_u32.pow(doublings));
        around(middle.min(range.end), rng)
    }

    /// The spread of a read that many clients are about to make for the same reason.
    pub(crate) fn crowd(&self, timing: &WatchTiming, rng: &mut Rng) -> Duration {
        let range = &timing.crowd;
        within(&(range.start..range.end.max(self.window)), rng)
    }

    pub(crate) fn is_crowded(&self, timing: &WatchTiming) -> bool {
        self.window > timing.refusal_window.start
    }
}

/// Waits between streams.
#[derive(Debug, Clone, Default)]
pub(crate) struct StreamRetry {
    ladder: Duration,
    refusals: u32,
}

impl StreamRetry {
    /// After a stream that was cut for the rate of its messages. The server does that to almost
    /// every stream of a large fleet at each change, so it climbs no ladder.
    pub(crate) fn cut(&mut self, timing: &WatchTiming, rng: &mut Rng) -> Duration {
        self.refusals = 0;
        within(&timing.stream_rest, rng)
    }

    /// After a stream that was refused for the rate of streams.
    pub(crate) fn refused(&mut self, timing: &WatchTiming, rng: &mut Rng) -> Duration {
        let rest = &timing.stream_rest;
        let window = (rest.end.saturating_sub(rest.start)) * 2_u32.pow(self.refusals.min(3));
        self.refusals = self.refusals.saturating_add(1);
        rest.start + up_to(window.min(timing.stream_backoff.end), rng)
    }

    /// How much longer than usual to do without a stream: a server that refuses one is asked less.
    pub(crate) fn patience(&self) -> f64 {
        (0..self.refusals.min(8)).fold(1.0, |patience, _| patience * 1.5)
    }

    /// After any other end, a clean one included. The wait doubles only while streams die sooner
    /// than they were waited for, and starts again after one that lived long.
    pub(crate) fn ended(
        &mut self,
        lived: Duration,
        timing: &WatchTiming,
        rng: &mut Rng,
    ) -> Duration {
        self.refusals = 0;
        if lived >= timing.stable_after {
            self.ladder = Duration::ZERO;
        }
        if self.ladder.is_zero() {
            self.ladder = timing.stream_backoff.start;
            return within(&timing.stream_again, rng);
        }
        let wait = around(self.ladder, rng);
        if lived < self.ladder {
            self.ladder = (self.ladder * 2).min(timing.stream_backoff.end);
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn refused_reads_spread_over_a_window_that_grows_and_shrinks() {
        let mut rng = Rng::with_seed(1);
        let mut retry = ReadRetry::default();
        for limit in [1_100, 1_700, 2_660, 4_196, 6_654, 8_100, 8_100] {
            let wait = retry.refused(&WatchTiming::default(), &mut rng);
            assert!((ms(100)..=ms(limit)).contains(&wait), "{wait:?} of {limit}");
        }
        for _ in 0..12 {
            retry.succeeded();
        }
        assert!(!retry.is_crowded(&WatchTiming::default()));
    }

    #[test]
    fn failed_reads_back_off_to_eight_seconds() {
        let mut rng = Rng::with_seed(2);
        let mut retry = ReadRetry::default();
        assert_eq!(
            retry.failed(true, &WatchTiming::default(), &mut rng),
            Duration::ZERO
        );
        for middle in [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000] {
            let wait = retry.failed(true, &WatchTiming::default(), &mut rng);
            assert!(
                wait >= ms(middle) * 3 / 4 && wait <= ms(middle) * 5 / 4,
                "{wait:?}"
            );
        }
        retry.succeeded();
        assert!(retry.failed(false, &WatchTiming::default(), &mut rng) >= ms(187));
    }

    /// A server that accepts and closes is the cheapest way to make a client flood it.
    #[test]
    fn streams_that_end_at_once_are_opened_at_most_130_times_an_hour() {
        for seed in 0..1_000 {
            let mut rng = Rng::with_seed(seed);
            let mut retry = StreamRetry::default();
            let (mut elapsed, mut attempts) = (Duration::ZERO, 0);
            while elapsed < Duration::from_secs(3_600) {
                attempts += 1;
                elapsed += retry.ended(ms(5), &WatchTiming::default(), &mut rng);
            }
            assert!(attempts <= 130, "{attempts} attempts with seed {seed}");
        }
    }

    #[test]
    fn a_stream_that_lived_starts_the_ladder_again() {
        let mut rng = Rng::with_seed(3);
        let mut retry = StreamRetry::default();
        for _ in 0..6 {
            retry.ended(ms(0), &WatchTiming::default(), &mut rng);
        }
        assert!(retry.ended(ms(0), &WatchTiming::default(), &mut rng) > ms(20_000));
        assert!(retry.ended(ms(60_000), &WatchTiming::default(), &mut rng) <= ms(2_000));
    }

    #[test]
    fn a_cut_stream_climbs_no_ladder() {
        let mut rng = Rng::with_seed(4);
        let mut retry = StreamRetry::default();
        for _ in 0..100 {
            assert!(retry.cut(&WatchTiming::default(), &mut rng) <= ms(5_000));
        }
    }
}
