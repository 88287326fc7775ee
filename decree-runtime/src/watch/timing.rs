//! Every interval of the watch, with the reason for its number.

use std::{ops::Range, time::Duration};

use fastrand::Rng;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The clockwork of one watch.
///
/// The numbers hold together: a change that no event announced shows within one `tick` and a read;
/// a connection that hangs is left after `tick` + `probe_timeout` + one dial.
#[derive(Debug, Clone)]
pub(crate) struct Timing {
    /// Between probes while a stream is open. 30 s × 0.9 to 1.1: 120 cheap requests an hour, and
    /// nobody waits longer for a rollback, which is never announced.
    pub(crate) tick: Range<Duration>,
    /// Between probes without a stream: then they are the only news there is.
    pub(crate) tick_without_stream: Range<Duration>,
    /// From the first path that the stream does not cover to a stream that does: a program makes its
    /// handles one after another, and one more stream is enough for all that follow the first.
    pub(crate) gather: Range<Duration>,
    /// From sending Subscribe to the probe that closes the gap before it took hold. Nothing tells
    /// when it did: the server sends no headers before the first event.
    pub(crate) settle: Range<Duration>,
    /// Between two whole reads of content that did not move: it can change under one version.
    pub(crate) full_read: Range<Duration>,
    /// A probe answers within milliseconds; after this long the connection is taken for dead.
    pub(crate) probe_timeout: Duration,
    /// A read may be large and the link slow, so this doubles while probes still answer.
    pub(crate) read_timeout: Duration,
    /// The end of that doubling.
    pub(crate) read_timeout_max: Duration,
    /// Reads are spaced by 20 times what they take of late, within these bounds: a watch takes at
    /// most a twentieth of a database connection, and under a storm of writes a fifth of the 100
    /// reads a second that the server allows all programs of a tenant together.
    pub(crate) read_spacing: Range<Duration>,
    /// How long an announced version is asked for that no answer shows: a lagging replica needs
    /// less, and a version lost in a failover never comes.
    pub(crate) announced_patience: Duration,
    /// A second look before other content of the same version is believed.
    pub(crate) second_look: Range<Duration>,
    /// How long older answers are taken for replica lag before they are taken for a restore.
    pub(crate) behind_patience: Duration,
    /// A stream refused sooner than this never carried an event; one cut later may have lost one.
    pub(crate) refused_within: Duration,
    /// A stream that lived this long was sound, so the next attempt starts from the beginning.
    pub(crate) stable_after: Duration,
}

impl Default for Timing {
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
            announced_patience: ms(10_000),
            second_look: ms(1_000)..ms(2_000),
            behind_patience: ms(600_000),
            refused_within: ms(1_000),
            stable_after: ms(60_000),
        }
    }
}

/// A moment of `range`, at random: clients that were woken together must not act together.
pub(crate) fn within(range: &Range<Duration>, rng: &mut Rng) -> Duration {
    range.start + range.end.saturating_sub(range.start).mul_f64(rng.f64())
}
