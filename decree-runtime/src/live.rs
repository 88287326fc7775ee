//! The value that is always current: readers on one side, the watch on the other.

use std::{
    convert::Infallible,
    fmt,
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};

#[cfg(feature = "client")]
use crate::started::Started;
use crate::{
    decode::contain,
    snapshot::{Snapshot, Versioned, Written},
    status::{Origin, Phase, Status, StopReason},
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
/// | one version for a whole request | [`pin`](Self::pin), or the extractor `Snapshot<C>` |
///
/// ```
/// use decree_runtime::Live;
///
/// let fee = Live::fixed(0.01);
/// assert_eq!(fee.with(|fee| fee * 100.0), 1.0);
/// ```
pub struct Live<C> {
    shared: Arc<Shared<C>>,
    /// The swap that [`changed`](Self::changed) reported last.
    reported: u64,
}

pub(crate) struct Shared<C> {
    /// Tells two watches of one type apart, also after one of them is freed.
    #[cfg_attr(not(feature = "tower"), allow(dead_code, reason = "only pins ask"))]
    id: u64,
    current: ArcSwap<Versioned<C>>,
    signal: watch::Sender<Signal>,
    status: watch::Sender<Status>,
    hold: OnceLock<Hold>,
    #[cfg(feature = "client")]
    started: Started,
}

#[derive(Debug, Clone, Copy)]
struct Signal {
    swaps: u64,
    stopped: bool,
}

/// What keeps a watch running: it ends with the last of these.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    /// Never sent on: it is there to be counted.
    pub(crate) lease: mpsc::Sender<Infallible>,
    /// Closed when the watch has ended.
    pub(crate) ended: watch::Receiver<()>,
}

impl Hold {
    /// Lets go, and waits until the watch has ended if nobody else holds it.
    pub(crate) async fn release(self) {
        let Self { lease, mut ended } = self;
        let others = lease.downgrade();
        drop(lease);
        if others.strong_count() == 0 {
            // An error is what is waited for: the sender goes with the watch.
            let _ended = ended.changed().await;
        }
    }
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

    /// A value that follows a watch, and how it came by what it shows first.
    #[cfg(feature = "client")]
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

    fn of(shared: Shared<C>) -> Self {
        Self {
            shared: Arc::new(shared),
            reported: 0,
        }
    }

    /// How it came by what it showed first.
    #[cfg(feature = "client")]
    #[must_use]
    pub fn started(&self) -> &Started {
        &self.shared.started
    }

    /// The settings of the newest accepted version.
    ///
    /// One atomic load and one reference count: no lock, no await, no allocation, no failure.
    #[must_use]
    pub fn load(&self) -> Snapshot<C> {
        Snapshot(self.shared.current.load_full())
    }

    /// Runs `read` on the settings of the newest accepted version; the cheapest way to read.
    ///
    /// Keep `read` short: it holds on to that version until it returns.
    pub fn with<R>(&self, read: impl FnOnce(&C) -> R) -> R {
        read(&self.shared.current.load().config)
    }

    /// The version of one request: the first call pins it, later ones return the same.
    ///
    /// A pin belongs to this handle and its clones; another `Live` of the same type has its own.
    #[cfg(feature = "tower")]
    #[must_use]
    pub fn pin(&self, extensions: &mut http::Extensions) -> Snapshot<C>
    where
        C: Send + Sync + 'static,
    {
        crate::pin::pin(self.shared.id, extensions, || self.load())
    }

    /// Waits for a version that this handle has not reported yet, and returns the newest.
    ///
    /// A handle starts with the version it was made with; a clone, with what the original had
    /// reported. Versions may be skipped, the last one never is.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the watch has ended and its last version was reported.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is marked as reported before it returns.
    pub async fn changed(&mut self) -> Result<Snapshot<C>, Stopped> {
        let reported = self.reported;
        let mut signal = self.shared.signal.subscribe();
        let news = |signal: &Signal| signal.swaps > reported || signal.stopped;
        let signal = *signal.wait_for(news).await.map_err(|_| Stopped)?;
        if signal.swaps == reported {
            return Err(Stopped);
        }
        self.reported = signal.swaps;
        Ok(self.load())
    }

