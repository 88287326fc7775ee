//! The value that is always current: readers on one side, the watch on the other.

mod hold;
mod publisher;
mod reader;
#[cfg(feature = "client")]
mod started;

use std::{
    fmt,
    sync::{
        Arc, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use tokio::sync::watch;

pub(crate) use self::hold::Hold;
#[cfg(feature = "client")]
pub(crate) use self::hold::Line;
#[cfg(any(feature = "client", feature = "testing"))]
pub(crate) use self::publisher::Publisher;
use self::publisher::Visit;
pub use self::reader::Reader;
#[cfg(feature = "client")]
use crate::started::Started;
use crate::{
    snapshot::{Snapshot, Versioned},
    status::{Phase, Status},
};

/// The watch behind a [`Live`] has ended. [`Live::load`] goes on showing the last value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the watch has stopped; the last value stays")]
pub struct Stopped;

/// Settings that are always current.
///
/// A cheap handle: clone it into every state, task and thread. All handles of one client on one
/// tenant share one watch, which ends with the last of them.
///
/// | to read | use |
/// |---|---|
/// | one number | [`with`](Self::with) |
/// | several numbers that must fit together, or across an await | [`load`](Self::load) |
/// | in a hot loop of one task or thread | [`reader`](Self::reader) |
/// | one version for a whole request | [`pin`](Self::pin), or the extractor `Snapshot<C>` |
///
/// | to be told | use |
/// |---|---|
/// | of each new version | [`changed`](Self::changed); [`changes`](Self::changes), a stream; [`on_change`](Self::on_change), a callback |
/// | of a part of it only | [`map`](Self::map), then the same |
/// | when something holds | [`wait_for`](Self::wait_for) |
/// | when a version is shown | [`wait_for_version`](Self::wait_for_version) |
/// | when values get old | [`on_stale`](Self::on_stale) |
/// | of all that a watch knows of itself | [`status_changes`](Self::status_changes) |
///
/// # What an observer sees first
///
/// Observers of *changes* ([`changed`](Self::changed), [`changes`](Self::changes),
/// [`on_change`](Self::on_change), also those of a [`Mapped`](crate::Mapped) and of a
/// [`Field`](crate::Field)) compare with what readers saw when the observer was made, and report
/// only what comes after. Make the observer first, then read: nothing falls between.
///
/// Observers of a *state* ([`wait_for`](Self::wait_for),
/// [`wait_for_version`](Self::wait_for_version), [`on_stale`](Self::on_stale),
/// [`status_changes`](Self::status_changes)) look at once at what is there.
///
/// Whoever is slow gets several changes as one, and never misses the last. All of them keep the
/// watch running as a handle does, except for `status_changes`.
///
/// ```
/// use decree_runtime::Live;
///
/// let fee = Live::fixed(0.01);
/// assert_eq!(fee.with(|fee| fee * 100.0), 1.0);
/// ```
pub struct Live<C> {
    shared: Arc<Shared<C>>,
    /// From the first wait on: most handles only read.
    signal: Option<watch::Receiver<Signal<C>>>,
    /// The swap that [`changed`](Self::changed) reported last.
    reported: u64,
}

pub(crate) struct Shared<C> {
    /// Tells two watches of one type apart, also after one of them is freed.
    #[cfg_attr(not(feature = "tower"), allow(dead_code, reason = "only pins ask"))]
    id: u64,
    /// Nothing comes any more.
    is_over: AtomicBool,
    current: ArcSwap<Versioned<C>>,
    /// The swap that `current` shows. Written after it, so that a handle that is cloned in between
    /// reports a swap once too often and not once too little.
    swaps: AtomicU64,
    /// For those who wait: they take the newest from here, and readers never do.
    signal: watch::Sender<Signal<C>>,
    status: watch::Sender<Status>,
    hold: OnceLock<Hold>,
    visit: Visit,
    #[cfg(feature = "client")]
    started: Started,
}

struct Signal<C> {
    newest: Arc<Versioned<C>>,
    stopped: bool,
}

impl<C> Live<C> {
    /// A value that never changes, for tests and for programs without a server. Its version is 0.
    #[must_use]
    pub fn fixed(config: C) -> Self {
        Self::new(Versioned::before_any(config), Phase::Fixed)
    }

    pub(crate) fn new(first: Versioned<C>, phase: Phase) -> Self {
        Self::of(Shared::new(first, phase))
    }

    fn of(shared: Shared<C>) -> Self {
        Self {
            shared: Arc::new(shared),
            signal: None,
            reported: 0,
        }
    }

    /// The settings of the newest accepted version.
    ///
    /// One atomic load and one reference count: no lock, no await, no allocation, no failure.
    #[must_use]
    pub fn load(&self) -> Snapshot<C> {
        Snapshot::of(self.shared.current.load_full())
    }

    /// Runs `read` on the settings of the newest accepted version; the cheapest way to read.
    ///
    /// Keep `read` short: it holds on to that version until it returns.
    pub fn with<R>(&self, read: impl FnOnce(&C) -> R) -> R {
        read(&self.shared.current.load().config)
    }

    /// A reader with a version of its own, for a loop that reads more often than settings change.
    ///
    /// ```
    /// use decree_runtime::Live;
    ///
    /// let limit = Live::fixed(3);
    /// let mut reader = limit.reader();
    /// let few = (0..1_000_000).filter(|n| n < reader.get()).count();
    /// assert_eq!(few, 3);
    /// ```
    #[must_use]
    pub fn reader(&self) -> Reader<C> {
        Reader::new(Arc::clone(&self.shared))
    }

    /// The version of one request: the first call pins it, later ones return the same.
    ///
    /// A pin belongs to this handle and its clones; another `Live` of the same type has its own.
    /// The extensions are those of an `http::Request`, of its `Parts`, or of a request of tonic.
    #[cfg(feature = "tower")]
    #[must_use]
    pub fn pin(&self, extensions: &mut http::Extensions) -> Snapshot<C>
    where
        C: Send + Sync + 'static,
    {
        if let Some(pinned) = self.pinned(extensions) {
            return pinned.clone();
        }
        let snapshot = self.load();
        crate::pin::pin(self.shared.id, extensions, snapshot.clone());
        snapshot
    }

    /// For who does not want it now.
    #[cfg(feature = "tower")]
    pub(crate) fn pin_in(&self, extensions: &mut http::Extensions)
    where
        C: Send + Sync + 'static,
    {
        if self.pinned(extensions).is_none() {
            crate::pin::pin(self.shared.id, extensions, self.load());
        }
    }

    /// The version that is [pinned](Self::pin), for whoever may only look; `None` while none is.
    ///
    /// ```
    /// use decree_runtime::Live;
    ///
    /// let fee = Live::fixed(0.01);
    /// let mut request = http::Request::new(());
    /// assert!(fee.pinned(request.extensions()).is_none());
    /// let pinned = fee.pin(request.extensions_mut());
    /// assert_eq!(fee.pinned(request.extensions()).map(|fee| **fee), Some(*pinned));
    /// ```
    #[cfg(feature = "tower")]
    #[must_use]
    pub fn pinned<'a>(&self, extensions: &'a http::Extensions) -> Option<&'a Snapshot<C>>
    where
        C: Send + Sync + 'static,
    {
        crate::pin::pinned(self.shared.id, extensions)
    }

    /// Waits for a version that this handle has not reported yet, and returns the newest.
    ///
    /// It reports [what comes after](Self#what-an-observer-sees-first) this handle or clone was
    /// made. Versions may be skipped, the last one never is. Of a [fixed](Self::fixed) value there
    /// is never another.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the watch has ended and its last version was reported.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is marked as reported before it returns.
    pub async fn changed(&mut self) -> Result<Snapshot<C>, Stopped> {
        Ok(Snapshot::of(self.newer().await?))
    }

    /// The same, with what is only known inside.
    pub(crate) async fn newer(&mut self) -> Result<Arc<Versioned<C>>, Stopped> {
        let signal = self.signal.get_or_insert_with(|| {
            let mut signal = self.shared.signal.subscribe();
            // What came since this handle was made is news, too.
            signal.mark_changed();
            signal
        });
        loop {
            // The sender is ours: it does not end before this does.
            signal.changed().await.map_err(|_| Stopped)?;
            let (newest, stopped) = look(signal);
            if newest.swap > self.reported {
                self.reported = newest.swap;
                return Ok(newest);
            }
            if stopped {
                return Err(Stopped);
            }
        }
    }

    pub(crate) fn reported(&self) -> u64 {
        self.reported
    }

    /// An observer of what comes after what it returns.
    pub(crate) fn observer(&self) -> (Self, Arc<Versioned<C>>) {
        let mut signal = self.shared.signal.subscribe();
        let (newest, _) = look(&mut signal);
        let observer = Self {
            shared: Arc::clone(&self.shared),
            signal: Some(signal),
            reported: newest.swap,
        };
        (observer, newest)
    }

    /// Waits for what `find` finds in what readers see, now or later.
    ///
    /// As lean as it is written: ten thousand may wait for one version.
    pub(crate) async fn wait_until<T>(
        &self,
        mut find: impl FnMut(&Arc<Versioned<C>>) -> Option<T>,
    ) -> Result<T, Stopped> {
        let mut signal = self.shared.signal.subscribe();
        if let Some(found) = find(&self.shared.current.load()) {
            return Ok(found);
        }
        // What ended before it subscribed gives no signal; what readers saw then was the last.
        if self.shared.is_over.load(Ordering::Acquire) && !signal.has_changed().unwrap_or(false) {
            return Err(Stopped);
        }
        loop {
            // The sender is ours: it does not end before this does.
            signal.changed().await.map_err(|_| Stopped)?;
            let (newest, stopped) = look(&mut signal);
            if let Some(found) = find(&newest) {
                return Ok(found);
            }
            if stopped {
                return Err(Stopped);
            }
        }
    }

    #[cfg(feature = "client")]
    pub(crate) fn watch_status(&self) -> watch::Receiver<Status> {
        self.shared.status.subscribe()
    }

    /// The line to the watch that it follows, if it follows one.
    #[cfg(feature = "client")]
    pub(crate) fn line(&self) -> Option<&Line> {
        self.shared.hold.get().map(|hold| &hold.line)
    }

    /// The number of the version that readers see.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.shared.current.load().about.version
    }

    /// What the watch knows about itself: what is shown, what is rejected, what goes wrong.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared.status.borrow().clone()
    }

    /// The status, now and whenever it changes.
    ///
    /// ```no_run
    /// # async fn example(live: decree_runtime::Live<f64>) {
    /// let mut changes = live.status_changes();
    /// while let Some(status) = changes.next().await {
    ///     println!("{:?} at version {}", status.phase, status.version);
    /// }
    /// # }
    /// ```
    #[cfg(feature = "client")]
    pub fn status_changes(&self) -> crate::status::StatusChanges {
        crate::status::StatusChanges::new(self.watch_status())
    }

    /// Ends this handle; with the last one on the tenant also the watch, and waits until it is gone.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the watch ends all the same.
    pub async fn shutdown(self) {
        let visit = Arc::clone(&self.shared.visit);
        let last = {
            let _no_publisher = visit.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::into_inner(self.shared)
        };
        if let Some(hold) = last.and_then(|shared| shared.hold.into_inner()) {
            hold.release().await;
        }
    }
}

