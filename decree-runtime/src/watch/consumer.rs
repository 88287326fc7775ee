//! Where a watch delivers: the part that knows the type of the settings.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{
    machine::{Fit, Report},
    memory::{Made, Memory},
};
use crate::{
    decode::{DecodeError, DecreeConfig, paths},
    live::{Hold, Live, Publisher},
    reading::Reading,
    rejection::Rejection,
    snapshot::{About, Snapshot, Versioned, Written},
    status::{AwaitsRestart, CacheStatus, Deciding, StopReason},
};

/// The dotted name of a field.
pub(crate) type Path = Arc<str>;

/// A reader of whole versions.
pub(crate) trait Consumer: Send + Sync + 'static {
    /// The fields that it reads.
    fn paths(&self) -> &[Path];

    /// Those of them that are to be in no file.
    fn secret(&self) -> &[Path] {
        &[]
    }

    /// Whether nobody looks at what it shows any more.
    fn is_gone(&self) -> bool;

    /// Takes part in a watch, which its handles keep running from now on.
    fn follow(&self, hold: Hold);

    /// Whether it would take a version.
    fn check(&self, reading: &Reading) -> Result<(), DecodeError>;

    /// Takes a version, or refuses it and keeps the last good one. Runs code of the application.
    fn offer(&self, reading: &Reading, written: Option<Written>) -> Fit;

    /// Learns who wrote a version.
    fn attribute(&self, version: i32, written: &Written);

    /// Learns that it is about to be offered another tenant, to which the watch had stayed.
    fn led_back(&self);

    /// Learns how the watch fares.
    fn report(&self, report: &Report);

    /// Learns that it has not made up its mind on an offer for long, or that it has after all.
    fn deciding(&self, deciding: Option<Deciding>);

    /// Learns how the last good version fares on disk.
    fn cached(&self, _cache: &CacheStatus) {}

    /// Learns that nothing comes any more.
    fn stop(&self, reason: StopReason);
}

/// Makes what is shown of a reading, and of what was shown before.
pub(crate) type Decode<C> =
    Box<dyn Fn(&Reading, &Snapshot<C>) -> Result<C, DecodeError> + Send + Sync>;

/// Makes what is shown of a reading, and says which fields await a restart.
type Make<C> = Box<dyn Fn(&Reading, &Snapshot<C>) -> (Made<C>, Vec<AwaitsRestart>) + Send + Sync>;

/// Delivers to a [`Live`].
pub(crate) struct Delivery<C> {
    publisher: Publisher<C>,
    paths: Vec<Path>,
    secret: Vec<Path>,
    make: Make<C>,
    /// Restarts that are none of the watch.
    own_restarts: AtomicU32,
}

impl<C: 'static> Delivery<C> {
    pub(crate) fn new(live: &Live<C>, paths: Vec<Path>, decode: Decode<C>) -> Self {
        let make = move |reading: &Reading, before: &Snapshot<C>| {
            let made = decode(reading, before).map_or_else(Made::Nothing, Made::Whole);
            (made, Vec::new())
        };
        Self {
            publisher: Publisher::new(live),
            paths,
            secret: Vec::new(),
            make: Box::new(make),
            own_restarts: AtomicU32::new(0),
        }
    }

    /// The same, with paths that are to be in no file.
    pub(crate) fn with_secret(self, secret: Vec<Path>) -> Self {
        Self { secret, ..self }
    }
}

impl<C: DecreeConfig> Delivery<C> {
    /// Delivers whole structs.
    pub(crate) fn of_struct(live: &Live<C>, memory: Memory) -> Self {
        let fields = C::fields();
        let memory = Mutex::new(memory);
        let make = move |reading: &Reading, _: &Snapshot<C>| {
            // Only one offer is made at a time, and a panic leaves what it remembers.
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            let made = memory.make(reading);
            (made, memory.awaits_restart())
        };
        Self {
            publisher: Publisher::new(live),
            paths: paths(&fields),
            secret: paths(fields.iter().filter(|field| field.secret())),
            make: Box::new(make),
            own_restarts: AtomicU32::new(0),
        }
    }
}

