//! The writing end of what readers share.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering},
};

use super::{Hold, Live, Shared};
use crate::{
    decode::contain,
    rejection::Rejection,
    snapshot::{Snapshot, Versioned, Written},
    status::{Origin, Phase, Status, StopReason},
};

/// The writing end of a [`Live`]. Readers learn that the watch has stopped when it is dropped,
/// by whatever way the watch ended.
pub(crate) struct Publisher<C> {
    // Weak: the watch must not keep alive what tells it to end.
    shared: Weak<Shared<C>>,
    visit: Visit,
}

/// Held while a publisher holds what readers share: whoever is to learn whether it was the last of
/// the readers must not take the publisher for one.
pub(super) type Visit = Arc<Mutex<()>>;

impl<C> Publisher<C> {
    pub(crate) fn new(live: &Live<C>) -> Self {
        Self {
            shared: Arc::downgrade(&live.shared),
            visit: Arc::clone(&live.shared.visit),
        }
    }

    /// Does something short with what readers share, unless there are none left.
    fn with<R>(&self, act: impl FnOnce(&Shared<C>) -> R) -> Option<R> {
        let visit = self.visit.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = self.shared.upgrade()?;
        let done = act(&shared);
        // The last reader may have gone meanwhile: then what it saw ends here.
        let last = Arc::into_inner(shared);
        drop(visit);
        drop_contained(last);
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
        self.publish_but_for(None, next);
    }

    /// The same of a version in which something is bad, and shows what it was before.
    pub(crate) fn publish_but_for(
        &self,
        rejection: Option<Arc<Rejection>>,
        mut next: Versioned<C>,
    ) {
        let old = self.with(|shared| {
            let mut old = None;
            shared.signal.send_if_modified(|signal| {
                if signal.stopped {
                    return false;
                }
                let version = next.about.version;
                next.swap = signal.newest.swap + 1;
                let next = Arc::new(next);
                let shown = shared.current.swap(Arc::clone(&next));
                shared.swaps.store(next.swap, Ordering::Release);
                shared.status.send_modify(|status| {
                    status.version = version;
                    status.origin = Origin::Server;
                    status.saw(version);
                    status.rejection = rejection;
                });
                old = Some((shown, mem::replace(&mut signal.newest, next)));
                true
            });
            old
        });
        drop_contained(old);
    }

    /// Nothing comes any more. Only the first reason counts.
    pub(crate) fn stop(&self, reason: StopReason) {
        self.with(|shared| {
            shared.signal.send_if_modified(|signal| {
                if mem::replace(&mut signal.stopped, true) {
                    return false;
                }
                shared.is_over.store(true, Ordering::Release);
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
        self.with(|shared| Snapshot::of(shared.current.load_full()))
    }

    /// What the status says now; `None` when there are no readers left.
    #[cfg(feature = "testing")]
    pub(crate) fn status(&self) -> Option<Status> {
        self.with(|shared| shared.status.borrow().clone())
    }

    /// Says who wrote `version`, if readers see that.
    pub(crate) fn attribute(&self, version: i32, written: &Written) {
        if let Some(current) = self.current() {
            if current.version() == version {
                // Already known is as good.
                let _known = current.about().written.set(written.clone());
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
    use crate::live::Stopped;

    fn version(version: i32) -> Versioned<i32> {
        Versioned::numbered(version, version * 10)
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

    /// The watch is there for as long as it drops what was shown before.
    #[cfg(feature = "client")]
    #[tokio::test]
    async fn a_shutdown_waits_for_a_publisher_that_is_about_its_work() {
        use std::{sync::Barrier, thread};

        struct Slow(Option<Arc<Barrier>>);

        impl Drop for Slow {
            fn drop(&mut self) {
                if let Some(begins_and_ends) = &self.0 {
                    begins_and_ends.wait();
                    begins_and_ends.wait();
                }
            }
        }

        let begins_and_ends = Arc::new(Barrier::new(2));
        let slow = Slow(Some(Arc::clone(&begins_and_ends)));
        let live = Live::new(Versioned::before_any(slow), Phase::Following);
        let publisher = Publisher::new(&live);
        let (hold, running) = Hold::of_a_test();
        publisher.follow(hold);
        let work = thread::spawn(move || publisher.publish(Versioned::before_any(Slow(None))));
        begins_and_ends.wait();
        let mut shutdown = tokio_test::task::spawn(live.shutdown());
        assert!(shutdown.poll().is_pending());
        begins_and_ends.wait();
        work.join().expect("no panic");
        drop(running);
        assert!(shutdown.poll().is_ready());
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
}
