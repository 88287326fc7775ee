//! Where a watch delivers: the part that knows the type of the settings.

use std::sync::{Arc, OnceLock};

use super::machine::Report;
use crate::{
    decode::{DecodeError, DecreeConfig, decode},
    live::{Hold, Live, Publisher},
    reading::Reading,
    snapshot::{Snapshot, Versioned, Written},
    status::Rejection,
};

/// The dotted name of a field.
pub(crate) type Path = Arc<str>;

/// A reader of whole versions.
pub(crate) trait Consumer: Send + 'static {
    /// The fields that it reads.
    fn paths(&self) -> &[Path];

    /// Whether nobody looks at what it shows any more.
    fn is_gone(&self) -> bool;

    /// Takes part in a watch, which its handles keep running from now on.
    fn follow(&self, hold: Hold);

    /// Whether it would take a version.
    fn check(&self, reading: &Reading) -> Result<(), DecodeError>;

    /// Takes a version, or refuses it and keeps the last good one.
    fn offer(&self, reading: &Reading, written: Option<Written>) -> bool;

    /// Learns who wrote the version that it shows or refuses.
    fn attribute(&self, version: i32, written: &Written);

    /// Learns how the watch fares.
    fn report(&self, report: &Report);
}

/// Makes what is shown of a reading, and of what was shown before.
pub(crate) type Decode<C> =
    Box<dyn Fn(&Reading, &Snapshot<C>) -> Result<C, DecodeError> + Send + Sync>;

/// Delivers to a [`Live`].
pub(crate) struct Delivery<C> {
    publisher: Publisher<C>,
    paths: Vec<Path>,
    decode: Decode<C>,
}

impl<C> Delivery<C> {
    pub(crate) fn new(live: &Live<C>, paths: Vec<Path>, decode: Decode<C>) -> Self {
        Self {
            publisher: Publisher::new(live),
            paths,
            decode,
        }
    }
}

impl<C: DecreeConfig> Delivery<C> {
    /// Delivers whole structs.
    pub(crate) fn of_struct(live: &Live<C>) -> Self {
        let fields = C::fields();
        let paths = fields.iter().map(|field| field.path().into()).collect();
        Self::new(live, paths, Box::new(|reading, _| decode::<C>(reading)))
    }
}

impl<C: Send + Sync + 'static> Consumer for Delivery<C> {
    fn paths(&self) -> &[Path] {
        &self.paths
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

    fn offer(&self, reading: &Reading, written: Option<Written>) -> bool {
        let Some(current) = self.publisher.current() else {
            return true;
        };
        match (self.decode)(reading, &current) {
            Ok(config) => {
                self.publisher.publish(Versioned {
                    config,
                    version: reading.version,
                    tenant_id: Arc::clone(&reading.tenant_id),
                    written: written.map_or_else(OnceLock::new, OnceLock::from),
                });
                true
            }
            Err(error) => {
                tracing::warn!(version = reading.version, %error, "version rejected, the last good one stays");
                let rejection = Arc::new(Rejection { error, written });
                self.publisher
                    .update_status(|status| status.rejection = Some(rejection));
                false
            }
        }
    }

    fn attribute(&self, version: i32, written: &Written) {
        if let Some(current) = self.publisher.current()
            && current.version() == version
        {
            // Already known is as good.
            let _known = current.0.written.set(written.clone());
        }
        self.publisher.update_status(|status| {
            let unknown = |rejection: &&mut Arc<Rejection>| {
                rejection.error.version() == version && rejection.written.is_none()
            };
            if let Some(rejection) = status.rejection.as_mut().filter(unknown) {
                *rejection = Arc::new(Rejection {
                    error: rejection.error.clone(),
                    written: Some(written.clone()),
                });
            }
        });
    }

    fn report(&self, report: &Report) {
        self.publisher.update_status(|status| {
            status.phase = report.phase;
            status.seen = report.seen;
            status.announced = report.announced;
            status.trouble.clone_from(&report.trouble);
            status.reconnects = report.reconnects;
            status.history_restarts = report.history_restarts;
            status.verified = report.verified;
        });
    }
}