impl<C: Send + Sync + 'static> Consumer for Delivery<C> {
    fn paths(&self) -> &[Path] {
        &self.paths
    }

    fn secret(&self) -> &[Path] {
        &self.secret
    }

    fn is_gone(&self) -> bool {
        self.publisher.is_abandoned()
    }

    fn follow(&self, hold: Hold) {
        self.publisher.follow(hold);
    }

    fn check(&self, reading: &Reading) -> Result<(), DecodeError> {
        match self.publisher.current() {
            Some(current) => match (self.make)(reading, &current).0 {
                Made::Whole(_) => Ok(()),
                Made::Without(_, error, _) | Made::Nothing(error) => Err(error),
            },
            None => Ok(()),
        }
    }

    fn offer(&self, reading: &Reading, written: Option<Written>) -> Fit {
        let Some(current) = self.publisher.current() else {
            return Fit::Fits;
        };
        let (made, awaits) = (self.make)(reading, &current);
        let before = Arc::clone(current.about());
        // Else the last hold on it would be ours, and its end not that of `publish`.
        drop(current);
        let mut held: BTreeSet<Path> = awaits.iter().map(|it| Arc::clone(&it.path)).collect();
        self.tell_restart(awaits);
        match made {
            Made::Whole(config) => {
                let about = self.about(reading, written, &before, &held);
                self.publisher.publish(Versioned::with(config, about));
                Fit::Fits
            }
            Made::Without(config, error, kept) => {
                let fit = unfit(&error);
                let rejection = self.rejection(error, reading, written.as_ref(), Some(&kept));
                held.extend(kept.into_keys());
                let about = self.about(reading, written, &before, &held);
                let next = Versioned::with(config, about);
                self.publisher
                    .publish_but_for(rejection.map(Arc::new), next);
                fit
            }
            Made::Nothing(error) => {
                let fit = unfit(&error);
                let rejection = self.rejection(error, reading, written.as_ref(), None);
                self.reject(reading.version, rejection);
                fit
            }
        }
    }

    fn attribute(&self, version: i32, written: &Written) {
        self.publisher.attribute(version, written);
        self.publisher.update_status(|status| {
            let lacks = |rejection: &&mut Arc<Rejection>| rejection.lacks_author(version);
            let changed = status.rejection.as_mut().filter(lacks).map(|rejection| {
                *rejection = Arc::new(rejection.attributed(version, written));
            });
            changed.is_some()
        });
    }

    fn led_back(&self) {
        self.own_restarts.fetch_add(1, Ordering::Relaxed);
        self.publisher.update_status(|status| {
            status.history_restarts += 1;
            true
        });
    }

    fn report(&self, report: &Report) {
        let own_restarts = self.own_restarts.load(Ordering::Relaxed);
        self.publisher.update_status(|status| {
            status.phase = report.phase;
            status.seen = report.seen;
            status.announced = report.announced;
            status.trouble.clone_from(&report.trouble);
            status.last_trouble.clone_from(&report.last_trouble);
            status.reconnects = report.reconnects;
            status.history_restarts = report.history_restarts + own_restarts;
            if let Some(verified) = report.verified {
                status.confirmed(verified);
            }
            true
        });
    }

    fn deciding(&self, deciding: Option<Deciding>) {
        self.publisher.update_status(|status| {
            if let Some(Deciding { version, .. }) = deciding {
                tracing::warn!(
                    version,
                    "a conversion does not return, or has no thread; the last good version stays"
                );
            }
            status.deciding = deciding;
            true
        });
    }

    fn cached(&self, cache: &CacheStatus) {
        self.publisher.update_status(|status| {
            status.cache = Some(cache.clone());
            true
        });
    }

    fn stop(&self, reason: StopReason) {
        self.publisher.stop(reason);
    }
}

fn unfit(error: &DecodeError) -> Fit {
    if error.has_stale_types() {
        Fit::StaleTypes
    } else {
        Fit::Rejected
    }
}

impl<C> Delivery<C> {
    /// A reading, in which the fields that are `held` are as they were `before`.
    fn about(
        &self,
        reading: &Reading,
        written: Option<Written>,
        before: &About,
        held: &BTreeSet<Path>,
    ) -> About {
        About::of(reading, &self.paths, written).holding(held, before)
    }

    /// What is wrong with a version, beside what is wrong until now. `None` when nobody reads it.
    fn rejection(
        &self,
        error: DecodeError,
        reading: &Reading,
        written: Option<&Written>,
        kept: Option<&BTreeMap<Path, i32>>,
    ) -> Option<Rejection> {
        let mut rejection = None;
        self.publisher.update_status(|status| {
            let before = status.rejection.as_deref();
            let mut next = Rejection::new(error, reading, status.version, before);
            if let Some(kept) = kept {
                next = next.keeping(kept);
            }
            if let Some(written) = written {
                next = next.attributed(reading.version, written);
            }
            let (version, error) = (reading.version, &next.error);
            if before.is_some_and(|before| before.is_the_same_as(&next)) {
                tracing::debug!(version, "still rejected for the same");
            } else if kept.is_some() {
                tracing::warn!(version, %error, "version shown, but for its bad fields: their last good values stay");
            } else {
                tracing::warn!(version, %error, "version rejected, the last good one stays");
            }
            rejection = Some(next);
            false
        });
        rejection
    }

    fn reject(&self, version: i32, rejection: Option<Rejection>) {
        self.publisher.update_status(|status| {
            status.saw(version);
            status.rejection = rejection.map(Arc::new);
            true
        });
    }

    /// Says of which fields a restart would show another value, once for each value.
    fn tell_restart(&self, awaits: Vec<AwaitsRestart>) {
        self.publisher.update_status(|status| {
            if status.restart == awaits {
                return false;
            }
            let before = mem::replace(&mut status.restart, awaits);
            for field in &status.restart {
                if !before.contains(field) {
                    let (path, version) = (&field.path, field.since);
                    tracing::warn!(%path, version, "another value, which a restart will show");
                }
            }
            true
        });
    }
}
