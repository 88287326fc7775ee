//! What a watch shows, and what it says of itself, when its server does not do well: over the real
//! gRPC stack and a pipe, under a paused clock.
//!
//! Every test has a limit in virtual time, looks at the status while things are wrong, and ends with
//! a watch that follows again.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod connections;
mod decoding;
mod history;
mod messages;
mod outages;
mod rejections;
mod replicas;
mod size;
mod streams;
#[path = "../support/mod.rs"]
mod support;
mod tenants;
mod types;
mod warnings;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use decree_dev::DevServer;
use decree_runtime::{Client, DecreeConfig, Live, Phase, Status};
use decree_tests::pipe::over_counted_pipe;
use support::{client, server, settle};
use tokio::time::{Instant, sleep, timeout};

/// The longest time between two probes, and a little for what they find: what nobody announces
/// shows within it.
const TICK: Duration = Duration::from_secs(34);

/// Two looks at other content of the same version: up to 2 s, and the calls before and between.
const SECOND_LOOK: Duration = Duration::from_secs(3);

/// What only a stream that hears is fast enough for.
const PUSHED: Duration = Duration::from_secs(1);

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
struct Pay {
    #[decree(default = 0)]
    fee: i64,
}

/// A watch that has settled.
async fn watch<C: DecreeConfig>(client: &Client, tenant: &str) -> Live<C> {
    let live = client.live(tenant).await.expect("the tenant is readable");
    settle().await;
    live
}

/// The same, of a client of its own.
async fn pay(server: &DevServer) -> Live<Pay> {
    watch(&client(server), "acme").await
}

fn set_fee(server: &DevServer, fee: i64) -> i32 {
    let version = server.set("acme", "pay.fee", &fee.to_string());
    version.expect("written")
}

/// Waits until readers see settings that are `right`; says how long it took.
async fn shows<C: DecreeConfig>(
    live: &mut Live<C>,
    within: Duration,
    right: impl Fn(&C) -> bool,
) -> Duration {
    let start = Instant::now();
    let seen = timeout(within, async {
        while !right(&live.load()) {
            live.changed().await.expect("the watch goes on");
        }
    });
    assert!(
        seen.await.is_ok(),
        "not within {within:?}: {:#?}",
        live.status()
    );
    start.elapsed()
}

/// Waits until the fee is this one.
async fn shows_fee(live: &mut Live<Pay>, fee: i64, within: Duration) -> Duration {
    shows(live, within, |pay| pay.fee == fee).await
}

/// Writes, and shows that it is pushed.
async fn is_pushed(server: &DevServer, live: &mut Live<Pay>, fee: i64) {
    set_fee(server, fee);
    shows_fee(live, fee, PUSHED).await;
}

/// Waits until the status is as it should be.
async fn says<C>(live: &Live<C>, within: Duration, what: impl Fn(&Status) -> bool) -> Status {
    let mut changes = live.status_changes();
    let said = timeout(within, async {
        while let Some(status) = changes.next().await {
            if what(&status) {
                return status;
            }
        }
        unreachable!("the watch goes on")
    });
    let said = said.await;
    said.unwrap_or_else(|_| panic!("not within {within:?}: {:#?}", live.status()))
}

/// Waits until nothing is wrong any more.
async fn follows<C>(live: &Live<C>, within: Duration) -> Status {
    let status = says(live, within, |status| {
        status.phase == Phase::Following && status.trouble.is_none()
    });
    status.await
}

/// Waits for what the server counts.
async fn until(within: Duration, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < within, "not within {within:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// How often each call was made meanwhile.
async fn calls_during(
    server: &DevServer,
    method: &'static str,
    meanwhile: impl Future<Output = ()>,
) -> u64 {
    let before = server.calls(method);
    meanwhile.await;
    server.calls(method) - before
}

/// A client that counts its connections.
fn counting(server: &DevServer) -> (Client, Arc<AtomicU64>) {
    let (client, dials) = over_counted_pipe(server);
    let client = client.subject("app").build().expect("sound options");
    (client, dials)
}
