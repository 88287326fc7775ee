//! Being told of what a `Live` shows.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use decree_dev::{
    DevServer,
    faults::{EventFault, Fault},
};
use decree_runtime::{Change, Client, DecreeConfig, Live, Phase, Stopped, WaitError};
use support::{LetGo, Trap, by_hand, client, server, settle, soon, until};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

#[derive(Debug, DecreeConfig)]
struct Pay {
    #[decree(key = "pay.fee", default = 0)]
    fee: i8,
    #[decree(key = "pay.retries", default = 3)]
    retries: i64,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn pay(server: &DevServer) -> (Client, Live<Pay>) {
    let client = client(server);
    let live = client.live("acme").await.expect("readable");
    settle().await;
    (client, live)
}

fn set(server: &DevServer, path: &str, value: i64) -> i32 {
    let version = server.set("acme", path, &value.to_string());
    version.expect("written")
}

fn set_fee(server: &DevServer, fee: i64) -> i32 {
    set(server, "pay.fee", fee)
}

fn paths<T>(change: &Change<T>) -> Vec<&str> {
    change.paths().collect()
}

#[tokio::test(start_paused = true)]
async fn a_change_names_the_fields_the_author_and_the_time() {
    let server = server().await;
    let (_client, live) = pay(&server).await;
    let mut changes = live.changes();
    let version = set_fee(&server, 7);
    let change = soon(changes.next()).await.expect("a change");
    assert_eq!((change.old.fee, change.new.fee, change.swaps), (0, 7, 1));
    assert_eq!(change.new.version(), version);
    assert_eq!(paths(&change), ["pay.fee"]);
    let written = change.new.written().expect("the event says who");
    assert_eq!(written.by, "decree-dev");
    assert!(written.at.expect("and when") <= SystemTime::now());

    // A version of another field is a version all the same; of several, all are named.
    let banner = server.set("acme", "pay.banner", "hi").expect("written");
    live.wait_for_version(banner, MINUTE).await.expect("shown");
    let other = soon(changes.next()).await.expect("a change");
    assert_eq!((other.old.version(), paths(&other)), (version, vec![]));
    let both = [("pay.fee", "8"), ("pay.retries", "5")];
    server.set_many("acme", &both).expect("written");
    let change = soon(changes.next()).await.expect("a change");
    assert_eq!(paths(&change), ["pay.fee", "pay.retries"]);
    server.set_null("acme", "pay.fee").expect("written");
    let change = soon(changes.next()).await.expect("a change");
    assert_eq!((paths(&change), change.new.fee), (vec!["pay.fee"], 0));

    // Who is told of a rollback before anybody knows who did it learns that later.
    let back = server.rollback("acme", version).expect("written");
    live.wait_for_version(back, MINUTE).await.expect("shown");
    let change = soon(changes.next()).await.expect("a change");
    until(|| change.new.written().is_some()).await;
}

#[tokio::test(start_paused = true)]
async fn who_is_slow_gets_several_as_one_and_is_told_how_many() {
    let server = server().await;
    let (_client, live) = pay(&server).await;
    let mut slow = live.changes();
    let mut part = live.map(|pay| pay.retries).changes();
    let mut fast = live.changes();
    for fee in 1..=3 {
        set_fee(&server, fee);
        soon(fast.next()).await.expect("a change");
    }
    let change = soon(slow.next()).await.expect("a change");
    assert_eq!((change.old.fee, change.new.fee, change.swaps), (0, 3, 3));
    assert!(timeout(MINUTE, part.next()).await.is_err(), "it stayed");

    // There and back again is two versions, and no field.
    for fee in [4, 3] {
        set_fee(&server, fee);
        soon(fast.next()).await.expect("a change");
    }
    let change = soon(slow.next()).await.expect("a change");
    assert_eq!((paths(&change), change.swaps), (vec![], 2));

    set(&server, "pay.retries", 5);
    let change = soon(part.next()).await.expect("a change");
    assert_eq!((*change.old, *change.new), (3, 5));
    assert_eq!(paths(&change), ["pay.fee", "pay.retries"], "since the old");
}

#[tokio::test(start_paused = true)]
async fn who_observes_keeps_the_watch_running_and_is_told_the_last_before_the_end() {
    let server = server().await;
    let (client, live) = pay(&server).await;
    let mut changes = live.changes();
    let guard = live.on_change(|_| ());
    let stale = live.on_stale(MINUTE, |_| ());
    let part = live.map(|pay| pay.fee);
    drop((live, guard, stale, part));
    settle().await;
    assert_eq!(server.subscribers(), 1);
    set_fee(&server, 7);
    soon(changes.next()).await.expect("it runs");
    drop(changes);
    until(|| server.subscribers() == 0).await;

    let live: Live<Pay> = client.live("acme").await.expect("readable");
    settle().await;
    let mut changes = live.changes();
    set_fee(&server, 8);
    until(|| live.load().fee == 8).await;
    client.close().await;
    let last = changes.next().await.expect("it is never lost");
    assert_eq!(last.new.fee, 8);
    assert!(changes.next().await.is_none());
    assert!(changes.next().await.is_none(), "also when asked again");
    let never = live.wait_for(|pay| pay.fee == 9).await;
    assert_eq!(never.map(|_| ()), Err(Stopped));
}

static BLOCKED: Trap = Trap::new();

#[tokio::test(start_paused = true)]
async fn a_callback_that_blocks_delays_nobody() {
    let _end = LetGo(&BLOCKED);
    let server = server().await;
    let (_client, live) = pay(&server).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let guard = live.on_change(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        BLOCKED.stay();
    });
    let fee = Arc::new(AtomicI64::new(0));
    let shown = Arc::clone(&fee);
    let _other = live.on_change(move |change| {
        shown.store(change.new.fee.into(), Ordering::SeqCst);
    });
    set_fee(&server, 1);
    by_hand(|| BLOCKED.has_sprung()).await;
    // However fast the clock is moved past the threads: all this comes to pass while it blocks.
    let start = Instant::now();
    let mut next = 2;
    while start.elapsed() < MINUTE {
        set_fee(&server, next);
        by_hand(|| i64::from(live.load().fee) == next).await;
        by_hand(|| fee.load(Ordering::SeqCst) == next).await;
        let pause = Instant::now();
        by_hand(|| pause.elapsed() >= Duration::from_secs(5)).await;
        next += 1;
    }
    assert_eq!(live.status().phase, Phase::Following);
    assert_eq!(calls.load(Ordering::SeqCst), 1, "one at a time");

