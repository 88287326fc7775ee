//! What the watch needs of a server.

use std::{future::Future, time::Duration};

use tokio::sync::watch;

use super::{consumer::Path, history::Row};
use crate::{reading::Reading, snapshot::Written};

/// Why a call failed, as far as the watch acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The server limits the rate of calls.
    RateLimited,
    /// No answer in time.
    Timeout,
    /// The connection failed; the server said nothing.
    Connection,
    /// The server allows fewer paths in one call than were named.
    TooManyPaths,
    /// The server's own answer, a clean end of a stream included.
    Server,
}

/// A failed call.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    /// For people: what was tried, where, and what came of it.
    pub(crate) message: String,
}

/// The newest version that a stream told of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Hint {
    pub(crate) version: i32,
    pub(crate) written: Option<Written>,
}

/// Where hints go. A cell and no queue: a batch of 500 changes is one hint.
pub(crate) type Hints = watch::Sender<Hint>;

/// Passes on what a stream told. Streams repeat themselves, and an old one may speak last.
pub(crate) fn tell(hints: &Hints, news: Hint) {
    hints.send_if_modified(|hint| {
        let newer = news.version > hint.version;
        if newer {
            *hint = news;
        }
        newer
    });
}

/// A tenant on a server.
pub(crate) trait Source: Send + Sync + 'static {
    /// Reads every value of the newest version.
    fn read(&self, timeout: Duration) -> impl Future<Output = Result<Reading, Failure>> + Send;

    /// Lists the newest versions, newest first: cheap, and enough to see that something changed.
    fn probe(&self, timeout: Duration) -> impl Future<Output = Result<Vec<Row>, Failure>> + Send;

    /// Follows the stream of changes into `hints` until it ends. No paths means all.
    fn follow(&self, paths: &[Path], hints: &Hints) -> impl Future<Output = Failure> + Send;

    /// Leaves the connections that hang and dials anew at the next call.
    fn redial(&self);
}
