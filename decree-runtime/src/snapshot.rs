//! One version of a struct, owned.

mod fingerprints;

use std::{
    collections::BTreeSet,
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
    time::SystemTime,
};

pub(crate) use self::fingerprints::Fingerprints;
use crate::reading::Reading;

/// Who made a version, and when. For people: the clock is the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// The subject that wrote, rolled back or imported; empty when the server knows none.
    pub by: String,
    /// When, if the server said so.
    pub at: Option<SystemTime>,
}

/// A struct and the version that it was decoded from.
#[derive(Debug)]
pub(crate) struct Versioned<C> {
    pub(crate) config: C,
    /// How many swaps readers have seen with it; the first is none. Nobody asks what was only
    /// [made](Snapshot::made) of it.
    pub(crate) swap: u64,
    pub(crate) about: Arc<About>,
}

/// What is known of a version that is shown.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) version: i32,
    pub(crate) tenant_id: Arc<str>,
    /// Comes with the announcement of the version, or a moment later.
    pub(crate) written: OnceLock<Written>,
    /// What it was made of.
    pub(crate) fingerprints: Fingerprints,
}

impl About {
    /// What was made of `paths` of a reading.
    pub(crate) fn of(reading: &Reading, paths: &[Arc<str>], written: Option<Written>) -> Self {
        Self {
            version: reading.version,
            tenant_id: Arc::clone(&reading.tenant_id),
            written: written.map_or_else(OnceLock::new, OnceLock::from),
            fingerprints: Fingerprints::of(reading, paths),
        }
    }

    /// The same, but for fields that are as they were `before`.
    pub(crate) fn holding(mut self, held: &BTreeSet<Arc<str>>, before: &Self) -> Self {
        self.fingerprints.hold(held, &before.fingerprints);
        self
    }
}

impl<C> Versioned<C> {
    pub(crate) fn with(config: C, about: About) -> Self {
        Self {
            config,
            swap: 0,
            about: Arc::new(about),
        }
    }

    #[cfg(test)]
    pub(crate) fn numbered(version: i32, config: C) -> Self {
        Self::with(config, About::of(&Reading::of_nothing(version), &[], None))
    }

    /// What is shown before any version was read, or without a server.
    pub(crate) fn before_any(config: C) -> Self {
        Self::with(
            config,
            About {
                version: 0,
                tenant_id: "".into(),
                written: OnceLock::new(),
                fingerprints: Fingerprints::default(),
            },
        )
    }
}

/// The settings as they were at one version of the tenant.
///
/// Dereferences to the struct. Cloning costs a reference count, and no clone ever changes: hold one
/// for as long as one piece of work needs its numbers to fit together, then let it go.
///
/// With feature `axum` it is also an extractor; see [`SnapshotLayer`](crate::SnapshotLayer).
///
/// ```
/// use decree_runtime::{Live, Snapshot};
///
/// let live = Live::fixed(("fee", 0.01));
/// let before: Snapshot<(&str, f64)> = live.load();
/// assert_eq!(before.1, 0.01);
/// assert_eq!(before.version(), 0);
/// ```
// One word, which moves in a register: two were seen to cost a request a fifth more.
pub struct Snapshot<C>(Arc<Versioned<C>>);

impl<C> Snapshot<C> {
    pub(crate) fn of(version: Arc<Versioned<C>>) -> Self {
        Self(version)
    }

    /// Something that was made of the version that `about` is about.
    pub(crate) fn made(config: C, about: &Arc<About>) -> Self {
        Self(Arc::new(Versioned {
            config,
            swap: 0,
            about: Arc::clone(about),
        }))
    }

    pub(crate) fn about(&self) -> &Arc<About> {
        &self.0.about
    }

    /// The server's number of the version; 0 for a tenant that was never written to.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.about().version
    }

    /// The server's id of the tenant.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.about().tenant_id
    }

    /// Who made this version, and when; `None` while that is not known.
    #[must_use]
    pub fn written(&self) -> Option<&Written> {
        self.about().written.get()
    }
}

impl<C> Clone for Snapshot<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> Deref for Snapshot<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0.config
    }
}

impl<C: fmt::Display> fmt::Display for Snapshot<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<C: fmt::Debug> fmt::Debug for Snapshot<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.version())
            .field("config", &**self)
            .finish_non_exhaustive()
    }
}
