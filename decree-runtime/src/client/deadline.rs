//! Trying until a deadline, and not only until the wait that would pass it.

use std::time::Duration;

/// Less than this is no time for another try.
const LEAST: Duration = Duration::from_millis(100);

/// The wait before the next try when so much time is `left`: never more than half of it, so that
/// the tries come closer together towards the end. `None` when it is over.
pub(super) fn shortened(wait: Duration, left: Duration) -> Option<Duration> {
    (left > LEAST).then(|| wait.min(left / 2))
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::watch::{ReadRetry, WatchTiming};

    #[tokio::test(start_paused = true)]
    async fn tries_go_on_until_just_before_the_end_and_stay_few() {
        for (seed, limit) in (0..200).zip([2, 30, 300].into_iter().cycle()) {
            let limit = Duration::from_secs(limit);
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut retry = ReadRetry::default();
            let started = Instant::now();
            let mut tries = 1;
            while let Some(wait) = shortened(
                retry.failed(true, &WatchTiming::default(), &mut rng),
                limit.saturating_sub(started.elapsed()),
            ) {
                tokio::time::sleep(wait).await;
                tries += 1;
            }
            let tried = started.elapsed();
            assert!(tried <= limit && tried + LEAST >= limit, "{tried:?}");
            assert!(tries < 15 + limit.as_secs() / 6, "{tries} in {limit:?}");
        }
    }
}
