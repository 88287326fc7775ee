//! A connection that hangs: no reset, no end, no answer.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::time::Duration;

use decree_dev::DevServer;
use decree_runtime::{Client, DecreeConfig, Live, Phase};
use tokio::time::{Instant, timeout};

#[derive(Debug, DecreeConfig)]
struct Fee {
    #[decree(key = "pay.fee", default = 0)]
    fee: i64,
}

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: integer }
tenant: { name: acme }
";

/// A tick to notice, a probe that times out, a dial and a read.
const HEALED_WITHIN: Duration = Duration::from_secs(45);

#[tokio::test(start_paused = true)]
async fn a_connection_that_hangs_is_left_for_a_new_one() {
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    let server = server.expect("a server");
    let pipe = server.pipe();
    let connect = move || {
        let pipe = pipe.clone();
        async move { pipe.connect().await }
    };
    let client = Client::builder("localhost:9090")
        .subject("app")
        .connector(connect);
    let client = client.build().expect("sound options");
    let mut live: Live<Fee> = client.live("acme").await.expect("readable");
    server.set("acme", "pay.fee", "1").expect("written");
    live.changed().await.expect("the watch goes on");

    server.freeze_connections();
    server.set("acme", "pay.fee", "2").expect("written");
    let start = Instant::now();
    let healed = async {
        while live.load().fee != 2 {
            live.changed().await.expect("the watch goes on");
        }
    };
    timeout(HEALED_WITHIN, healed).await.expect("it dials anew");
    assert!(
        start.elapsed() > Duration::from_secs(5),
        "nothing arrives over a frozen connection"
    );

    // The stream is on a new connection, too: a change is pushed again.
    let following = async {
        while live.status().phase != Phase::Following {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    };
    timeout(HEALED_WITHIN, following)
        .await
        .expect("it follows again");
    server.set("acme", "pay.fee", "3").expect("written");
    let pushed = timeout(Duration::from_secs(1), live.changed()).await;
    assert_eq!(pushed.expect("pushed").expect("the watch goes on").fee, 3);
}
