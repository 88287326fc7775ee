//! How long to wait before the next try, for reads and for streams.

use std::time::Duration;

use fastrand::Rng;

use super::timing::within;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The window over which refused readers spread, before the first refusal.
const WINDOW_MIN: Duration = ms(1_000);
/// In a simulated fleet of 1,000, a wider window made the slowest reader later, not earlier.
const WINDOW_MAX: Duration = ms(8_000);
/// The longest wait after a failed read: a server that is back is seen within 10 s.
const READ_MAX: Duration = ms(8_000);

/// Waits between reads, and between probes.
#[derive(Debug, Clone)]
pub(crate) struct ReadRetry {
    /// All clients of a tenant share one bucket; each refusal means that the crowd is larger.
    window: Duration,
    failures: u32,
}

impl ReadRetry {
    pub(crate) fn new() -> Self {
        Self {
            window: WINDOW_MIN,
            failures: 0,
        }
    }

    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
        self.window = self.window.mul_f64(0.8).max(WINDOW_MIN);
    }

    /// After a refusal for the rate: not the server's "1 s", after which all would come at once,
    /// but a moment of a window that grows with the crowd.
    pub(crate) fn refused(&mut self, rng: &mut Rng) -> Duration {
        let wait = ms(100) + self.window.mul_f64(rng.f64());
        self.window = self.window.mul_f64(1.6).min(WINDOW_MAX);
        wait
    }

    /// After any other failure. A connection that was closed under a request is worth one try at
    /// once: that is how a server says good-bye.
    pub(crate) fn failed(&mut self, connection: bool, rng: &mut Rng) -> Duration {
        self.failures = self.failures.saturating_add(1);
        if connection && self.failures == 1 {
            return Duration::ZERO;
        }
        let doubled = ms(250) * 2_u32.pow(self.failures.saturating_sub(1).min(5));
        within(&(ms(750)..ms(1_250)), rng).mul_f64(doubled.min(READ_MAX).as_secs_f64())
    }

    /// The spread of a read that many clients are about to make for the same reason.
    pub(crate) fn crowd(&self, rng: &mut Rng) -> Duration {
        // 190 of 200 readers of one bucket of 100 a second need 1.9 s, however they hurry.
        within(&(ms(100)..self.window.max(ms(2_000))), rng)
    }

    pub(crate) fn is_crowded(&self) -> bool {
        self.window > WINDOW_MIN
    }
}

/// Waits between streams.
#[derive(Debug, Clone)]
pub(crate) struct StreamRetry {
    ladder: Duration,
    refusals: u32,
}

impl StreamRetry {
    pub(crate) fn new() -> Self {
        Self {
            ladder: Duration::ZERO,
            refusals: 0,
        }
    }

    /// After a stream that was cut for the rate of its messages. The server does that to almost
    /// every stream of a large fleet at each change, so it climbs no ladder.
    pub(crate) fn cut(&mut self, rng: &mut Rng) -> Duration {
        self.refusals = 0;
        ms(1_000) + ms(4_000).mul_f64(rng.f64())
    }

    /// After a stream that was refused for the rate of streams.
    pub(crate) fn refused(&mut self, rng: &mut Rng) -> Duration {
        let window = ms(4_000) * 2_u32.pow(self.refusals.min(3));
        self.refusals = self.refusals.saturating_add(1);
        ms(1_000) + window.min(ms(30_000)).mul_f64(rng.f64())
    }

    /// After any other end, a clean one included. The wait doubles only while streams die sooner
    /// than they were waited for, and starts again after one that lived for `stable`.
    pub(crate) fn ended(&mut self, lived: Duration, stable: Duration, rng: &mut Rng) -> Duration {
        self.refusals = 0;
        if lived >= stable {
            self.ladder = Duration::ZERO;
        }
        if self.ladder.is_zero() {
            self.ladder = ms(2_000);
            return within(&(ms(100)..ms(2_000)), rng);
        }
        let wait = within(&(ms(750)..ms(1_250)), rng).mul_f64(self.ladder.as_secs_f64());
        if lived < self.ladder {
            self.ladder = (self.ladder * 2).min(ms(32_000));
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_reads_spread_over_a_window_that_grows_and_shrinks() {
        let mut rng = Rng::with_seed(1);
        let mut retry = ReadRetry::new();
        for limit in [1_100, 1_700, 2_660, 4_196, 6_654, 8_100, 8_100] {
            let wait = retry.refused(&mut rng);
            assert!((ms(100)..=ms(limit)).contains(&wait), "{wait:?} of {limit}");
        }
        for _ in 0..12 {
            retry.succeeded();
        }
        assert!(!retry.is_crowded());
    }

    #[test]
    fn failed_reads_back_off_to_eight_seconds() {
        let mut rng = Rng::with_seed(2);
        let mut retry = ReadRetry::new();
        assert_eq!(retry.failed(true, &mut rng), Duration::ZERO);
        for middle in [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000] {
            let wait = retry.failed(true, &mut rng);
            assert!(
                wait >= ms(middle) * 3 / 4 && wait <= ms(middle) * 5 / 4,
                "{wait:?}"
            );
        }
        retry.succeeded();
        assert!(retry.failed(false, &mut rng) >= ms(187));
    }

    /// A server that accepts and closes is the cheapest way to make a client flood it.
    #[test]
    fn streams_that_end_at_once_are_opened_at_most_130_times_an_hour() {
        for seed in 0..1_000 {
            let mut rng = Rng::with_seed(seed);
            let mut retry = StreamRetry::new();
            let (mut elapsed, mut attempts) = (Duration::ZERO, 0);
            while elapsed < Duration::from_secs(3_600) {
                attempts += 1;
                elapsed += retry.ended(ms(5), ms(60_000), &mut rng);
            }
            assert!(attempts <= 130, "{attempts} attempts with seed {seed}");
        }
    }

    #[test]
    fn a_stream_that_lived_starts_the_ladder_again() {
        let mut rng = Rng::with_seed(3);
        let mut retry = StreamRetry::new();
        for _ in 0..6 {
            retry.ended(ms(0), ms(60_000), &mut rng);
        }
        assert!(retry.ended(ms(0), ms(60_000), &mut rng) > ms(20_000));
        assert!(retry.ended(ms(60_000), ms(60_000), &mut rng) <= ms(2_000));
    }

    #[test]
    fn a_cut_stream_climbs_no_ladder() {
        let mut rng = Rng::with_seed(4);
        let mut retry = StreamRetry::new();
        for _ in 0..100 {
            assert!(retry.cut(&mut rng) <= ms(5_000));
        }
    }
}
