//! When a failed call is tried again.

use std::time::Duration;

use fastrand::Rng;

/// When a failed call is tried again.
///
/// A read is tried again after `UNAVAILABLE`, `INTERNAL` (which is what the server says when its
/// database is away), `DEADLINE_EXCEEDED`, `RESOURCE_EXHAUSTED` with the wait that the server asks
/// for, a connection that broke, and an attempt that took too long. A write is tried again only when it is certain that nothing was
/// written; see `Client::write`.
///
/// ```
/// use std::time::Duration;
/// use decree_runtime::{Client, RetryPolicy};
///
/// # tokio_test::block_on(async {
/// let client = Client::builder("localhost:9090")
///     .subject("shop")
///     .retry(RetryPolicy::default().attempts(5).budget(Duration::from_secs(10)))
///     .build()?;
/// # Ok::<_, decree_runtime::Error>(client)
/// # }).unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first_wait: Duration,
    longest_wait: Duration,
    budget: Duration,
}

impl Default for RetryPolicy {
    /// 3 attempts, waits of up to 100 ms, 200 ms, … 5 s, and 30 s for all of it: what the other
    /// SDKs do, and a limit for the whole.
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(5),
            budget: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// One attempt, whatever comes of it.
    #[must_use]
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How often a call is tried, the first time included. 0 counts as 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The longest wait before the second attempt; it doubles with each further one. The wait
    /// itself is random, from nothing to this: clients that failed together must not come back
    /// together.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// The end of that doubling.
    #[must_use]
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// The longest that a call may take, waits and all attempts included.
    #[must_use]
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    pub(super) fn whole_budget(&self) -> Duration {
        self.budget
    }

    /// The wait after `tried` attempts, if there is to be another. `asked` is what the server asks
    /// for at least.
    pub(super) fn wait(
        &self,
        tried: u32,
        asked: Option<Duration>,
        rng: &mut Rng,
    ) -> Option<Duration> {
        if tried >= self.attempts {
            return None;
        }
        let doublings = tried.saturating_sub(1).min(31);
        let width = self
            .first_wait
            .saturating_mul(1 << doublings)
            .min(self.longest_wait);
        // `mul_f64` panics on overflow, and the width is the caller's.
        let jitter = Duration::try_from_secs_f64(width.as_secs_f64() * rng.f64());
        Some(
            asked
                .unwrap_or_default()
                .saturating_add(jitter.unwrap_or(width)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(policy: &RetryPolicy, tried: u32) -> Option<Duration> {
        let mut rng = Rng::with_seed(1);
        (0..1_000)
            .map(|_| policy.wait(tried, None, &mut rng))
            .max()
            .flatten()
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let policy = RetryPolicy::default().attempts(u32::MAX);
        for (tried, limit) in [
            (1, 100),
            (2, 200),
            (3, 400),
            (6, 3_200),
            (7, 5_000),
            (64, 5_000),
            (u32::MAX - 1, 5_000),
        ] {
            let limit = Duration::from_millis(limit);
            let longest = longest(&policy, tried).unwrap();
            assert!(
                longest <= limit && longest > limit / 2,
                "{tried}: {longest:?}"
            );
        }
        let mut rng = Rng::with_seed(2);
        let shortest = (0..1_000)
            .filter_map(|_| policy.wait(9, None, &mut rng))
            .min();
        assert!(
            shortest.unwrap() < Duration::from_millis(100),
            "full jitter"
        );
    }

    #[test]
    fn attempts_are_counted_with_the_first() {
        let mut rng = Rng::with_seed(3);
        assert!(RetryPolicy::never().wait(1, None, &mut rng).is_none());
        assert!(RetryPolicy::default().wait(2, None, &mut rng).is_some());
        assert!(RetryPolicy::default().wait(3, None, &mut rng).is_none());
        assert!(
            RetryPolicy::default()
                .attempts(0)
                .wait(1, None, &mut rng)
                .is_none()
        );
    }

    #[test]
    fn the_server_is_given_the_time_that_it_asks_for() {
        let mut rng = Rng::with_seed(4);
        let asked = Duration::from_secs(1);
        let wait = RetryPolicy::default()
            .wait(1, Some(asked), &mut rng)
            .unwrap();
        assert!(wait >= asked && wait <= asked + Duration::from_millis(100));
    }

    #[test]
    fn waits_past_every_clock_do_not_panic() {
        let mut rng = Rng::with_seed(5);
        let policy = RetryPolicy::default()
            .attempts(9)
            .first_wait(Duration::MAX)
            .longest_wait(Duration::MAX);
        assert!(policy.wait(5, Some(Duration::MAX), &mut rng).is_some());
    }
}
