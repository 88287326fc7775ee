//! Whether the tenant is still the same: its id, its name, its schema.
//!
//! Reads and probes do not tell. A list of versions is answered for a tenant that is gone, types
//! change under a version that stays, and a name may be given to another tenant.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Machine, troubles::Part};
use crate::watch::{
    job::Job,
    retry::ReadRetry,
    source::{Cause, Described, Failure},
    timing::within,
};

/// What is known of the tenant itself.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) job: Job,
    retry: ReadRetry,
    described: Option<Described>,
    place: Place,
    /// The description that runs asks by id.
    by_id: bool,
    /// The description was asked for because a version does not fit, or was read without any types:
    /// they may be new.
    for_types: bool,
    /// Set when the server does not have the call: when to see whether it has by now. One answer
    /// may be that of a proxy, or of a process that is older than the others.
    unsupported_until: Option<Instant>,
}

/// What became of the tenant that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The name means it.
    Own,
    /// The name means another.
    Taken,
    /// The same, and it was asked for by its id and is no more.
    Gone,
}

impl Identity {
    /// `at_once` asks for the types beside the first read.
    pub(super) fn new(at_once: bool, now: Instant) -> Self {
        Self {
            job: if at_once {
                Job::due(now)
            } else {
                Job::idle(now)
            },
            retry: ReadRetry::default(),
            described: None,
            place: Place::Own,
            by_id: false,
            for_types: false,
            unsupported_until: None,
        }
    }

    /// The id to ask for; none asks for the name.
    pub(super) fn asked(&mut self, shown: &Arc<str>) -> Option<Arc<str>> {
        self.by_id = self.is_displaced();
        self.by_id.then(|| Arc::clone(shown))
    }

    pub(super) fn is_displaced(&self) -> bool {
        self.place != Place::Own
    }

    /// The name means another, and the one that is shown still exists, as far as anybody knows.
    pub(super) fn is_taken(&self) -> bool {
        self.place == Place::Taken && !self.may_replace()
    }

    pub(super) fn want(&mut self, now: Instant) {
        if self.unsupported_until.is_none_or(|until| until <= now) {
            self.job.want(now);
        }
    }

    /// Whether what the name means now is to be shown: the one that is shown has to be gone, or
    /// nobody can tell.
    pub(super) fn may_replace(&self) -> bool {
        self.place == Place::Gone || self.unsupported_until.is_some()
    }

    /// Asked for by its id, the tenant that is shown was not gone.
    pub(super) fn is_sure(&self) -> bool {
        self.is_taken() && self.by_id
    }

    /// Another tenant is shown from now on; a description that runs is of the one before.
    pub(super) fn replaced(&mut self, now: Instant) {
        self.described = None;
        self.place = Place::Own;
        self.job.finish();
        self.want(now);
    }
}

impl Machine {
    /// Whether the tenant that is shown is to be shown to all, whatever the name means.
    pub(crate) fn is_sure_of_its_tenant(&self) -> bool {
        self.identity.is_sure()
    }

    /// Something answered to the name that is not the tenant that is shown.
    pub(super) fn displaced_by_another(&mut self, now: Instant) {
        if !self.identity.is_displaced() {
            self.identity.place = Place::Taken;
            self.identity.want(now);
        }
    }

    /// The name means the tenant that is shown.
    pub(super) fn in_its_place(&mut self, now: Instant) {
        if self.identity.is_displaced() {
            self.identity.place = Place::Own;
            // Nobody looked at its types in the meantime.
            self.identity.want(now);
        }
    }

    /// Nobody has looked at the types yet: until somebody has, a secret may pass for its zero.
    pub(crate) fn lacks_types(&mut self, now: Instant) {
        self.identity.for_types = true;
        let soon = within(&self.timing.settle, &mut self.rng);
        self.identity.want(now + soon);
    }

    /// The types may be new: a version does not fit.
    pub(super) fn doubt_types(&mut self, now: Instant) {
        self.identity.for_types = true;
        self.identity.want(now);
    }

    /// A description came back.
    pub(crate) fn described(&mut self, described: Described, now: Instant) {
        let identity = &mut self.identity;
        identity.job.finish();
        identity.retry.succeeded();
        identity.unsupported_until = None;
        self.troubles.clear(Part::Description);
        if identity.by_id {
            // It still exists, so whoever took its name is not its heir. The tick looks again.
            return;
        }
        if self.seen.is_nothing() {
            return;
        }
        if described.tenant_id != self.seen.tenant_id {
            self.read.want(now);
            self.displaced_by_another(now);
            return;
        }
        let identity = &mut self.identity;
        // The first one also brings the types, which a read before it may not have known.
        let before = identity.described.replace(described);
        let moved = before != identity.described;
        if moved {
            self.unproven = Some(now);
        }
        let for_types = std::mem::take(&mut identity.for_types);
        if for_types || moved && before.is_some() {
            self.contents.expect_another();
        }
        if for_types || moved {
            self.read.want(now);
        }
    }

    /// A description failed.
    pub(crate) fn description_failed(&mut self, failure: &Failure, now: Instant) {
        let identity = &mut self.identity;
        identity.job.finish();
        match failure.cause {
            Cause::Unsupported => {
                let pause = within(&self.timing.full_read, &mut self.rng);
                identity.unsupported_until = Some(now + pause);
                self.troubles.clear(Part::Description);
                if identity.is_displaced() {
                    self.read.want(now);
                }
                return;
            }
            Cause::NoTenant if identity.by_id => {
                identity.place = Place::Gone;
                self.troubles.clear(Part::Description);
                self.read.want(now);
                return;
            }
            _ => {}
        }
        let wait = match failure.cause {
            Cause::RateLimited => identity.retry.refused(&self.timing, &mut self.rng),
            // Whether the connection hangs is for the probe to say.
            cause => identity
                .retry
                .failed(cause == Cause::Connection, &self.timing, &mut self.rng),
        };
        identity.job.want(now + wait);
        self.troubles.note(Part::Description, failure);
    }
}
