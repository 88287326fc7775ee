//! Code of the application that panics or does not return, and a runtime that goes: the watch goes
//! on, or says that it does not.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod support;

use std::time::Duration;

use decree_dev::DevServer;
use decree_runtime::{
    DecreeConfig, FromValue, Kind, Live, Mismatch, Phase, Status, StopReason, Stopped, Value,
};
use support::{LetGo, Trap, by_hand, client, server, settle, soon, until};
use tokio::time::{Instant, sleep};

/// A fee, and what its conversion and its drop do.
macro_rules! leaf {
    ($name:ident, $convert:expr, $drop:expr) => {
        #[derive(Debug)]
        struct $name(i64);

        impl FromValue for $name {
            const KINDS: &'static [Kind] = <i64 as FromValue>::KINDS;

            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                let number = i64::from_value(value)?;
                $convert(number);
                Ok(Self(number))
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                $drop(self.0);
            }
        }
    };
}

fn nothing(_: i64) {}

#[derive(Debug, DecreeConfig)]
struct Plain {
    #[decree(key = "pay.fee", default = 0)]
    fee: i64,
}

async fn two<C: DecreeConfig>(server: &DevServer) -> (Live<C>, Live<Plain>) {
    server.set("acme", "pay.fee", "1").expect("written");
    let client = client(server);
    let odd = client.live("acme").await.expect("readable");
    let plain = client.live("acme").await.expect("readable");
    settle().await;
    (odd, plain)
}

fn set(server: &DevServer, fee: i64) -> i32 {
    let version = server.set("acme", "pay.fee", &fee.to_string());
    version.expect("written")
}

static STUCK_CONVERSION: Trap = Trap::new();
leaf!(
    Slow,
    |fee| if fee == 13 {
        STUCK_CONVERSION.stay();
    },
    nothing
);

#[derive(Debug, DecreeConfig)]
struct SlowPay {
    #[decree(key = "pay.fee")]
    fee: Slow,
}

#[tokio::test(start_paused = true)]
async fn a_conversion_that_does_not_return_is_reported_and_holds_up_nobody_else() {
    let _end = LetGo(&STUCK_CONVERSION);
    let server = server().await;
    let (slow, plain) = two::<SlowPay>(&server).await;
    let stuck = set(&server, 13);
    by_hand(|| plain.load().fee == 13).await;
    by_hand(|| STUCK_CONVERSION.has_sprung() && slow.status().deciding.is_some()).await;
    let deciding = slow.status().deciding.expect("it was said");
    assert_eq!(deciding.version, stuck);
    assert!(deciding.elapsed() >= Duration::from_secs(1));
    assert_eq!(slow.load().fee.0, 1, "the last good version stays");
    by_hand(|| plain.status().deciding.is_none()).await;
    // The others go on, however long it takes.
    for fee in 14..20 {
        set(&server, fee);
        by_hand(|| plain.load().fee == fee).await;
    }
    assert_eq!(slow.load().fee.0, 1);

    STUCK_CONVERSION.let_go();
    by_hand(|| slow.load().fee.0 == 19 && slow.status().deciding.is_none()).await;
    set(&server, 20);
    until(|| slow.load().fee.0 == 20).await;
}

static STUCK_DROP: Trap = Trap::new();
leaf!(Heavy, nothing, |fee| if fee == 1 {
    STUCK_DROP.stay();
});

#[derive(Debug, DecreeConfig)]
struct HeavyPay {
    #[decree(key = "pay.fee")]
    fee: Heavy,
}

#[tokio::test(start_paused = true)]
async fn a_drop_that_does_not_return_is_reported_and_holds_up_nobody_else() {
    let _end = LetGo(&STUCK_DROP);
    let server = server().await;
    let (heavy, plain) = two::<HeavyPay>(&server).await;
    set(&server, 2);
    by_hand(|| heavy.load().fee.0 == 2 && STUCK_DROP.has_sprung()).await;
    by_hand(|| heavy.status().deciding.is_some()).await;
    set(&server, 3);
    by_hand(|| plain.load().fee == 3).await;
    // To end does not take for ever either; the thread is the application's from then on.
    let ending = tokio::spawn(heavy.shutdown());
    by_hand(|| ending.is_finished()).await;
    let ending = tokio::spawn(plain.shutdown());
    by_hand(|| ending.is_finished()).await;
}

leaf!(
    Angry,
    |fee| assert!(fee != 13, "out of cheese"),
    |fee| assert!(fee != 15, "no drop of it")
);

#[derive(Debug, DecreeConfig)]
struct AngryPay {
    #[decree(key = "pay.fee")]
    fee: Angry,
}

#[tokio::test(start_paused = true)]
async fn a_conversion_that_panics_rejects_its_version_and_a_drop_that_panics_is_over_it() {
    let server = server().await;
    let (angry, plain) = two::<AngryPay>(&server).await;
    let bad = set(&server, 13);
    until(|| plain.load().fee == 13).await;
    until(|| angry.status().rejection.is_some()).await;
    let rejection = angry.status().rejection.expect("it was said");
    assert_eq!(rejection.error.version(), bad);
    assert!(rejection.error.to_string().contains("out of cheese"));
    assert_eq!(angry.load().fee.0, 1);
    // Two heal it; the drop of the second panics.
    for fee in [14, 15, 16, 17] {
        set(&server, fee);
        until(|| angry.load().fee.0 == fee && plain.load().fee == fee).await;
        let Status {
            rejection, phase, ..
        } = angry.status();
        assert!(rejection.is_none() && phase == Phase::Following);
    }
}