impl<C> Shared<C> {
    fn new(first: Versioned<C>, phase: Phase) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        let first = Arc::new(first);
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            is_over: AtomicBool::new(phase == Phase::Fixed),
            status: watch::Sender::new(Status::new(phase, first.about.version)),
            current: ArcSwap::new(Arc::clone(&first)),
            swaps: AtomicU64::new(0),
            signal: watch::Sender::new(Signal {
                newest: first,
                stopped: false,
            }),
            hold: OnceLock::new(),
            visit: Visit::default(),
            #[cfg(feature = "client")]
            started: Started::Fixed,
        }
    }
}

/// The newest, and whether it is the last. The end is a signal to each who asks again.
fn look<C>(signal: &mut watch::Receiver<Signal<C>>) -> (Arc<Versioned<C>>, bool) {
    let now = signal.borrow_and_update();
    let (newest, stopped) = (Arc::clone(&now.newest), now.stopped);
    drop(now);
    if stopped {
        signal.mark_changed();
    }
    (newest, stopped)
}

/// An observer of its own, made now.
impl<C> Clone for Live<C> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            signal: None,
            // Cheaper than to ask `current`: a state is cloned for every request.
            reported: self.shared.swaps.load(Ordering::Acquire),
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for Live<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("version", &self.version())
            .field("config", &self.shared.current.load().config)
            .finish_non_exhaustive()
    }
}
