//! One version of a struct, owned.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
    time::SystemTime,
};

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
    pub(crate) version: i32,
    pub(crate) tenant_id: Arc<str>,
    /// Comes with the announcement of the version, or a moment later.
    pub(crate) written: OnceLock<Written>,
}

impl<C> Versioned<C> {
    /// What is shown before any version was read, or without a server.
    pub(crate) fn before_any(config: C) -> Self {
        Self {
            config,
            version: 0,
            tenant_id: "".into(),
            written: OnceLock::new(),
        }
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
pub struct Snapshot<C>(pub(crate) Arc<Versioned<C>>);

impl<C> Snapshot<C> {
    /// The server's number of the version; 0 for a tenant that was never written to.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.0.version
    }

    /// The server's id of the tenant.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.0.tenant_id
    }

    /// Who made this version, and when; `None` while that is not known.
    #[must_use]
    pub fn written(&self) -> Option<&Written> {
        self.0.written.get()
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

impl<C: fmt::Debug> fmt::Debug for Snapshot<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.version())
            .field("config", &**self)
            .finish_non_exhaustive()
    }
}
