//! What a watch knows about itself.

#[cfg(feature = "client")]
mod changes;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

#[cfg(feature = "client")]
pub use self::changes::StatusChanges;
use crate::rejection::Rejection;

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
    /// The name means another tenant now, and the one that is followed still exists: its last
    /// values stay. When it is deleted, the values of the other are shown.
    Displaced,
    /// The value never changes: it was made by [`Live::fixed`](crate::Live::fixed).
    Fixed,
    /// The watch has ended; the value stays as it is.
    Stopped,
}

/// Where settings come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A version of the server that this process has read.
    Server,
    /// The copy on disk, which an earlier process left.
    Disk,
    /// The defaults of the struct.
    Defaults,
    /// The program itself, by [`Live::fixed`](crate::Live::fixed).
    Fixed,
}

/// Why a watch has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// It was told to: by the end of the last handle or of the client.
    Ended,
    /// The runtime that it ran on was shut down.
    RuntimeGone,
    /// It panicked, which is a defect of this library: please report it.
    Panicked,
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "the watch was ended",
            Self::RuntimeGone => "the runtime that the watch ran on was shut down",
            Self::Panicked => "the watch panicked, which is a defect of this library",
        })
    }
}

/// What went wrong in a contact with the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trouble {
    /// The code of the server's answer as gRPC spells it, such as `UNAVAILABLE`; `None` when no
    /// answer came.
    pub code: Option<&'static str>,
    /// What was tried and what came of it, in one line.
    pub message: String,
    /// How often in a row.
    pub times: u32,
}

/// Code of the application that does not return, a conversion or the drop of an old value; or that
/// does not begin, because the runtime's blocking threads are all taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deciding {
    /// The version that waits for it, and all later ones with it.
    pub version: i32,
    pub(crate) since: Instant,
}

impl Deciding {
    /// How long the version has been waiting.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }
}

/// How the last good version fares on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStatus {
    /// The version that this watch stored last; `None` before it stored any.
    pub version: Option<i32>,
    /// When that was, or was renewed because the server still has it.
    pub stored_at: Option<SystemTime>,
    /// Why nothing can be stored now, in one line. Settings stay current all the same.
    pub trouble: Option<String>,
}

/// A field that is read once, when the program starts, and has another value on the server now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AwaitsRestart {
    /// The dotted name on the server.
    pub path: Arc<str>,
    /// The first version in which that value was seen.
    pub since: i32,
}

/// `` `pool.size` has another value since version 12, which a restart will show ``.
impl fmt::Display for AwaitsRestart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` has another value since version {}, which a restart will show",
            self.path, self.since
        )
    }
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
    /// Every field marked `restart` whose value on the server is not the one that the program
    /// started with, in the order of their paths.
    pub restart: Vec<AwaitsRestart>,
    /// Set when a version has waited for code of the application for a second or two. It does not count
    /// for [`staleness`](Self::staleness): the server has confirmed that version.
    pub deciding: Option<Deciding>,
    /// Set while anything fails. With [`Phase::Following`] it is only the stream of changes, without
    /// which changes show a little later. That the server refuses a stream because there are too many
    /// is routine, and not told here.
    pub trouble: Option<Trouble>,
    /// The trouble that was noted last, also when it is over.
    pub last_trouble: Option<Trouble>,
    /// How often the stream of changes had to be opened again.
    pub reconnects: u32,
    /// How often the tenant turned out to have another history: a restore, a failover that lost
    /// writes, or another tenant behind the name.
    pub history_restarts: u32,
    /// Set when the client has a folder for the last good version: `ClientBuilder::cache_dir`.
    pub cache: Option<CacheStatus>,
    /// Set once the watch has ended.
    pub stopped: Option<StopReason>,
    /// Where what readers see comes from.
    pub origin: Origin,
    /// When the server last confirmed it, or when it was shown without the server.
    verified: Instant,
    /// How old it was then.
    age: Duration,
}

impl Status {
    pub(crate) fn new(phase: Phase, version: i32) -> Self {
        Self {
            phase,
            version,
            seen: version,
            announced: version,
            rejection: None,
            restart: Vec::new(),
            deciding: None,
            trouble: None,
            last_trouble: None,
            reconnects: 0,
            history_restarts: 0,
            cache: None,
            stopped: None,
            origin: match phase {
                Phase::Fixed => Origin::Fixed,
                Phase::NotStarted => Origin::Defaults,
                _ => Origin::Server,
            },
            verified: Instant::now(),
            age: Duration::ZERO,
        }
    }

    /// The server has this version, or one above.
    pub(crate) fn saw(&mut self, version: i32) {
        self.seen = self.seen.max(version);
        self.announced = self.announced.max(version);
    }

    /// The server confirmed at `at` what was looked at last.
    pub(crate) fn confirmed(&mut self, at: Instant) {
        self.verified = at;
        self.age = Duration::ZERO;
    }

    /// What readers see is not from the server, which last confirmed it so long ago.
    pub(crate) fn unconfirmed(&mut self, origin: Origin, age: Duration) {
        self.origin = origin;
        self.verified = Instant::now();
        self.age = age;
    }

    /// When it is so old; `None` is so far off that it never comes.
    pub(crate) fn is_older_at(&self, age: Duration) -> Option<Instant> {
        self.verified.checked_add(age.saturating_sub(self.age))
    }

    /// How long ago the server last confirmed what readers see, or what is rejected or
    /// [waits](Self::deciding); [`Duration::MAX`] when it never has.
    #[must_use]
    pub fn staleness(&self) -> Duration {
        self.verified.elapsed().saturating_add(self.age)
    }

    /// When that was, by the clock of this machine; `None` when it never has.
    #[must_use]
    pub fn verified_at(&self) -> Option<SystemTime> {
        SystemTime::now().checked_sub(self.staleness())
    }
}
