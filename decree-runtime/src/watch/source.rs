//! What the watch needs of a server.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{consumer::Path, history::Row, keeper::Disk};
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
    /// The answer is larger than the server sends or we receive.
    TooLarge,
    /// There is no such tenant, or none that the caller may see.
    NoTenant,
    /// The server does not have the call.
    Unsupported,
    /// The server's own answer, a clean end of a stream included.
    Server,
}

impl Cause {
    /// Whether the same call fails again until somebody changes something.
    pub(crate) fn is_final(self) -> bool {
        !matches!(self, Self::RateLimited | Self::Timeout | Self::Connection)
    }
}

/// A failed call.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    /// As gRPC spells it; none when the server said nothing.
    pub(crate) code: Option<&'static str>,
    /// For people: what was tried, where, and what came of it.
    pub(crate) message: String,
}

impl Failure {
    /// What went wrong on this side, so that the server was not asked.
    pub(crate) fn of_ours(message: String) -> Self {
        Self {
            cause: Cause::Server,
            code: None,
            message,
        }
    }
}

/// The newest version that a stream told of since the watch looked.
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

/// The newest versions of a tenant, newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// Whose they are; nobody's when there are none.
    pub(crate) tenant_id: Option<Arc<str>>,
    pub(crate) rows: Vec<Row>,
}

/// A tenant as the server describes it, without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) tenant_id: Arc<str>,
    /// Changes with the types of its fields, with what is secret, and with its name.
    pub(crate) state: String,
}

/// How much of a tenant to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    Whole,
    /// These fields, in as many calls as their size needs.
    Parts(Arc<[Path]>),
}

/// How many connections calls have had. Nothing else tells that they left one for another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Dials {
    pub(crate) opened: u64,
    pub(crate) closed: u64,
}

/// A tenant on a server.
pub(crate) trait Source: Send + Sync + 'static {
    /// Reads the newest version.
    fn read(
        &self,
        scope: Scope,
        timeout: Duration,
    ) -> impl Future<Output = Result<Reading, Failure>> + Send;

    /// Whether reads know the types of the schema; not where the server shows it to nobody.
    fn knows_types(&self) -> bool;

    /// Lists the newest versions: cheap, and enough to see that something changed.
    fn probe(&self, timeout: Duration) -> impl Future<Output = Result<Listing, Failure>> + Send;

    /// Describes the tenant of an id; without one, that of the name that is watched.
    fn describe(
        &self,
        tenant_id: Option<Arc<str>>,
        timeout: Duration,
    ) -> impl Future<Output = Result<Described, Failure>> + Send;

    /// Follows the stream of changes into `hints` until it ends. No paths means all. An `elsewhere`
    /// stream does not share a connection with the one before it.
    fn follow(
        &self,
        paths: &[Path],
        elsewhere: bool,
        hints: &Hints,
    ) -> impl Future<Output = Failure> + Send;

    /// Leaves the connections that the last probe went by, unless that was done; the next call dials
    /// anew.
    fn redial(&self);

    /// The connections of calls, so far and from now on.
    fn dials(&self) -> watch::Receiver<Dials>;

    /// Where the last good version is kept, if anywhere.
    fn disk(&self) -> Option<Arc<dyn Disk>> {
        None
    }
}
