//! Where a watch delivers: the part that knows the type of the settings.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::machine::{Fit, Report};
use crate::{
    decode::{DecodeError, DecreeConfig, decode},
    live::{Hold, Live, Publisher},
    reading::Reading,
    rejection::Rejection,
    snapshot::{Snapshot, Versioned, Written},
    status::{CacheStatus, Deciding, StopReason},
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

/// Delivers to a [`Live`].
pub(crate) struct Delivery<C> {
    publisher: Publisher<C>,
    paths: Vec<Path>,
    secret: Vec<Path>,
    decode: Decode<C>,
    /// Restarts that are none of the watch.
    own_restarts: AtomicU32,
}

impl<C> Delivery<C> {
    pub(crate) fn new(live: &Live<C>, paths: Vec<Path>, decode: Decode<C>) -> Self {
        Self {
            publisher: Publisher::new(live),
            paths,
            secret: Vec::new(),
            decode,
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
    pub(crate) fn of_struct(live: &Live<C>) -> Self {
        let fields = C::fields();
        let paths = fields.iter().map(|field| field.path().into()).collect();
        let secret = fields.iter().filter(|field| field.secret());
        let secret = secret.map(|field| field.path().into()).collect();
        Self::new(live, paths, Box::new(|reading, _| decode::<C>(reading))).with_secret(secret)
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
            Some(current) => (self.decode)(reading, &current).map(drop),
            None => Ok(()),
        }
    }

    fn offer(&self, reading: &Reading, written: Option<Written>) -> Fit {
        let Some(current) = self.publisher.current() else {
            return Fit::Fits;
        };
        match (self.decode)(reading, &current) {
            Ok(config) => {
                // Else the last hold on it would be ours, and its end not that of `publish`.
                drop(current);
                let next = Versioned::of(config, reading, &self.paths, written);
                self.publisher.publish(next);
                Fit::Fits
            }
            Err(error) => self.reject(error, reading, written.as_ref()),
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

impl<C> Delivery<C> {
    fn reject(&self, error: DecodeError, reading: &Reading, written: Option<&Written>) -> Fit {
        let fit = if error.has_stale_types() {
            Fit::StaleTypes
        } else {
            Fit::Rejected
        };
        self.publisher.update_status(|status| {
            let before = status.rejection.as_deref();
            let next = Rejection::new(error, reading, status.version, before);
            let next = match written {
                Some(written) => next.attributed(reading.version, written),
                None => next,
            };
            if before.is_some_and(|before| before.is_the_same_as(&next)) {
                tracing::debug!(version = reading.version, "still rejected for the same");
            } else {
                let error = &next.error;
                tracing::warn!(version = reading.version, %error, "version rejected, the last good one stays");
            }
            status.rejection = Some(Arc::new(next));
            true
        });
        fit
    }
}