    /// The number of the version that readers see.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.shared.current.load().version
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
        crate::status::StatusChanges::new(self.shared.status.subscribe())
    }

    /// Ends this handle; with the last one on the tenant also the watch, and waits until it is gone.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the watch ends all the same.
    pub async fn shutdown(self) {
        let Some(shared) = Arc::into_inner(self.shared) else {
            return;
        };
        if let Some(hold) = shared.hold.into_inner() {
            hold.release().await;
        }
    }
}

impl<C> Shared<C> {
    fn new(first: Versioned<C>, phase: Phase) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            status: watch::Sender::new(Status::new(phase, first.version)),
            current: ArcSwap::from_pointee(first),
            signal: watch::Sender::new(Signal {
                swaps: 0,
                stopped: false,
            }),
            hold: OnceLock::new(),
            #[cfg(feature = "client")]
            started: Started::Fixed,
        }
    }
}

impl<C> Clone for Live<C> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            reported: self.reported,
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

/// The writing end of a [`Live`]. Readers learn that the watch has stopped when it is dropped,
/// by whatever way the watch ended.
pub(crate) struct Publisher<C> {
    // Weak: the watch must not keep alive what tells it to end.
    shared: Weak<Shared<C>>,
}

impl<C> Publisher<C> {
    pub(crate) fn new(live: &Live<C>) -> Self {
        Self {
            shared: Arc::downgrade(&live.shared),
        }
    }

    /// Does something with what readers share, unless there are none left.
    fn with<R>(&self, act: impl FnOnce(&Shared<C>) -> R) -> Option<R> {
        let shared = self.shared.upgrade()?;
        let done = act(&shared);
        // The last reader may have gone meanwhile: then what it saw ends here.
        drop_contained(shared);
        Some(done)
    }

    /// Gives readers the hold on the watch that they follow from now on.
    pub(crate) fn follow(&self, hold: Hold) {
        self.with(|shared| {
            // It follows one watch, once.
            let _unused = shared.hold.set(hold);
            shared.status.send_modify(|status| {
                if status.phase == Phase::NotStarted {
                    status.phase = Phase::Following;
                }
            });
        });
    }

    /// Shows `next` to readers, says so in the status, then wakes who waits: whoever is woken finds
    /// neither the old value nor the old status. Drops what was shown before.
    ///
    /// Nothing is shown after the end: [`stop`](Self::stop) holds the same lock.
    pub(crate) fn publish(&self, next: Versioned<C>) {
        self.with(|shared| {
            let mut old = None;
            shared.signal.send_if_modified(|signal| {
                if signal.stopped {
                    return false;
                }
                let version = next.version;
                old = Some(shared.current.swap(Arc::new(next)));
                shared.status.send_modify(|status| {
                    status.version = version;
                    status.origin = Origin::Server;
                    status.seen = status.seen.max(version);
                    status.announced = status.announced.max(version);
                    status.rejection = None;
                });
                signal.swaps += 1;
                true
            });
            drop_contained(old);
        });
    }

    /// Nothing comes any more. Only the first reason counts.
    pub(crate) fn stop(&self, reason: StopReason) {
        self.with(|shared| {
            shared.signal.send_if_modified(|signal| {
                if std::mem::replace(&mut signal.stopped, true) {
                    return false;
                }
                shared.status.send_modify(|status| {
                    status.phase = Phase::Stopped;
                    status.stopped = Some(reason);
                });
                true
            });
        });
    }

    /// What readers see now; `None` when there are none left.
    pub(crate) fn current(&self) -> Option<Snapshot<C>> {
        self.with(|shared| Snapshot(shared.current.load_full()))
    }

    /// Says who wrote `version`, if readers see that.
    pub(crate) fn attribute(&self, version: i32, written: &Written) {
        if let Some(current) = self.current() {
            if current.version() == version {
                // Already known is as good.
                let _known = current.0.written.set(written.clone());
            }
            drop_contained(current);
        }
    }

    /// Whether there are no readers left.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.shared.strong_count() == 0
    }

    /// `update` says whether anything is other than before. What has stopped stays as it was.
    pub(crate) fn update_status(&self, update: impl FnOnce(&mut Status) -> bool) {
        self.with(|shared| {
            shared
                .status
                .send_if_modified(|status| status.stopped.is_none() && update(status))
        });
    }
}

