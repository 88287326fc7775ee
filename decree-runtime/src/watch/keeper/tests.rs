//! When something is stored, on a disk that a test plays.

use std::sync::{
    Condvar, Mutex,
    atomic::{AtomicBool, Ordering},
};

use tokio::time::{advance, sleep};

use super::*;
use crate::reading::Reading;

#[derive(Default)]
struct Played {
    /// The versions that were stored.
    stored: Mutex<Vec<i32>>,
    full: AtomicBool,
    asked: AtomicBool,
    /// While it is set no store returns.
    hangs: Mutex<bool>,
    answers: Condvar,
}

impl Disk for Played {
    fn store(&self, kept: &Kept, _: SystemTime) -> io::Result<()> {
        self.asked.store(true, Ordering::SeqCst);
        let mut hangs = self.hangs.lock().unwrap();
        while *hangs {
            hangs = self.answers.wait(hangs).unwrap();
        }
        if self.full.load(Ordering::SeqCst) {
            return Err(io::Error::other("no room"));
        }
        self.stored.lock().unwrap().push(kept.look.answer.version);
        Ok(())
    }
}

impl Played {
    fn stored(&self) -> Vec<i32> {
        self.stored.lock().unwrap().clone()
    }

    fn hang(&self, hangs: bool) {
        *self.hangs.lock().unwrap() = hangs;
        self.answers.notify_all();
    }
}

fn kept(version: i32) -> Kept {
    Kept {
        look: Arc::new(Look::new(Reading::of_nothing(version), Instant::now())),
        paths: BTreeSet::new(),
        secret: BTreeSet::new(),
        written: None,
        confirmed: Instant::now(),
    }
}

fn confirmed_now(kept: &Kept) -> Kept {
    Kept {
        confirmed: Instant::now(),
        ..kept.clone()
    }
}

fn keeper() -> (Arc<Played>, Keeper) {
    let disk = Arc::new(Played::default());
    (Arc::clone(&disk), Keeper::start(disk))
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[tokio::test(start_paused = true)]
async fn of_a_storm_of_versions_one_in_five_seconds_is_stored_and_the_last_one() {
    let (disk, keeper) = keeper();
    for version in 1..=1_000 {
        keeper.keep(kept(version));
        sleep(Duration::from_millis(20)).await;
    }
    // In 20 s: at once, and after each 5.
    let during = disk.stored();
    assert!(during.len() <= 5 && during[0] == 1, "{during:?}");
    sleep(secs(5)).await;
    assert_eq!(disk.stored().last(), Some(&1_000));
}

#[tokio::test(start_paused = true)]
async fn what_stays_is_stored_again_once_the_server_has_confirmed_it_for_ten_minutes() {
    let (disk, keeper) = keeper();
    let one = kept(1);
    keeper.keep(one.clone());
    // The server is away: nothing is younger than it was.
    sleep(secs(3_600)).await;
    assert_eq!(disk.stored(), [1]);
    for _ in 0..60 {
        keeper.keep(confirmed_now(&one));
        sleep(secs(30)).await;
    }
    // At once, and after 10 and 20 min.
    let stored = disk.stored().len() - 1;
    assert!((3..=4).contains(&stored), "{stored}");
}

#[tokio::test(start_paused = true)]
async fn more_paths_or_an_author_are_news() {
    let (disk, keeper) = keeper();
    let one = kept(1);
    keeper.keep(one.clone());
    sleep(secs(5)).await;
    let more = Kept {
        paths: BTreeSet::from(["a".into()]),
        ..one.clone()
    };
    keeper.keep(more.clone());
    sleep(secs(5)).await;
    let secret = Kept {
        secret: more.paths.clone(),
        ..more
    };
    keeper.keep(secret.clone());
    sleep(secs(5)).await;
    keeper.keep(Kept {
        written: Some(Written {
            by: "alice".to_owned(),
            at: None,
        }),
        ..secret
    });
    sleep(secs(5)).await;
    assert_eq!(disk.stored(), [1; 4]);
}

#[tokio::test(start_paused = true)]
async fn the_end_stores_what_is_left_and_no_more() {
    let (disk, keeper) = keeper();
    let one = kept(1);
    keeper.keep(one.clone());
    sleep(secs(1)).await;
    keeper.keep(kept(2));
    keeper.end().await;
    assert_eq!(disk.stored(), [1, 2]);

    let (disk, keeper) = self::keeper();
    keeper.keep(one.clone());
    sleep(secs(1)).await;
    keeper.end().await;
    assert_eq!(disk.stored(), [1], "nothing is new");

    let (disk, keeper) = self::keeper();
    keeper.keep(one.clone());
    sleep(secs(1)).await;
    keeper.keep(confirmed_now(&one));
    keeper.end().await;
    assert_eq!(disk.stored(), [1, 1], "it was confirmed since");
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_is_a_status_until_there_is_room() {
    let (disk, mut keeper) = keeper();
    disk.full.store(true, Ordering::SeqCst);
    keeper.keep(kept(1));
    let status = keeper.changed().await;
    assert_eq!(status.trouble.as_deref(), Some("no room"));
    assert_eq!((status.version, status.stored_at), (None, None));
    disk.full.store(false, Ordering::SeqCst);
    let start = Instant::now();
    let status = keeper.changed().await;
    assert_eq!((status.version, status.trouble), (Some(1), None));
    assert!(status.stored_at.is_some() && start.elapsed() <= secs(61));
}

/// Under the real clock: the paused one stands still while a thread blocks.
#[tokio::test]
async fn a_disk_that_hangs_does_not_hold_up_the_end_for_long() {
    let (disk, keeper) = keeper();
    disk.hang(true);
    keeper.keep(kept(1));
    tokio::task::yield_now().await;
    let start = Instant::now();
    keeper.end().await;
    let took = start.elapsed();
    assert!((secs(1)..secs(5)).contains(&took), "{took:?}");
    // Else the runtime waits for the thread.
    disk.hang(false);
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_hangs_is_told_of_and_what_came_meanwhile_is_stored() {
    let (disk, mut keeper) = keeper();
    disk.hang(true);
    keeper.keep(kept(1));
    // Until its limit in time is set.
    while !disk.asked.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    advance(secs(11)).await;
    let status = keeper.changed().await;
    let trouble = status.trouble.unwrap();
    assert!(trouble.contains("not answered for 10s"), "{trouble}");
    keeper.keep(kept(2));
    keeper.keep(kept(3));
    disk.hang(false);
    let status = keeper.changed().await;
    assert_eq!((status.version, status.trouble), (Some(1), None));
    sleep(secs(6)).await;
    assert_eq!(disk.stored(), [1, 3]);
}
