//! The decisions of the watch: what to do when, and what an answer means. No IO, no clock.
//!
//! Events are hints, versions are truth. Whatever arrives, the machine only decides when to look
//! again, and the state comes from one whole read. Four jobs run side by side: the *read* of all
//! values, the *probe* that lists versions, the *description* of the tenant, and the *stream* of
//! hints.

mod answers;
mod contents;
mod failures;
mod filter;
mod hearing;
mod identity;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod tests;
mod troubles;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use fastrand::Rng;
use tokio::time::Instant;

use self::{contents::Contents, hearing::Hearing, identity::Identity, troubles::Troubles};
use super::{
    consumer::Path,
    history::History,
    job::Job,
    retry::{ReadRetry, StreamRetry},
    source::Scope,
    timing::{WatchTiming, within},
};
use crate::{
    snapshot::Written,
    status::{Phase, Trouble},
};

/// What the driver is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    Read {
        scope: Scope,
        timeout: Duration,
    },
    Probe {
        timeout: Duration,
    },
    /// Ask for the tenant itself: for that of an id, or for that of the name.
    Describe {
        tenant_id: Option<Arc<str>>,
        timeout: Duration,
    },
    /// Open a stream, instead of one that is open; no paths means all. `elsewhere` is on another
    /// connection than the one before it.
    Subscribe {
        paths: Arc<[Path]>,
        elsewhere: bool,
    },
    /// Leave connections that hang, and the stream on them.
    Redial,
}

/// One whole read, as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) tenant_id: Arc<str>,
    pub(crate) version: i32,
    /// Of all that it shows.
    pub(crate) digest: u64,
}

impl Answer {
    /// What a watch that starts without a server has seen. The id of a tenant is never empty.
    pub(crate) fn nothing() -> Self {
        Self {
            tenant_id: "".into(),
            version: 0,
            digest: 0,
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.tenant_id.is_empty()
    }
}

/// What an answer means for readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Decode it and show it.
    Adopt,
    /// The same and of another history: decode it, show it, say so.
    AdoptRestarted,
    /// It is what was last looked at.
    Verified,
    /// Not now: older than what was seen, or unconfirmed.
    Keep,
}

/// What the answer that a newcomer has means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Brought {
    /// Newer than what was seen: show it to everybody.
    News,
    /// What was seen.
    Same,
    /// Older than what was seen: show the newcomer that.
    Old,
    /// The next read tells what to make of it.
    Doubtful,
}

/// How what was looked at last fits those who read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    Fits,
    Rejected,
    /// It does not, because the process that answered has types that are no longer true.
    StaleTypes,
}

/// What is worth telling readers about the watch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    pub(crate) phase: Phase,
    pub(crate) seen: i32,
    pub(crate) announced: i32,
    pub(crate) trouble: Option<Trouble>,
    pub(crate) last_trouble: Option<Trouble>,
    pub(crate) reconnects: u32,
    pub(crate) history_restarts: u32,
    /// When the server last confirmed what was looked at; `None` when it never has.
    pub(crate) verified: Option<Instant>,
}

/// See the module.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Machine {
    timing: WatchTiming,
    rng: Rng,

    /// The newest answer that was looked at, whether it was accepted or rejected.
    seen: Answer,
    /// The highest version that anything told of.
    announced: i32,
    announced_at: Instant,
    /// Reads in a row that did not show the announced version.
    invisible: u32,
    /// What somebody waits for, and when there was a look for it or is to be one.
    looked_for: Option<(i32, Instant)>,
    history: History,
    /// Reads that start from then on show another history, whatever their number.
    restarting: Option<Instant>,
    /// What was asked for before then belongs to a history that is over.
    history_began: Option<Instant>,
    contents: Contents,
    behind_since: Option<Instant>,
    /// How what was looked at last fits.
    fit: Fit,
    /// When to leave for a process that may know the types.
    leave: Option<Instant>,
    /// When what was seen was adopted, or its types changed, until it is confirmed: an answer can
    /// label old rows with a new number, or be late. Until then ticks read it again.
    unproven: Option<Instant>,
    /// When the next probe is a tick.
    tick: Instant,

    read: Job,
    read_retry: ReadRetry,
    read_timeout: Duration,
    read_takes: Duration,
    next_full_read: Instant,
    /// The whole is too large for one answer.
    in_parts: bool,
    probe: Job,
    probe_retry: ReadRetry,
    identity: Identity,
    stream: Job,
    hearing: Hearing,
    /// Somebody reads something: the stream was asked for.
    listening: bool,
    stream_retry: StreamRetry,
    /// Every path that is read.
    paths: BTreeSet<Path>,
    /// Whether the server takes that many.
    filtered: bool,
    /// What the stream was opened with; empty means all.
    filter: BTreeSet<Path>,
    /// When to open a stream that covers all paths.
    reopen: Option<Instant>,
    redial: bool,

    verified: Option<Instant>,
    troubles: Troubles,
    reconnects: u32,
    history_restarts: u32,
}

