//! What a value began with.

use std::time::Duration;

use super::{Live, Shared};
use crate::{
    snapshot::Versioned,
    started::Started,
    status::{Origin, Phase},
};

impl<C> Live<C> {
    /// A value that follows a watch, and how it came by what it shows first.
    pub(crate) fn started_with(first: Versioned<C>, started: Started, phase: Phase) -> Self {
        let mut shared = Shared::new(first, phase);
        shared.status.send_modify(|status| match started {
            Started::FromDisk { age, .. } => status.unconfirmed(Origin::Disk, age),
            Started::Defaults { .. } => status.unconfirmed(Origin::Defaults, Duration::MAX),
            Started::Live { .. } | Started::Fixed => {}
        });
        shared.started = started;
        Self::of(shared)
    }

    /// How it came by what it showed first.
    #[must_use]
    pub fn started(&self) -> &Started {
        &self.shared.started
    }
}
