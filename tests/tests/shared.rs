//! Everybody who reads a tenant shares one watch.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod support;

use std::{future::Future, time::Duration};

use decree_dev::{
    DevServer,
    faults::{EventFault, Fault},
};
use decree_runtime::{Client, DecreeConfig, ErrorKind, Field, Live, Phase, Role, Stopped};
use support::{builder, client, server, settle, soon, until};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

#[derive(Debug, DecreeConfig)]
struct Fee {
    #[decree(key = "pay.fee", default = 0)]
    fee: i64,
}

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
struct Both {
    #[decree(default = 0)]
    fee: i8,
    #[decree(default = 0)]
    retries: i64,
}

async fn live<C: DecreeConfig>(client: &Client, tenant: &str) -> Live<C> {
    client.live(tenant).await.expect("the tenant is readable")
}

#[tokio::test(start_paused = true)]
async fn ten_handles_on_a_tenant_make_the_calls_of_one() {
    let server = server().await;
    let client = client(&server);
    let mut fees = Vec::new();
    let mut boths = Vec::new();
    for _ in 0..2 {
        fees.push(live::<Fee>(&client, "acme").await);
        boths.push(live::<Both>(&client.clone(), "acme").await);
    }
    let watcher = client.watch("acme").expect("a name");
    let mut fields = vec![watcher.field("pay.fee", 0), watcher.field("pay.limit", 0)];
    watcher.start().await.expect("readable");
    fields.push(watcher.field("pay.retries", 0));
    fields.push(watcher.field("pay.fee", 0));

    sleep(Duration::from_secs(300)).await;
    // The first at once, and one for all the paths that came soon after.
    assert_eq!(server.calls("Subscribe"), 2);
    assert_eq!(server.subscribers(), 1);
    // One at the start, one or two when the streams settled, and one each 27 to 33 s.
    let probes = server.calls("ListVersions");
    assert!((11..=15).contains(&probes), "{probes}");

    let version = server.set_many("acme", &[("pay.fee", "7"), ("pay.retries", "8")]);
    let version = version.expect("written");
    soon(fees[0].changed()).await.expect("the watch goes on");
    until(|| fees.iter().all(|live| live.load().fee == 7)).await;
    until(|| boths.iter().all(|live| live.load().retries == 8)).await;
    until(|| fields.iter().map(Field::get).sum::<i64>() == 7 + 8 + 7).await;
    until(|| watcher.version() == version).await;
    // The starts of four structs and of a watcher, two looks at the first tick, and the change.
    let reads = server.calls("GetConfig");
    assert!(reads <= 4 + 1 + 4, "{reads}");
}

#[tokio::test(start_paused = true)]
async fn each_tenant_has_its_own_watch() {
    decree_tests::draws::fix();
    let other = support::SEED.replace("acme", "globex");
    let server = DevServer::builder()
        .seed_yaml(support::SEED)
        .seed_yaml(other)
        .start_in_memory()
        .await
        .expect("a server");
    let client = client(&server);
    let mut acme = live::<Fee>(&client, "acme").await;
    let globex = live::<Fee>(&client, "globex").await;
    settle().await;
    assert_eq!(server.subscribers(), 2);
    server.set("acme", "pay.fee", "7").expect("written");
    soon(acme.changed()).await.expect("the watch goes on");
    assert_eq!((acme.load().fee, globex.load().fee), (7, 0));
    drop(globex);
    until(|| server.subscribers() == 1).await;
    assert_eq!(acme.status().phase, Phase::Following);
}

#[tokio::test(start_paused = true)]
async fn a_struct_that_adds_fields_has_them_from_the_stream() {
    let server = server().await;
    let client = client(&server);
    let fee = live::<Fee>(&client, "acme").await;
    settle().await;
    let mut both = live::<Both>(&client, "acme").await;
    settle().await;
    assert_eq!(server.calls("Subscribe"), 2);
    server.set("acme", "pay.retries", "7").expect("written");
    soon(both.changed()).await.expect("the watch goes on");
    assert_eq!(both.load().retries, 7);

    // Who adds none opens none, and who leaves neither.
    let _again = live::<Fee>(&client, "acme").await;
    drop((fee, both));
    sleep(Duration::from_secs(60)).await;
    assert_eq!(server.calls("Subscribe"), 2);
}

