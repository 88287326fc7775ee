//! What other clients of this server get wrong when its streams and calls fail: over the real gRPC
//! stack and a pipe, under a paused clock.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{Answer, EventFault, Fault, Garbage},
};
use decree_runtime::{Client, ClientBuilder, DecreeConfig, Live, Phase};
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: integer }
tenant: { name: acme }
";

#[derive(Debug, DecreeConfig)]
struct Pay {
    #[decree(key = "pay.fee", default = 0)]
    fee: i64,
}

async fn server() -> DevServer {
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    server.expect("a server in memory needs nothing")
}

fn builder(server: &DevServer) -> ClientBuilder {
    let pipe = server.pipe();
    Client::builder("localhost:9090")
        .subject("weather")
        .connector(move || {
            let pipe = pipe.clone();
            async move { pipe.connect().await }
        })
}

async fn live(server: &DevServer) -> Live<Pay> {
    let client = builder(server).build().expect("sound options");
    client.live("acme").await.expect("the tenant is readable")
}

/// Writes, and waits until readers see it.
async fn change(server: &DevServer, live: &mut Live<Pay>, fee: i64, within: Duration) {
    server
        .set("acme", "pay.fee", &fee.to_string())
        .expect("written");
    let seen = timeout(within, async {
        while live.load().fee != fee {
            live.changed().await.expect("the watch goes on");
        }
    });
    assert!(
        seen.await.is_ok(),
        "{fee} not within {within:?}: {:?}",
        live.status()
    );
}

async fn until(condition: impl Fn() -> bool) {
    let met = timeout(Duration::from_secs(120), async {
        while !condition() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    met.await.expect("it comes to that");
}

const TICK: Duration = Duration::from_secs(34);

/// Whatever a stream, a read or a probe answers, the watch goes on.
#[tokio::test(start_paused = true)]
async fn no_code_ends_a_watch() {
    for code in 0..=16 {
        let code = Code::from_i32(code);
        let server = server().await;
        let mut live = live(&server).await;
        server.misbehave(|faults| {
            let refusal = Fault::Next(5, Answer::Fail(Status::new(code, "out of order")));
            for method in ["Subscribe", "ListVersions", "GetConfig"] {
                faults.answers.insert(method, refusal.clone());
            }
        });
        server.end_subscriptions();
        change(&server, &mut live, 7, Duration::from_secs(120)).await;
        until(|| live.status().phase == Phase::Following).await;
        // By the stream again, too: far sooner than the next look.
        until(|| server.subscribers() == 1).await;
        change(&server, &mut live, 8, Duration::from_secs(1)).await;
    }
}

/// However often and in whatever way streams end, there is one at the end, not two, four, eight.
#[tokio::test(start_paused = true)]
async fn there_is_one_stream_however_often_it_ended() {
    let server = server().await;
    let mut live = live(&server).await;
    for round in 1..=6 {
        until(|| server.subscribers() == 1).await;
        if round % 2 == 0 {
            server.fail_next("Subscribe", Status::unavailable("not now"));
        }
        server.end_subscriptions();
    }
    until(|| server.subscribers() == 1).await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(server.subscribers(), 1);
    assert!(
        server.calls("Subscribe") <= 12,
        "{}",
        server.calls("Subscribe")
    );
    change(&server, &mut live, 9, Duration::from_secs(1)).await;
    drop(live);
    until(|| server.subscribers() == 0).await;
}

/// A server that accepts every stream and ends it is not flooded, and changes arrive all the same.
#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_closes_is_not_flooded() {
    let server = server().await;
    let mut live = live(&server).await;
    let closing = async {
        loop {
            server.end_subscriptions();
            sleep(Duration::from_millis(100)).await;
        }
    };
    let hour = sleep(Duration::from_secs(3_600));
    tokio::select! {
        () = closing => unreachable!("it goes on for ever"),
        () = hour => {}
    }
    let attempts = server.calls("Subscribe");
    assert!(attempts <= 130, "{attempts} attempts in an hour");
    change(&server, &mut live, 3, TICK).await;
}

/// Messages without a change, without a value, of another kind, of an old version, of one that will
/// never be, twice and in the wrong order: all that they can do is make the watch look.
#[tokio::test(start_paused = true)]
async fn no_message_of_a_stream_is_believed() {
    let server = server().await;
    for fee in 1..=3 {
        server
            .set("acme", "pay.fee", &fee.to_string())
            .expect("written");
    }
    let mut live = live(&server).await;
    until(|| server.subscribers() == 1).await;
    let lies = [
        (3, Some(EventFault::Garbage(Garbage::Empty))),
        (3, None),
        (2, Some(EventFault::Duplicate)),
        (-7, Some(EventFault::Garbage(Garbage::NoKind))),
        (1, Some(EventFault::Garbage(Garbage::WrongKind))),
        (i32::MAX, None),
    ];
    for (version, fault) in lies {
        server.misbehave(|faults| {
            faults.events = fault.map_or(Fault::Never, |fault| Fault::Next(1, fault));
        });
        let told = server.announce("acme", version, &[("pay.fee", "99")]);
        told.expect("the tenant is there");
    }
    let mut seen = vec![live.load().fee];
    let watching = timeout(Duration::from_secs(120), async {
        while let Ok(next) = live.changed().await {
            seen.push(next.fee);
        }
    });
    assert!(watching.await.is_err(), "it goes on");
    assert!(seen.iter().all(|fee| *fee == 3), "{seen:?}");
    // A version that nobody finds is asked for a while, and then at the usual pace.
    let reads = server.calls("GetConfig");
    assert!(reads <= 30, "{reads} reads");
    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));
    change(&server, &mut live, 4, TICK).await; // the next look finds it
}