impl Machine {
    /// A watch that has just read `seen`, or [nothing](Answer::nothing) yet.
    pub(crate) fn new(seen: Answer, timing: WatchTiming, seed: u64, now: Instant) -> Self {
        let mut rng = Rng::with_seed(seed);
        let is_blind = seen.is_nothing();
        Self {
            announced: seen.version,
            announced_at: now,
            invisible: 0,
            looked_for: None,
            contents: if is_blind {
                Contents::default()
            } else {
                Contents::of(&seen, now + timing.announced_patience)
            },
            seen,
            history: History::default(),
            restarting: None,
            history_began: None,
            behind_since: None,
            fit: Fit::Fits,
            leave: None,
            unproven: Some(now),
            tick: now + within(&timing.tick, &mut rng),
            read: if is_blind {
                Job::due(now)
            } else {
                Job::idle(now)
            },
            read_retry: ReadRetry::default(),
            read_timeout: timing.read_timeout,
            read_takes: Duration::ZERO,
            next_full_read: now + within(&timing.full_read, &mut rng),
            in_parts: false,
            probe: Job::due(now),
            probe_retry: ReadRetry::default(),
            identity: Identity::new(is_blind, now),
            stream: Job::idle(now),
            hearing: Hearing::default(),
            listening: false,
            stream_retry: StreamRetry::default(),
            paths: BTreeSet::new(),
            filtered: true,
            filter: BTreeSet::new(),
            reopen: None,
            redial: false,
            verified: (!is_blind).then_some(now),
            troubles: Troubles::default(),
            reconnects: 0,
            history_restarts: 0,
            timing,
            rng,
        }
    }

    /// The first read was of these fields alone, because the whole is too large.
    pub(crate) fn began_in_parts(&mut self, paths: BTreeSet<Path>) {
        self.in_parts = true;
        self.paths = paths;
    }

    /// The next thing to do now, if any; asked until there is none.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Action> {
        self.leave_if_due(now);
        if std::mem::take(&mut self.redial) {
            return Some(Action::Redial);
        }
        if self.read.start(now) {
            return Some(Action::Read {
                scope: self.scope(),
                timeout: self.read_timeout,
            });
        }
        if self.probe.start(now) {
            return Some(Action::Probe {
                timeout: self.timing.probe_timeout,
            });
        }
        if self.identity.job.start(now) {
            return Some(Action::Describe {
                tenant_id: self.identity.asked(&self.seen.tenant_id),
                timeout: self.timing.probe_timeout,
            });
        }
        self.reopen_if_due(now);
        if self.stream.start(now) {
            let settled = now + within(&self.timing.settle, &mut self.rng);
            self.probe.want(settled);
            return Some(Action::Subscribe {
                paths: self.open_filter(),
                elsewhere: self.hearing.open(),
            });
        }
        None
    }

    fn scope(&self) -> Scope {
        if self.in_parts {
            Scope::Parts(self.paths.iter().cloned().collect())
        } else {
            Scope::Whole
        }
    }

    fn space_reads(&mut self, now: Instant) {
        // Smoothed: one slow read among many fast ones is no reason to wait.
        self.read_takes = (self.read_takes * 7 + (now - self.read.started())) / 8;
        let spacing = &self.timing.read_spacing;
        let pause = (self.read_takes * 20).clamp(spacing.start, spacing.end);
        self.read.rest_until(now + pause);
    }

    fn put_off_full_read(&mut self, now: Instant) {
        self.next_full_read = now + within(&self.timing.full_read, &mut self.rng);
    }

    fn schedule_probe(&mut self, now: Instant) {
        self.probe.want(self.tick);
        if !self.stream.is_running() {
            let soon = within(&self.timing.tick_without_stream, &mut self.rng);
            // The tick is the most in any case.
            let patience = self.stream_retry.patience();
            self.probe.want(now + soon.mul_f64(patience));
        }
    }

    /// When [`next`](Self::next) has something to do, if no event comes before.
    pub(crate) fn wake(&self) -> Option<Instant> {
        [&self.read, &self.probe, &self.identity.job, &self.stream]
            .into_iter()
            .filter_map(Job::wake)
            .chain(self.reopen)
            .chain(self.leave)
            .chain(self.hearing.wake())
            .min()
    }

    /// When the read was asked for that runs, or that came back last.
    pub(crate) fn read_asked(&self) -> Instant {
        self.read.started()
    }

    /// The highest version that anything told of, and that is still believed in.
    pub(crate) fn announced_version(&self) -> i32 {
        self.announced
    }

    /// Who wrote `version`, if a probe has listed it.
    pub(crate) fn known_author(&self, version: i32) -> Option<&Written> {
        self.history.written(version)
    }

    /// The same; else a probe is due that will list it.
    pub(crate) fn written(&mut self, version: i32, now: Instant) -> Option<Written> {
        let known = self.known_author(version).cloned();
        if known.is_none() && version > 0 {
            self.probe.want(now);
        }
        known
    }

    /// What readers may want to know.
    pub(crate) fn report(&self) -> Report {
        let phase = if self.troubles.of_calls().is_some() || self.seen.is_nothing() {
            Phase::Recovering
        } else if self.identity.is_displaced() {
            Phase::Displaced
        } else if self.behind_since.is_some() {
            Phase::Behind
        } else {
            Phase::Following
        };
        Report {
            phase,
            seen: self.seen.version,
            announced: self.announced,
            trouble: self.troubles.now().cloned(),
            last_trouble: self.troubles.last().cloned(),
            reconnects: self.reconnects,
            history_restarts: self.history_restarts,
            verified: self.verified,
        }
    }
}