/// Whatever the stream says of it, and of a rollback it never says anything.
#[tokio::test(start_paused = true)]
async fn what_the_client_itself_changes_shows_at_once() {
    let server = server().await;
    let client = builder(&server).role(Role::Admin).build();
    let client = client.expect("sound options");
    let mut fee = live::<Fee>(&client, "acme").await;
    settle().await;
    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));

    let first = client.set("acme", "pay.fee", 1).await.expect("written");
    soon(fee.changed()).await.expect("the watch goes on");
    client.set("acme", "pay.fee", 2).await.expect("written");
    soon(fee.changed()).await.expect("the watch goes on");

    let back = client.rollback("acme", first).await.expect("rolled back");
    soon(fee.changed()).await.expect("the watch goes on");
    assert_eq!((fee.load().fee, fee.version()), (1, back));
}

#[tokio::test(start_paused = true)]
async fn who_joins_late_is_at_the_same_version_and_sees_each_version_once() {
    let server = server().await;
    let client = client(&server);
    let mut early = live::<Fee>(&client, "acme").await;
    settle().await;
    // The newcomer reads the new version before the watch hears of it.
    server.set("acme", "pay.fee", "1").expect("written");
    let mut late = live::<Fee>(&client, "acme").await;
    assert_eq!((late.load().fee, late.version()), (1, 1));
    soon(early.changed()).await.expect("the watch goes on");
    assert_eq!(early.load().fee, 1);
    for live in [&mut early, &mut late] {
        let swap = timeout(Duration::from_secs(90), live.changed()).await;
        assert!(swap.is_err(), "it had that version: {swap:?}");
    }
    // Who comes now learns at once who wrote it: the watch knows.
    // Just after a tick, for the next one would tell as well.
    let probes = server.calls("ListVersions");
    while server.calls("ListVersions") == probes {
        sleep(Duration::from_millis(100)).await;
    }
    let probes = server.calls("ListVersions");
    let late = live::<Fee>(&client, "acme").await;
    until(|| late.load().written().is_some()).await;
    assert_eq!(server.calls("ListVersions"), probes);
}

#[tokio::test(start_paused = true)]
async fn who_refuses_a_version_keeps_it_from_nobody_else() {
    let server = server().await;
    let client = client(&server);
    let both = live::<Both>(&client, "acme").await;
    let mut fee = live::<Fee>(&client, "acme").await;
    let watcher = client.watch("acme").expect("a name");
    let retries = watcher.field("pay.retries", 0);
    watcher.start().await.expect("readable");
    settle().await;

    let bad = server.set_many("acme", &[("pay.fee", "300"), ("pay.retries", "5")]);
    let bad = bad.expect("written");
    soon(fee.changed()).await.expect("the watch goes on");
    assert_eq!((fee.load().fee, retries.get()), (300, 5));
    assert_eq!((both.load().retries, both.version()), (0, 0));
    let rejection = both.status().rejection.expect("300 is no i8");
    assert_eq!(rejection.error.version(), bad);
    assert!(fee.status().rejection.is_none() && retries.status().rejection.is_none());
    assert_eq!(watcher.version(), bad);

    server.set("acme", "pay.fee", "30").expect("written");
    soon(fee.changed()).await.expect("the watch goes on");
    assert_eq!((both.load().fee, both.load().retries), (30, 5));
    assert!(both.status().rejection.is_none());
}

