//! What a watch knows about itself.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{decode::DecodeError, snapshot::Written};

/// Where a watch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The [`Watcher`](crate::Watcher) of the field was not started: the field shows its default.
    NotStarted,
    /// The last contact with the server succeeded.
    Following,
    /// The last contact failed; the last good value stays while the watch retries.
    Recovering,
    /// The server answers with older versions than it did before: a lagging replica or a restore.
    Behind,
    /// The value never changes: it was made by [`Live::fixed`](crate::Live::fixed).
    Fixed,
    /// The watch has ended; the value stays as it is.
    Stopped,
}

/// A version that does not fit the struct, so that the last good one stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("version {} was rejected", .error.version())]
#[non_exhaustive]
pub struct Rejection {
    /// Every bad field and why.
    #[source]
    pub error: DecodeError,
    /// Who wrote the version, if known.
    pub written: Option<Written>,
}

/// What went wrong in the last contact with the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trouble {
    /// What was tried and what came of it, in one line.
    pub message: String,
    /// How often in a row.
    pub times: u32,
}

/// The state of a watch at one moment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Status {
    /// In one word.
    pub phase: Phase,
    /// The version that readers see.
    pub version: i32,
    /// The highest version that the server answered with; above `version` while one is rejected.
    pub seen: i32,
    /// The highest version that was announced; above `seen` for the moment that a read takes.
    pub announced: i32,
    /// Set while the newest version does not fit the struct.
    pub rejection: Option<Arc<Rejection>>,
    /// Set while the phase is not [`Phase::Following`].
    pub trouble: Option<Trouble>,
    /// How often the stream of changes had to be opened again.
    pub reconnects: u32,
    /// How often the tenant turned out to have another history: a restore, a failover that lost
    /// writes, or another tenant behind the name.
    pub history_restarts: u32,
    pub(crate) verified: Instant,
}

impl Status {
    pub(crate) fn new(phase: Phase, version: i32) -> Self {
        Self {
            phase,
            version,
            seen: version,
            announced: version,
            rejection: None,
            trouble: None,
            reconnects: 0,
            history_restarts: 0,
            verified: Instant::now(),
        }
    }

    /// How long ago the server last confirmed what readers see, or what is rejected.
    #[must_use]
    pub fn staleness(&self) -> Duration {
        self.verified.elapsed()
    }
}