    // The guard goes while it runs: nothing that came meanwhile is told.
    drop(guard);
    BLOCKED.let_go();
    set_fee(&server, 100);
    until(|| fee.load(Ordering::SeqCst) == 100).await;
    settle().await;
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(Arc::strong_count(&calls), 1, "nothing of it is left");
}

#[tokio::test(start_paused = true)]
async fn a_callback_and_a_projection_that_panic_are_called_again() {
    let server = server().await;
    let (_client, live) = pay(&server).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let calls = Arc::clone(&told);
    let part = live.map(|pay| {
        assert!(pay.fee != 2, "no projection of it");
        pay.fee
    });
    let _guard = part.on_change(move |change| {
        let call = (*change.old, *change.new);
        calls.lock().expect("no panic").push(call);
        assert!(*change.new != 1, "one is too many");
    });
    for fee in 1..=3 {
        set_fee(&server, fee);
        until(|| i64::from(live.load().fee) == fee).await;
        settle().await;
    }
    assert_eq!(*told.lock().expect("no panic"), [(0, 1), (1, 3)]);
}

/// The number of waiters of the promise.
const WAITERS: usize = 10_000;

async fn wait(live: &Live<Pay>, version: i32) -> Result<i32, WaitError> {
    let waited = live.wait_for_version(version, MINUTE).await;
    waited.map(|shown| shown.version())
}