#[tokio::test(start_paused = true)]
async fn the_watch_lasts_as_long_as_its_last_handle_of_whatever_kind() {
    type Handle = Box<dyn std::any::Any>;
    let server = server().await;
    let client = client(&server);
    for kind in 0..6 {
        let live = live::<Fee>(&client, "acme").await;
        let watcher = client.watch("acme").expect("a name");
        let field = watcher.field("pay.fee", 0_i64);
        watcher.start().await.expect("readable");
        let handle: Handle = match kind {
            0 => Box::new(live.clone()),
            1 => Box::new(watcher.clone()),
            2 => Box::new(field.clone()),
            3 => Box::new(field.changes()),
            4 => Box::new(field.on_change(|_| ())),
            _ => Box::new(watcher.field("pay.limit", 0_i64)),
        };
        drop((live, watcher, field));
        sleep(Duration::from_secs(60)).await;
        assert_eq!(server.subscribers(), 1, "kind {kind} holds it");
        drop(handle);
        until(|| server.subscribers() == 0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_the_watch_only_with_the_last_handle() {
    let server = server().await;
    let client = client(&server);
    let live = live::<Fee>(&client, "acme").await;
    let watcher = client.watch("acme").expect("a name");
    watcher.start().await.expect("readable");
    let status = watcher.field("pay.fee", 0);
    settle().await;
    watcher.shutdown().await;
    live.shutdown().await;
    assert_eq!(status.status().phase, Phase::Following);
    settle().await;
    assert_eq!(server.subscribers(), 1);
    drop(status);
    until(|| server.subscribers() == 0).await;
    // What comes after starts a new one.
    let again = self::live::<Fee>(&client, "acme").await;
    settle().await;
    assert_eq!(server.subscribers(), 1);
    again.shutdown().await;
    until(|| server.subscribers() == 0).await;
}

#[tokio::test(start_paused = true)]
async fn closing_the_client_ends_every_watch() {
    let server = server().await;
    let client = client(&server);
    let mut live = live::<Fee>(&client, "acme").await;
    let watcher = client.watch("acme").expect("a name");
    let field = watcher.field("pay.fee", 0);
    watcher.start().await.expect("readable");
    let mut changes = field.changes();
    settle().await;
    server.set("acme", "pay.fee", "7").expect("written");
    until(|| field.get() == 7).await;

    client.close().await;
    assert_eq!(live.status().phase, Phase::Stopped);
    assert_eq!(field.status().phase, Phase::Stopped);
    assert_eq!(watcher.status().phase, Phase::Stopped);
    assert_eq!(live.changed().await.expect("the last one").fee, 7);
    assert_eq!(live.changed().await.expect_err("the end"), Stopped);
    let last = changes.next().await.expect("the last change");
    assert_eq!((*last.old, *last.new), (0, 7));
    assert!(changes.next().await.is_none());
    assert_eq!((live.load().fee, field.get()), (7, 7));
    until(|| server.subscribers() == 0).await;

    let late = client.live::<Fee>("acme").await.expect_err("it is closed");
    assert_eq!(late.kind(), ErrorKind::Closed);
    assert_eq!(watcher.field("pay.fee", 0).status().phase, Phase::Stopped);
}

#[tokio::test(start_paused = true)]
async fn closing_ends_every_watch_even_if_nobody_waits_for_it() {
    decree_tests::draws::fix();
    let other = support::SEED.replace("acme", "globex");
    let seeds = DevServer::builder().seed_yaml(support::SEED);
    let server = seeds.seed_yaml(other).start_in_memory().await;
    let server = server.expect("a server");
    let client = client(&server);
    let acme = live::<Fee>(&client, "acme").await;
    let globex = live::<Fee>(&client, "globex").await;
    let mut close = Box::pin(client.close());
    std::future::poll_fn(|cx| {
        let first = close.as_mut().poll(cx);
        assert!(first.is_pending(), "it waits");
        std::task::Poll::Ready(())
    })
    .await;
    drop(close);
    until(|| acme.status().phase == Phase::Stopped).await;
    until(|| globex.status().phase == Phase::Stopped).await;
}

/// On real threads: they meet inside of a start, which tasks of one thread never do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_comes_and_goes_there_is_one_watch_or_none() {
    let server = server().await;
    let client = client(&server);
    for round in 1..=20 * decree_tests::scale() {
        let mut tasks = JoinSet::new();
        for task in 0..16_u64 {
            let client = client.clone();
            tasks.spawn(async move {
                // All but a few let go at once, in the middle of the starts of others.
                for _ in 0..4 {
                    drop(live::<Fee>(&client, "acme").await);
                }
                let stays = (task + round) % 5 == 0;
                let live = live::<Fee>(&client, "acme").await;
                stays.then_some(live)
            });
        }
        let stay: Vec<Live<Fee>> = tasks.join_all().await.into_iter().flatten().collect();
        until(|| server.subscribers() == 1).await;
        let value = round.to_string();
        server.set("acme", "pay.fee", &value).expect("written");
        for mut live in stay {
            while live.load().fee.to_string() != value {
                let change = timeout(Duration::from_secs(5), live.changed()).await;
                let change = change.expect("nobody is left behind");
                change.expect("nobody is on a watch that has ended");
            }
        }
        until(|| server.subscribers() == 0).await;
    }
}
