//! Observers of a value that a test swaps.

mod interleavings;

use tokio_test::task::spawn;

use crate::{
    live::{Live, Publisher, Stopped},
    snapshot::Versioned,
    status::{Phase, StopReason},
};

pub(super) fn live<C>(first: C) -> (Publisher<C>, Live<C>) {
    let live = Live::new(Versioned::numbered(1, first), Phase::Following);
    (Publisher::new(&live), live)
}

#[tokio::test]
async fn a_clone_starts_from_what_readers_see_when_it_is_made() {
    let (publisher, mut first) = live(10);
    publisher.publish(Versioned::numbered(2, 20));
    let mut clone = first.clone();
    assert_eq!(first.changed().await.unwrap().version(), 2);
    let mut changed = spawn(clone.changed());
    assert!(changed.poll().is_pending(), "it was made after that");
    publisher.publish(Versioned::numbered(3, 30));
    assert!(changed.is_woken() && changed.poll().is_ready());
}

#[tokio::test]
async fn a_condition_is_looked_at_before_there_is_any_news() {
    let (publisher, live) = live(10);
    assert_eq!(*live.wait_for(|value| *value == 10).await.unwrap(), 10);
    let mut waits = spawn(live.wait_for(|value| *value > 20));
    assert!(waits.poll().is_pending());
    publisher.publish(Versioned::numbered(2, 20));
    assert!(waits.is_woken() && waits.poll().is_pending());
    publisher.publish(Versioned::numbered(3, 30));
    assert_eq!(waits.await.unwrap().version(), 3);
}

#[tokio::test]
async fn what_can_not_come_any_more_is_not_waited_for() {
    let (publisher, live) = live(10);
    let waits = spawn(live.wait_for(|value| *value > 10));
    publisher.stop(StopReason::Ended);
    assert_eq!(waits.await.map(|_| ()), Err(Stopped));
    let fixed = Live::fixed(10);
    assert_eq!(
        fixed.wait_for(|value| *value > 10).await.map(|_| ()),
        Err(Stopped)
    );
    let part = fixed.map(|value| value / 10);
    assert_eq!(
        part.wait_for(|part| *part == 0).await.map(|_| ()),
        Err(Stopped)
    );
    assert_eq!(*part.wait_for(|part| *part == 1).await.unwrap(), 1);
}

#[tokio::test]
async fn a_part_that_stays_is_no_change() {
    let (publisher, live) = live((1, "a"));
    let mut part = live.map(|(number, _)| *number);
    let mut clone = part.clone();
    publisher.publish(Versioned::numbered(2, (1, "b")));
    {
        let mut changed = spawn(part.changed());
        assert!(changed.poll().is_pending());
        publisher.publish(Versioned::numbered(3, (1, "c")));
        assert!(changed.poll().is_pending());
    }
    publisher.publish(Versioned::numbered(4, (2, "c")));
    assert_eq!(part.get(), 2);
    for part in [&mut part, &mut clone] {
        let new = part.changed().await.unwrap();
        assert_eq!((*new, new.version()), (2, 4));
    }
    // There and back again is none.
    publisher.publish(Versioned::numbered(5, (3, "c")));
    publisher.publish(Versioned::numbered(6, (2, "c")));
    assert!(spawn(part.changed()).poll().is_pending());
}

/// The runtime has one thread for calls, and that is taken.
#[cfg(feature = "client")]
#[test]
fn a_call_that_has_not_begun_when_its_guard_goes_never_begins() {
    use super::{CallbackGuard, observer::Whole, *};

    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let taken = tokio::task::spawn_blocking(move || gate.recv());
        let (publisher, live) = live(10);
        let (told, heard) = std::sync::mpsc::channel();
        let observer = Observer::new(&live, Whole);
        let handle = tokio::runtime::Handle::current();
        let guard = CallbackGuard::on_change(Some(&handle), "a test", observer, move |_| {
            told.send(()).unwrap();
        });
        publisher.publish(Versioned::numbered(2, 20));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        drop(guard);
        open.send(()).unwrap();
        taken.await.unwrap().unwrap();
        // Calls have their turn in order.
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        assert!(heard.try_recv().is_err());
    });
}