#[tokio::test(start_paused = true)]
async fn a_version_that_no_event_told_of_is_shown_to_all_who_wait_by_one_read() {
    let server = server().await;
    let (_client, live) = pay(&server).await;
    let first = set_fee(&server, 7);
    soon(wait(&live, first)).await.expect("shown");
    set_fee(&server, 8);
    until(|| live.load().fee == 8).await;
    sleep(Duration::from_secs(1)).await;

    let reads = server.calls("GetConfig");
    let back = server.rollback("acme", first).expect("written");
    let mut waiting = JoinSet::new();
    for _ in 0..WAITERS {
        let live = live.clone();
        waiting.spawn(async move { wait(&live, back).await });
    }
    let all = soon(waiting.join_all()).await;
    assert!(
        all.into_iter()
            .all(|shown| shown.is_ok_and(|it| it == back))
    );
    assert_eq!((live.load().fee, server.calls("GetConfig")), (7, reads + 1));

    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));
    let lost = set_fee(&server, 9);
    let shown = soon(wait(&live, lost)).await;
    assert_eq!(shown.expect("shown"), lost);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_what_is_not_written_yet_holds_up_nothing() {
    let server = server().await;
    let (_client, live) = pay(&server).await;
    let reads = server.calls("GetConfig");
    let next = live.version() + 1;
    let waits = tokio::spawn({
        let live = live.clone();
        async move { wait(&live, next).await }
    });
    sleep(Duration::from_secs(10)).await;
    assert_eq!(server.calls("GetConfig"), reads + 1, "one look");
    set_fee(&server, 7);
    sleep(Duration::from_millis(100)).await;
    assert!(waits.is_finished(), "the event is as good as ever");

    // Nor does whoever asks for it again and again.
    let reads = server.calls("GetConfig");
    for _ in 0..1_000 {
        let never = live
            .wait_for_version(next + 5, Duration::from_millis(10))
            .await;
        assert!(matches!(never, Err(WaitError::TimedOut { .. })));
    }
    let reads = server.calls("GetConfig") - reads;
    assert!(reads <= 12, "{reads} reads in ten seconds");
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_refused_is_told_at_once() {
    let server = server().await;
    let (_client, live) = pay(&server).await;
    let bad = set_fee(&server, 300);
    let error = soon(wait(&live, bad)).await.expect_err("300 is no i8");
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("version {bad} is not shown: ")),
        "{text}"
    );
    assert!(
        text.contains("`pay.fee` is bad since version 1, by decree-dev"),
        "{text}"
    );
    let WaitError::Rejected { wanted, rejection } = error else {
        panic!("{error:?}");
    };
    assert_eq!(
        (wanted, rejection.error.version(), rejection.stays),
        (bad, bad, 0)
    );

    // One that is overtaken by a bad one is not shown either; one that heals it is.
    let next = set(&server, "pay.retries", 5);
    soon(wait(&live, next))
        .await
        .expect_err("the fee is still bad");
    let good = set_fee(&server, 7);
    assert_eq!(soon(wait(&live, good)).await.expect("shown"), good);
    assert_eq!(soon(wait(&live, bad)).await.expect("a later one is"), good);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_does_not_come_is_told_with_what_is_known() {
    let server = server().await;
    let (client, live) = pay(&server).await;
    let ten = Duration::from_secs(10);
    let start = Instant::now();
    let error = live
        .wait_for_version(5, ten)
        .await
        .expect_err("not written");
    assert!(start.elapsed() >= ten && start.elapsed() < ten + Duration::from_secs(1));
    assert_eq!(
        error.to_string(),
        "version 5 is not shown after 10s: readers see version 0; the server is followed: is this \
         the tenant, and was that version written?"
    );
    server.kill().await;
    let error = live
        .wait_for_version(5, ten)
        .await
        .expect_err("nobody answers");
    let WaitError::TimedOut { status, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(status.phase, Phase::Recovering);
    let trouble = &status.trouble.as_ref().expect("it is down").message;
    assert!(error.to_string().contains(trouble.as_str()), "{error}");

    let waits = tokio::spawn({
        let live = live.clone();
        async move { wait(&live, 5).await }
    });
    tokio::task::yield_now().await;
    client.close().await;
    let error = soon(waits).await.expect("no panic").expect_err("the end");
    assert_eq!(
        error.to_string(),
        "version 5 is not shown: the watch was ended, and version 0 stays"
    );
    assert!(matches!(
        soon(wait(&live, 5)).await,
        Err(WaitError::Stopped { .. })
    ));
    let fixed = Live::fixed(7);
    let fixed = soon(fixed.wait_for_version(1, MINUTE)).await;
    assert!(matches!(fixed, Err(WaitError::Fixed { wanted: 1 })));
}

#[tokio::test(start_paused = true)]
async fn old_values_are_told_once_until_they_are_fresh_again() {
    let server = server().await;
    let (client, live) = pay(&server).await;
    let after = 5 * MINUTE;
    let told = Arc::new(Mutex::new(Vec::new()));
    let calls = Arc::clone(&told);
    let guard = live.on_stale(after, move |status| {
        calls.lock().expect("no panic").push(status.staleness());
    });
    let times = || told.lock().expect("no panic").len();
    sleep(12 * MINUTE).await;
    assert_eq!(times(), 0, "it is confirmed twice a minute");
    for round in 1..=2 {
        server.kill().await;
        let just_before = live.status().staleness() + Duration::from_millis(1);
        sleep(after.checked_sub(just_before).expect("it is fresh")).await;
        assert_eq!(times(), round - 1);
        sleep(Duration::from_millis(2)).await;
        until(|| times() == round).await;
        sleep(20 * MINUTE).await;
        assert_eq!(times(), round, "once");
        server.revive().await.expect("it was only down");
        sleep(MINUTE).await;
    }
    // The end is a time from which nothing is fresh any more.
    client.close().await;
    sleep(12 * MINUTE).await;
    until(|| times() == 3).await;
    for staleness in &*told.lock().expect("no panic") {
        assert!(*staleness >= after && *staleness < after + Duration::from_secs(1));
    }
    drop(guard);
    until(|| Arc::strong_count(&told) == 1).await;
}
