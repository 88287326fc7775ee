//! A tenant that is too large for one answer.

use std::time::Duration;

use decree_dev::faults::{Answer, Fault, Lag, ReadFault};
use decree_runtime::{DecreeConfig, ErrorKind, Live, Phase};
use tokio::time::{Instant, sleep, timeout};
use tonic::Status;

use crate::{
    PUSHED, TICK, calls_during, client, follows, server, shows, support::settle, until, watch,
};

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "big")]
struct Big {
    left: Option<String>,
    right: Option<String>,
    #[decree(default = 0)]
    small: i64,
}

const SCHEMA: &str = "
spec_version: v1
name: big
fields:
  big.left: { type: string, nullable: true }
  big.right: { type: string, nullable: true }
  big.small: { type: integer }
  big.other: { type: integer }
  big.named: { type: integer }
";

/// Two of these are more than a server sends.
const HALF: usize = 11 * 1024 * 1024;

/// The longest time between two tries to read the whole at once, and a tick.
const WHOLE_AGAIN: Duration = Duration::from_secs(360 + 34);

fn length(text: Option<&String>) -> usize {
    text.map_or(0, String::len)
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_for_one_answer_is_read_in_parts_until_it_is_not() {
    let server = server().await;
    server.create(SCHEMA, "big").expect("created");
    let client = client(&server);
    let mut live: Live<Big> = watch(&client, "big").await;
    let half = "x".repeat(HALF);
    server.set("big", "big.left", &half).expect("written");
    server.set("big", "big.right", &half).expect("written");
    let full = |big: &Big| length(big.left.as_ref()) == HALF && length(big.right.as_ref()) == HALF;
    // Its event was too large, too.
    shows(&mut live, TICK, full).await;
    let error = client.read("big").await.expect_err("it is too large");
    assert_eq!(error.kind(), ErrorKind::TooLarge);

    // It is no trouble, and no crowd: changes are pushed as ever.
    let status = follows(&live, PUSHED).await;
    assert_eq!((status.last_trouble, status.reconnects), (None, 0));
    server.set("big", "big.small", "7").expect("written");
    shows(&mut live, PUSHED, |big| full(big) && big.small == 7).await;

    // Who starts now starts.
    let late: Live<Big> = watch(&self::client(&server), "big").await;
    assert!(full(&late.load()) && late.load().small == 7);
    assert_eq!(late.status().last_trouble, None);
    late.shutdown().await;

    for path in ["big.left", "big.right"] {
        server.set_null("big", path).expect("written");
    }
    // The event repeats what was there before.
    let empty = |big: &Big| big.left.is_none() && big.right.is_none();
    shows(&mut live, TICK, empty).await;
    let start = Instant::now();
    let mut busy = 100;
    while start.elapsed() < WHOLE_AGAIN {
        busy += 1;
        let small = busy.to_string();
        server.set("big", "big.small", &small).expect("written");
        shows(&mut live, TICK, |big| big.small == busy).await;
        sleep(Duration::from_secs(20)).await;
    }
    let parts = calls_during(&server, "GetFields", async {
        server.set("big", "big.small", "8").expect("written");
        shows(&mut live, PUSHED, |big| big.small == 8).await;
    });
    assert_eq!(parts.await, 0, "the whole is read at once again");
    let status = follows(&live, PUSHED).await;
    assert_eq!(
        (status.phase, status.last_trouble),
        (Phase::Following, None)
    );
}

#[derive(Debug, DecreeConfig)]
struct Other {
    #[decree(key = "big.other", default = 5)]
    other: i64,
}

/// Who starts reads what it needs alone, and that is nothing that the others need.
#[tokio::test(start_paused = true)]
async fn who_starts_takes_nothing_from_those_that_read_other_fields() {
    let server = server().await;
    server.create(SCHEMA, "big").expect("created");
    let client = client(&server);
    server.set("big", "big.small", "3").expect("written");
    let mut live: Live<Big> = watch(&client, "big").await;
    let half = "x".repeat(HALF);
    for path in ["big.left", "big.right"] {
        server.set("big", path, &half).expect("written");
    }
    // Nobody has heard of it yet.
    let other: Live<Other> = client.live("big").await.expect("readable in parts");
    let full = |big: &Big| length(big.left.as_ref()) == HALF && length(big.right.as_ref()) == HALF;
    shows(&mut live, PUSHED, |big| {
        assert_eq!(big.small, 3, "it was never anything else");
        full(big)
    })
    .await;
    settle().await;
    assert!(full(&live.load()) && other.load().other == 5);

    server.set("big", "big.small", "7").expect("written");
    shows(&mut live, PUSHED, |big| big.small == 7).await;
    // A field that is named now is in no part that was read.
    let watcher = client.watch("big").expect("a name");
    watcher.start().await.expect("readable in parts");
    let small = watcher.field("big.small", 0);
    let named = watcher.field("big.named", 0);
    until(PUSHED, || (small.get(), named.get()) == (7, 0)).await;
    server.set("big", "big.named", "9").expect("written");
    until(PUSHED, || (small.get(), named.get()) == (7, 9)).await;
    assert_eq!(follows(&live, PUSHED).await.last_trouble, None);
}

/// Each part may come from another replica, and one that is late has old values under the number.
#[tokio::test(start_paused = true)]
async fn parts_of_a_late_replica_are_no_version() {
    let server = server().await;
    server.create(SCHEMA, "big").expect("created");
    let client = client(&server);
    let mut live: Live<Big> = watch(&client, "big").await;
    server.misbehave(|faults| {
        let too_large = Status::resource_exhausted("trying to send message larger than max");
        let answer = Fault::Always(Answer::Fail(too_large));
        faults.answers.insert("GetConfig", answer);
    });
    let first = server.set("big", "big.small", "0").expect("written");
    for small in 1..40_u32 {
        // Now the list is of the late one, now one of the passes.
        let calls = small % 5 + 1;
        let late = ReadFault::Alternating(Lag::Versions(1));
        server.misbehave(|faults| faults.reads = Fault::Next(calls, late));
        let text = small.to_string();
        server.set("big", "big.small", &text).expect("written");
        while live.load().small != i64::from(small) {
            let shown = timeout(2 * TICK, live.changed()).await;
            let shown = shown.expect("all replicas are there").expect("it goes on");
            let written = i64::from(shown.version() - first);
            assert_eq!(shown.small, written, "at version {}", shown.version());
        }
    }
}
