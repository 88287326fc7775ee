//! Fields that are named while the program runs.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod support;

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
    time::Duration,
};

use decree_dev::DevServer;
use decree_runtime::{
    Changes, DecodeError, ErrorKind, Field, FieldError, FromValue, Kind, Mismatch, Phase, Value,
    Watcher,
};
use futures_core::Stream;
use support::{client, server, settle, soon, until};
use tokio::time::timeout;

fn watcher(server: &DevServer) -> Watcher {
    client(server).watch("acme").expect("a name")
}

async fn started(server: &DevServer) -> Watcher {
    let watcher = watcher(server);
    watcher.start().await.expect("readable");
    watcher
}

/// A field that follows the server by a stream that is open.
async fn following(server: &DevServer, path: &str) -> (Watcher, Field<i64>) {
    let watcher = watcher(server);
    let field = watcher.field(path, 0);
    watcher.start().await.expect("readable");
    settle().await;
    (watcher, field)
}

fn set(server: &DevServer, path: &str, value: &str) -> i32 {
    server.set("acme", path, value).expect("written")
}

#[tokio::test(start_paused = true)]
async fn a_field_shows_its_default_until_the_start_and_is_current_after_it() {
    let server = server().await;
    let version = set(&server, "pay.fee", "7");
    let watcher = watcher(&server);
    let field = watcher.field("pay.fee", 3_i64);
    assert_eq!(
        (field.get(), field.is_set(), field.version()),
        (3, false, 0)
    );
    assert_eq!(field.status().phase, Phase::NotStarted);
    assert_eq!(server.calls("GetConfig"), 0, "it touches no network");

    watcher.start().await.expect("readable");
    assert_eq!(field.get(), 7);
    assert_eq!((field.is_set(), field.version()), (true, version));
    assert_eq!(field.status().phase, Phase::Following);
    assert_eq!((field.path(), field.with(|fee| fee * 2)), ("pay.fee", 14));

    watcher.start().await.expect("again is harmless");
    assert_eq!(server.calls("GetConfig"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_field_that_comes_after_the_start_is_current_at_once_and_stays_so() {
    let server = server().await;
    set(&server, "pay.retries", "7");
    let (watcher, fee) = following(&server, "pay.fee").await;
    let reads = server.calls("GetConfig");
    let retries = watcher.field("pay.retries", 0_i64);
    let again = watcher.field("pay.retries", 1_i16);
    assert_eq!((retries.get(), again.get()), (7, 7));
    assert_eq!(retries.status().phase, Phase::Following);
    assert_eq!(server.calls("GetConfig"), reads);

    // The stream covers it soon.
    settle().await;
    let mut changes = retries.changes();
    set(&server, "pay.retries", "8");
    let change = soon(changes.next()).await.expect("a change");
    assert_eq!((*change.new, fee.get()), (8, 0));
    until(|| again.get() == 8).await;
}

#[tokio::test(start_paused = true)]
async fn a_field_that_comes_in_the_middle_of_a_swap_misses_nothing() {
    let server = server().await;
    let (watcher, _fee) = following(&server, "pay.fee").await;
    for round in 1..=60_i64 {
        set(&server, "pay.fee", &round.to_string());
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        let field = watcher.field("pay.fee", 0_i64);
        let mut changes = field.changes();
        while field.get() != round {
            soon(changes.next()).await.expect("a change");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn null_and_absent_are_the_default_or_none() {
    let server = server().await;
    let watcher = started(&server).await;
    let number = watcher.field("pay.fee", 3_i64);
    let option = watcher.field("pay.fee", Some(3_i64));
    let state = || {
        let sets = (number.is_set(), option.is_set());
        (number.get(), option.get(), sets)
    };
    settle().await;
    let mut changes = option.changes();
    assert_eq!(state(), (3, Some(3), (false, false)));
    set(&server, "pay.fee", "0");
    soon(changes.next()).await.expect("a change");
    assert_eq!(state(), (0, Some(0), (true, true)), "a true zero");
    server.set_null("acme", "pay.fee").expect("written");
    soon(changes.next()).await.expect("a change");
    assert_eq!(state(), (3, None, (false, false)));
}

#[tokio::test(start_paused = true)]
async fn a_bad_value_keeps_the_last_good_one_and_heals() {
    let server = server().await;
    let (watcher, _wide) = following(&server, "pay.fee").await;
    set(&server, "pay.fee", "7");
    until(|| watcher.version() == 1).await;
    let fee = watcher.field("pay.fee", 3_i8);
    assert_eq!((fee.get(), fee.version()), (7, 1));

    set(&server, "pay.fee", "300");
    until(|| fee.status().rejection.is_some()).await;
    assert_eq!((fee.get(), fee.is_set(), fee.version()), (7, true, 1));
    let rejection = fee.status().rejection.expect("300 is no i8");
    assert_eq!(rejection.error.fields()[0].path(), "pay.fee");
    let blame = &rejection.blames[0];
    assert_eq!((blame.after, blame.since), (1, 2));
    assert_eq!(blame.suspects[0].1.by, "decree-dev");

    // Whoever comes now has no good value yet.
    let late = watcher.field("pay.fee", 3_i8);
    assert_eq!((late.get(), late.is_set()), (3, false));
    assert!(late.status().rejection.is_some());

    set(&server, "pay.fee", "8");
    until(|| fee.status().rejection.is_none()).await;
    assert_eq!((fee.get(), late.get(), fee.version()), (8, 8, 3));
    assert!(late.status().rejection.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_start_names_every_field_that_does_not_fit_and_can_be_tried_again() {
    let server = server().await;
    server
        .set_many("acme", &[("pay.fee", "300"), ("pay.banner", "hi")])
        .expect("written");
    let watcher = watcher(&server);
    let fee = watcher.field("pay.fee", 3_i8);
    let retries = watcher.field("pay.retries", 3_i8);
    let banner = watcher.field("pay.banner", 0_i64);
    drop(watcher.field("pay.banner", true));
    let error = watcher.start().await.expect_err("two do not fit");
    assert_eq!(error.kind(), ErrorKind::Rejected);
    let source = std::error::Error::source(&error).expect("it says why");
    let decode: &DecodeError = source.downcast_ref().expect("bad fields");
    let bad: Vec<_> = decode.fields().iter().map(FieldError::path).collect();
    assert_eq!(bad, ["pay.fee", "pay.banner"]);
    assert_eq!((fee.get(), fee.status().phase), (3, Phase::NotStarted));

    set(&server, "pay.fee", "7");
    server.set_null("acme", "pay.banner").expect("written");
    watcher.start().await.expect("all fit");
    assert_eq!((fee.get(), retries.get(), banner.get()), (7, 3, 0));
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_says_why() {
    let server = server().await;
    let refused = client(&server).watch("a,b").expect_err("no name");
    assert_eq!(refused.kind(), ErrorKind::InvalidOption);
    let nobody = client(&server).watch("nobody").expect("a name");
    let error = nobody.start().await.expect_err("no such tenant");
    assert_eq!(error.kind(), ErrorKind::UnknownTenant);

    server.kill().await;
    let watcher = watcher(&server).start_timeout(Duration::from_secs(2));
    let error = timeout(Duration::from_secs(3), watcher.start()).await;
    let error = error.expect("it gives up").expect_err("nobody answers");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    server.revive().await.expect("the pipe is free");
    watcher.start().await.expect("readable");
}

#[tokio::test(start_paused = true)]
async fn fields_that_come_and_go_leave_nothing_behind() {
    #[derive(Clone)]
    struct Counted(Arc<()>);

    impl FromValue for Counted {
        const KINDS: &'static [Kind] = &[];

        fn from_value(value: &Value) -> Result<Self, Mismatch> {
            Err(Mismatch::new("nothing", value.to_string()))
        }
    }

    let server = server().await;
    let watcher = watcher(&server);
    let counted = Counted(Arc::default());
    let come_and_go = || {
        for _ in 0..100 {
            drop(watcher.field("pay.fee", counted.clone()));
        }
    };
    come_and_go();
    assert!(Arc::strong_count(&counted.0) <= 2, "the last, at most");
    watcher.start().await.expect("readable");
    come_and_go();
    tokio::time::sleep(Duration::from_secs(34)).await;
    assert_eq!(Arc::strong_count(&counted.0), 1);
}

#[tokio::test(start_paused = true)]
async fn a_watcher_that_is_dropped_before_its_start_ends_its_fields() {
    let server = server().await;
    let watcher = watcher(&server);
    let field = watcher.field("pay.fee", 3);
    let mut changes = field.changes();
    drop(watcher);
    assert!(changes.next().await.is_none());
    assert_eq!((field.get(), field.status().phase), (3, Phase::Stopped));
}

#[tokio::test(start_paused = true)]
async fn a_change_says_what_was_what_is_and_who_did_it() {
    let server = server().await;
    let watcher = watcher(&server);
    let fee = watcher.field("pay.fee", 3_i64);
    let mut changes = fee.changes();
    let first = set(&server, "pay.fee", "4");
    watcher.start().await.expect("readable");
    let change = changes.next().await.expect("from the default");
    assert_eq!(
        (*change.old, *change.new, change.new.version()),
        (3, 4, first)
    );
    settle().await;

    let mut later = fee.changes();
    let version = set(&server, "pay.fee", "5");
    for changes in [&mut changes, &mut later] {
        let change = soon(changes.next()).await.expect("a change");
        assert_eq!(
            (*change.old, *change.new, change.new.version()),
            (4, 5, version)
        );
        assert_eq!(
            change.new.written().expect("the event says who").by,
            "decree-dev"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_value_that_is_another_is_a_change() {
    let server = server().await;
    let (watcher, fee) = following(&server, "pay.fee").await;
    let retries = watcher.field("pay.retries", 0);
    settle().await;
    let mut changes = fee.changes();
    for value in ["1", "2"] {
        set(&server, "pay.retries", value);
        until(|| retries.get().to_string() == value).await;
    }
    assert_eq!(fee.version(), 2, "it is of that version all the same");
    let version = set(&server, "pay.fee", "7");
    until(|| fee.get() == 7).await;
    set(&server, "pay.retries", "3");
    until(|| retries.get() == 3).await;
    set(&server, "pay.fee", "7");
    until(|| fee.version() == version + 2).await;
    let change = soon(changes.next()).await.expect("a change");
    assert_eq!(
        (*change.old, *change.new, change.new.version()),
        (0, 7, version)
    );
    let more = timeout(Duration::from_secs(60), changes.next()).await;
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_the_latest_with_the_right_old() {
    let server = server().await;
    let (_watcher, fee) = following(&server, "pay.fee").await;
    let (mut slow, mut fast) = (fee.changes(), fee.changes());
    for value in 1..=5_i64 {
        set(&server, "pay.fee", &value.to_string());
        let change = soon(fast.next()).await.expect("a change");
        assert_eq!((*change.old, *change.new), (value - 1, value));
    }
    let change = soon(slow.next()).await.expect("a change");
    assert_eq!((*change.old, *change.new, change.new.version()), (0, 5, 5));

    // There and back again is none.
    for value in ["6", "5"] {
        set(&server, "pay.fee", value);
        soon(fast.next()).await.expect("a change");
    }
    let none = timeout(Duration::from_secs(60), slow.next()).await;
    assert!(none.is_err(), "{none:?}");
}

#[tokio::test(start_paused = true)]
async fn changes_are_a_stream() {
    async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
        std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
    }
    let server = server().await;
    let (_watcher, fee) = following(&server, "pay.fee").await;
    let mut changes: Changes<i64> = fee.changes();
    set(&server, "pay.fee", "1");
    let cancelled = timeout(Duration::ZERO, next(&mut changes)).await;
    assert!(cancelled.is_err(), "nothing has come yet");
    let change = soon(next(&mut changes)).await.expect("a change");
    assert_eq!(*change.new, 1);
}

/// On a real clock: a paused one stands still while a callback runs.
#[tokio::test]
async fn a_callback_that_blocks_holds_up_nobody() {
    let server = server().await;
    let watcher = started(&server).await;
    let fee = watcher.field("pay.fee", 0);
    until(|| server.subscribers() == 1).await;
    let (entered, calls) = mpsc::channel();
    let (open, gate) = mpsc::channel();
    let (calls, gate) = (Arc::new(Mutex::new(calls)), Mutex::new(gate));
    let call = move || {
        let calls = Arc::clone(&calls);
        let receive = move || calls.lock().expect("no panic").recv().expect("a call");
        async {
            tokio::task::spawn_blocking(receive)
                .await
                .expect("no panic")
        }
    };
    let guard = fee.on_change(move |change| {
        entered.send((*change.old, *change.new)).expect("a test");
        let _opened = gate.lock().expect("no panic").recv();
    });
    let mut changes = fee.changes();
    set(&server, "pay.fee", "1");
    changes.next().await.expect("a change");
    assert_eq!(call().await, (0, 1));
    // It hangs in the first call, on a runtime of one thread.
    for value in [2, 3] {
        set(&server, "pay.fee", &value.to_string());
        changes.next().await.expect("a change");
        assert_eq!(fee.get(), value);
    }
    open.send(()).expect("it waits");
    assert_eq!(call().await, (1, 3), "in order, and coalesced");
    open.send(()).expect("it waits");
    drop(guard);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_panics_is_called_again_and_one_whose_guard_is_gone_is_not() {
    let server = server().await;
    let (_watcher, fee) = following(&server, "pay.fee").await;
    let sum = Arc::new(AtomicI64::new(0));
    let total = Arc::clone(&sum);
    let guard = fee.on_change(move |change| {
        total.fetch_add(*change.new, Ordering::SeqCst);
        assert!(*change.new != 1, "one is too many");
    });
    for (value, expected) in [("1", 1), ("10", 11)] {
        set(&server, "pay.fee", value);
        until(|| sum.load(Ordering::SeqCst) == expected).await;
    }
    drop(guard);
    set(&server, "pay.fee", "100");
    until(|| fee.get() == 100).await;
    settle().await;
    assert_eq!(sum.load(Ordering::SeqCst), 11);
    assert_eq!(Arc::strong_count(&sum), 1, "nothing of it is left");
}

/// Where it is called from does not matter: the client knows where it runs.
#[test]
fn a_callback_can_be_registered_outside_of_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let (server, fee) = runtime.block_on(async {
        let server = server().await;
        let (_, fee) = following(&server, "pay.fee").await;
        (server, fee)
    });
    let (told, heard) = mpsc::channel();
    let _guard = fee.on_change(move |change| {
        let _gone = told.send(*change.new);
    });
    runtime.block_on(async { server.set("acme", "pay.fee", "7").expect("written") });
    assert_eq!(heard.recv_timeout(Duration::from_secs(60)), Ok(7));
}

#[tokio::test(start_paused = true)]
async fn a_watcher_of_a_closed_client_says_so() {
    let server = server().await;
    let client = client(&server);
    let watcher = client.watch("acme").expect("a name");
    watcher.start().await.expect("readable");
    watcher.start().await.expect("it does nothing");
    client.close().await;
    let error = watcher.start().await.expect_err("closed");
    assert_eq!(error.kind(), ErrorKind::Closed);
}