/// Drops what may be the last of settings, which is code of the application.
#[cfg_attr(
    not(feature = "client"),
    allow(unused_variables, reason = "only the client logs")
)]
fn drop_contained<T>(settings: T) {
    if let Err(panic) = contain(|| drop(settings)) {
        #[cfg(feature = "client")]
        tracing::error!(panic, "the drop of old settings panicked");
    }
}

impl<C> Drop for Publisher<C> {
    fn drop(&mut self) {
        // Unless the watch has said why.
        self.stop(StopReason::Ended);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: i32) -> Versioned<i32> {
        Versioned {
            config: version * 10,
            version,
            tenant_id: "t".into(),
            written: OnceLock::new(),
        }
    }

    fn live() -> (Publisher<i32>, Live<i32>) {
        let live = Live::new(version(1), Phase::Following);
        (Publisher::new(&live), live)
    }

    #[test]
    fn a_snapshot_keeps_its_version_across_a_swap() {
        let (publisher, live) = live();
        let before = live.load();
        publisher.publish(version(2));
        assert_eq!((*before, before.version()), (10, 1));
        assert_eq!((*live.load(), live.version()), (20, 2));
        assert_eq!(live.with(|value| *value), 20);
    }

    #[test]
    fn the_status_is_that_of_what_is_shown_before_anybody_is_woken() {
        let (publisher, mut live) = live();
        let mut changed = tokio_test::task::spawn(live.changed());
        assert!(changed.poll().is_pending());
        publisher.publish(version(2));
        assert!(changed.is_woken());
        drop(changed);
        let status = live.status();
        assert_eq!((status.version, status.seen), (2, 2));
    }

    #[test]
    fn news_that_came_before_the_call_is_reported_once() {
        let (publisher, mut live) = live();
        publisher.publish(version(2));
        publisher.publish(version(3));
        let mut changed = tokio_test::task::spawn(live.changed());
        let std::task::Poll::Ready(Ok(newest)) = changed.poll() else {
            panic!("the news is there");
        };
        assert_eq!(newest.version(), 3);
        drop(changed);
        assert!(tokio_test::task::spawn(live.changed()).poll().is_pending());
    }

    #[test]
    fn the_last_news_comes_before_the_end() {
        let (publisher, mut live) = live();
        publisher.publish(version(2));
        drop(publisher);
        assert_eq!(live.status().phase, Phase::Stopped);
        assert!(matches!(
            tokio_test::task::spawn(live.changed()).poll(),
            std::task::Poll::Ready(Ok(_))
        ));
        assert!(matches!(
            tokio_test::task::spawn(live.changed()).poll(),
            std::task::Poll::Ready(Err(Stopped))
        ));
        assert_eq!(*live.load(), 20);
    }

    #[test]
    fn it_is_abandoned_with_the_last_handle() {
        let (publisher, live) = live();
        let other = live.clone();
        drop(live);
        assert!(!publisher.is_abandoned());
        drop(other);
        assert!(publisher.is_abandoned() && publisher.current().is_none());
    }

    #[test]
    fn nothing_is_shown_after_the_end() {
        let (publisher, live) = live();
        publisher.stop(StopReason::RuntimeGone);
        publisher.publish(version(2));
        publisher.stop(StopReason::Ended);
        let status = live.status();
        assert_eq!((live.version(), status.version), (1, 1));
        assert_eq!(status.stopped, Some(StopReason::RuntimeGone));
    }

    /// The last handle may go while the watch writes to its readers.
    #[test]
    fn settings_whose_drop_panics_do_not_harm_the_watch() {
        struct Angry;

        impl Drop for Angry {
            fn drop(&mut self) {
                panic!("no drop of it");
            }
        }

        let live = Live::new(Versioned::before_any(Angry), Phase::Following);
        let publisher = Publisher::new(&live);
        publisher.publish(Versioned::before_any(Angry));
        publisher.update_status(|_| {
            drop(live);
            true
        });
        assert!(publisher.is_abandoned());
    }

    #[test]
    fn who_lets_go_last_waits_for_the_end() {
        let (lease, _end) = mpsc::channel(1);
        let (running, ended) = watch::channel(());
        let hold = Hold { lease, ended };
        let mut first = tokio_test::task::spawn(hold.clone().release());
        assert!(first.poll().is_ready(), "another hold is left");
        let mut last = tokio_test::task::spawn(hold.release());
        assert!(last.poll().is_pending());
        drop(running);
        assert!(last.poll().is_ready());
    }
}
