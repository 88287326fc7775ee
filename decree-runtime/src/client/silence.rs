//! Whether a connection hangs, as far as calls without an answer tell.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// One call may be slow by itself, and whoever leaves takes the streams of all watches along.
const HANGING: u32 = 2;

/// A server may take so long once in a while, and so may a dial. Callers with less patience than
/// this know nothing of the connection: several have to wait, one after the other.
const LONG: Duration = Duration::from_secs(1);

/// What calls on a connection have waited in vain since one of them was answered.
#[derive(Debug)]
pub(super) struct Silence(Mutex<Waits>);

#[derive(Debug)]
struct Waits {
    /// Calls in a row.
    calls: u32,
    /// Together: a time in which several waited counts once, and one in which nobody did never.
    time: Duration,
    /// What was before is counted, or was ended by an answer.
    counted: Instant,
}

impl Silence {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Waits {
            // A connection that was never heard of gets no second chance.
            calls: HANGING - 1,
            time: Duration::ZERO,
            counted: Instant::now(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Waits> {
        // Nothing that could panic happens under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call came back, with whatever.
    pub(super) fn answered(&self) {
        *self.lock() = Waits {
            calls: 0,
            time: Duration::ZERO,
            counted: Instant::now(),
        };
    }

    /// A call that began at `asked` had no answer in time; says whether the connection is to be
    /// taken for dead.
    pub(super) fn is_hanging(&self, asked: Instant) -> bool {
        let (mut waits, now) = (self.lock(), Instant::now());
        let from = asked.max(waits.counted);
        waits.calls = waits.calls.saturating_add(1);
        waits.time += now.saturating_duration_since(from);
        waits.counted = now;
        waits.calls >= HANGING && waits.time >= LONG
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[tokio::test(start_paused = true)]
    async fn one_call_after_an_answer_tells_nothing() {
        let silence = Silence::new();
        silence.answered();
        let asked = Instant::now();
        advance(ms(60_000)).await;
        assert!(!silence.is_hanging(asked));
        let asked = Instant::now();
        advance(ms(100)).await;
        assert!(silence.is_hanging(asked));
        silence.answered();
        assert!(!silence.is_hanging(asked));
    }

    #[tokio::test(start_paused = true)]
    async fn only_waiting_counts_and_no_time_twice() {
        let silence = Silence::new();
        for _ in 0..9 {
            advance(ms(60_000)).await;
            let asked = Instant::now();
            advance(ms(100)).await;
            for _together in 0..20 {
                assert!(!silence.is_hanging(asked));
            }
        }
        let asked = Instant::now();
        advance(ms(100)).await;
        assert!(silence.is_hanging(asked));
    }
}
