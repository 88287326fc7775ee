//! Where a watch delivers: the part that knows the type of the settings.

use std::sync::{Arc, OnceLock};

use super::machine::Report;
use crate::{
    decode::{DecreeConfig, decode},
    live::Publisher,
    reading::Reading,
    snapshot::{Versioned, Written},
    status::Rejection,
};

/// A reader of whole versions.
pub(crate) trait Consumer: Send + 'static {
    /// Takes a version, or refuses it and keeps the last good one.
    fn offer(&self, reading: &Reading, written: Option<Written>) -> bool;

    /// Learns who wrote the version that it shows or refuses.
    fn attribute(&self, version: i32, written: &Written);

    /// Learns how the watch fares.
    fn report(&self, report: &Report);
}

impl<C: DecreeConfig> Consumer for Publisher<C> {
    fn offer(&self, reading: &Reading, written: Option<Written>) -> bool {
        match decode::<C>(reading) {
            Ok(config) => {
                self.publish(Versioned {
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
                self.update_status(|status| status.rejection = Some(rejection));
                false
            }
        }
    }

    fn attribute(&self, version: i32, written: &Written) {
        if let Some(current) = self
            .current()
            .filter(|current| current.version() == version)
        {
            // Already known is as good.
            let _known = current.0.written.set(written.clone());
        }
        self.update_status(|status| {
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
        self.update_status(|status| {
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