#[test]
fn a_runtime_that_goes_is_told() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let (mut live, mut changes, watcher, unseen) = runtime.block_on(async {
        let server = server().await;
        let (live, _) = two::<Plain>(&server).await;
        let changes = live.status_changes();
        let watcher = client(&server).watch("acme").expect("a name");
        watcher.start().await.expect("readable");
        // It comes too late for the watch to see it.
        let unseen = watcher.field("pay.fee", 0);
        (live, changes, watcher, unseen)
    });
    assert_eq!(live.status().phase, Phase::Following);
    drop(runtime);
    let status = live.status();
    assert_eq!(status.phase, Phase::Stopped);
    assert_eq!(status.stopped, Some(StopReason::RuntimeGone));
    assert_eq!(live.load().fee, 1);
    // Who comes as it goes, or after that, learns it, too.
    for field in [unseen, watcher.field("pay.fee", 0)] {
        assert_eq!(field.status().stopped, Some(StopReason::RuntimeGone));
        assert_eq!(field.get(), 1);
    }
    let other = tokio::runtime::Builder::new_current_thread().build();
    other.expect("a runtime").block_on(async {
        let last = changes.next().await.expect("the last status");
        assert_eq!(last.stopped, Some(StopReason::RuntimeGone));
        assert!(changes.next().await.is_none());
        assert!(matches!(live.changed().await, Err(Stopped)));
    });
}

#[tokio::test(start_paused = true)]
async fn the_status_is_a_stream() {
    let server = server().await;
    set(&server, 1);
    let client = client(&server);
    let live: Live<Plain> = client.live("acme").await.expect("readable");
    let mut changes = live.status_changes();
    let first = soon(changes.next()).await.expect("the status now");
    assert_eq!((first.phase, first.version), (Phase::Following, 1));
    let version = set(&server, 2);
    let mut news = soon(changes.next()).await.expect("it goes on");
    while news.version != version {
        news = soon(changes.next()).await.expect("it goes on");
    }
    assert!(first.verified_at() <= news.verified_at());
    server.kill().await;
    while news.phase != Phase::Recovering {
        news = changes.next().await.expect("it goes on");
    }
    let trouble = news.trouble.clone().expect("it says what is wrong");
    assert_eq!(trouble.code, None, "nobody said anything: {trouble:?}");
    server.revive().await.expect("it was only down");
    while news.phase != Phase::Following || news.trouble.is_some() {
        news = changes.next().await.expect("it goes on");
    }
    assert!(news.last_trouble.is_some(), "it is remembered");
    // The watch ends, and the handle stays.
    client.close().await;
    while news.stopped.is_none() {
        news = changes.next().await.expect("the last one is never lost");
    }
    let end = (news.phase, news.stopped);
    assert_eq!(end, (Phase::Stopped, Some(StopReason::Ended)));
    assert!(changes.next().await.is_none());
    drop(live);
}

static LEFT_CONVERSION: Trap = Trap::new();
leaf!(
    Left,
    |fee| if fee == 13 {
        LEFT_CONVERSION.stay();
    },
    nothing
);

#[derive(Debug, DecreeConfig)]
struct LeftPay {
    #[decree(key = "pay.fee")]
    fee: Left,
}

#[tokio::test(start_paused = true)]
async fn a_conversion_that_does_not_return_holds_up_nobody_when_its_reader_has_gone() {
    let _end = LetGo(&LEFT_CONVERSION);
    let server = server().await;
    let (left, plain) = two::<LeftPay>(&server).await;
    set(&server, 13);
    by_hand(|| LEFT_CONVERSION.has_sprung()).await;
    assert_eq!(left.load().fee.0, 1, "the last good version stays");
    drop(left);
    // A probe looks for those who have gone.
    let start = Instant::now();
    by_hand(|| start.elapsed() > Duration::from_secs(35)).await;
    for fee in 14..20 {
        set(&server, fee);
        by_hand(|| plain.load().fee == fee).await;
    }
}

leaf!(Default7, nothing, |fee| assert!(fee != 7, "no drop of it"));

#[tokio::test(start_paused = true)]
async fn a_default_whose_drop_panics_takes_nobody_along() {
    let server = server().await;
    server.set("acme", "pay.fee", "1").expect("written");
    let client = client(&server);
    let watcher = client.watch("acme").expect("a name");
    let fields = ["pay.fee", "pay.limit"].map(|path| watcher.field(path, Default7(7)));
    watcher.start().await.expect("readable");
    let plain: Live<Plain> = client.live("acme").await.expect("readable");
    settle().await;
    drop((fields, watcher));
    // A probe looks for those who have gone.
    sleep(Duration::from_secs(70)).await;
    assert_eq!(plain.status().phase, Phase::Following);
    set(&server, 2);
    until(|| plain.load().fee == 2).await;
}

static TAKEN: Trap = Trap::new();

/// The last good version stays, and the status says why.
#[test]
fn a_runtime_without_a_thread_for_conversions_is_told() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let _end = LetGo(&TAKEN);
        let server = server().await;
        let (live, _) = two::<Plain>(&server).await;
        let taken = tokio::task::spawn_blocking(|| TAKEN.stay());
        by_hand(|| TAKEN.has_sprung()).await;
        let waits = set(&server, 2);
        by_hand(|| live.status().deciding.is_some()).await;
        let deciding = live.status().deciding.expect("it was said");
        assert_eq!((deciding.version, live.load().fee), (waits, 1));
        TAKEN.let_go();
        taken.await.expect("it is over");
        until(|| live.load().fee == 2 && live.status().deciding.is_none()).await;
    });
}
