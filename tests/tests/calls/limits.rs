//! No call takes longer than it may, and a call that is ended early leaves nothing broken.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use decree_dev::faults::{ConnectFault, Fault};
use decree_runtime::{Client, DecreeConfig, ErrorKind, RetryPolicy, Role};
use decree_tests::pipe::over_counted_pipe;
use tokio::time::{Instant, sleep};

use super::{Io, client, server};

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_costs_the_timeout_and_the_connection() {
    let server = server().await;
    // The first connection hangs, the second is good.
    server.misbehave(|faults| faults.connects = Fault::Next(1, ConnectFault::Hang));
    let (client, dials) = over_counted_pipe(&server);
    let client = client.subject("calls").timeout(Duration::from_secs(3));
    let client = client.build().expect("sound");
    let start = Instant::now();
    client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect("on the second connection");
    assert!(start.elapsed() >= Duration::from_secs(3));
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(dials.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn no_call_takes_longer_than_its_budget() {
    let client = Client::builder("localhost:9090")
        .subject("calls")
        .role(Role::Admin)
        .retry(
            RetryPolicy::default()
                .attempts(u32::MAX)
                .budget(Duration::from_secs(7)),
        )
        .connector(std::future::pending::<io::Result<Io>>);
    let client = client.build().expect("sound");
    for timeout in [Duration::from_secs(2), Duration::MAX] {
        let client = client.with_timeout(timeout);
        let start = Instant::now();
        let error = client
            .get::<f64>("acme", "pay.fee")
            .await
            .expect_err("nobody answers");
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(
            start.elapsed() <= Duration::from_secs(7),
            "{:?}",
            start.elapsed()
        );
        let start = Instant::now();
        client
            .set("acme", "pay.fee", 1.0)
            .await
            .expect_err("nobody answers");
        assert!(
            start.elapsed() <= Duration::from_secs(7),
            "{:?}",
            start.elapsed()
        );
    }
}

/// The next attempt goes on with the dial that the one before began.
#[tokio::test(start_paused = true)]
async fn a_dial_that_takes_longer_than_a_call_may_is_not_begun_anew() {
    let server = server().await;
    let (pipe, dials) = (server.pipe(), Arc::<AtomicU64>::default());
    let counted = Arc::clone(&dials);
    let client = Client::builder("localhost:9090")
        .subject("calls")
        .timeout(Duration::from_millis(100))
        .connector(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let pipe = pipe.clone();
            async move {
                sleep(Duration::from_millis(160)).await;
                pipe.connect().await
            }
        });
    let client = client.build().expect("sound");
    // It may be long that the client was built.
    sleep(Duration::from_secs(60)).await;
    let fee = client.get::<f64>("acme", "pay.fee").await;
    fee.expect("at the second attempt");
    assert_eq!(dials.load(Ordering::SeqCst), 1);
}

/// Also by calls of which each alone has seen too little to tell.
#[tokio::test(start_paused = true)]
async fn a_connection_that_hangs_is_left_by_calls_without_patience() {
    let server = server().await;
    let client = client(&server).with_timeout(Duration::from_millis(100));
    let get = async || client.get::<f64>("acme", "pay.fee").await;
    get().await.expect("the connection is good");
    server.freeze_connections();
    let start = Instant::now();
    while get().await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "it is not left");
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_client_ends_its_calls_and_makes_no_more() {
    #[derive(Debug, DecreeConfig)]
    struct Empty {}
    let client = Client::builder("localhost:9090")
        .subject("calls")
        .connector(std::future::pending::<io::Result<Io>>)
        .build()
        .expect("sound");
    let hanging = tokio::spawn({
        let client = client.clone();
        async move { client.get::<f64>("acme", "pay.fee").await }
    });
    let starting = tokio::spawn({
        let client = client.clone();
        async move { client.live::<Empty>("acme").await.map(|_| ()) }
    });
    tokio::task::yield_now().await;
    let start = Instant::now();
    client.close().await;
    let error = hanging.await.expect("no panic").expect_err("it ended");
    assert_eq!(error.kind(), ErrorKind::Closed);
    let error = starting.await.expect("no panic").expect_err("it ended");
    assert_eq!(error.kind(), ErrorKind::Closed);
    let error = client
        .set("acme", "pay.fee", 1.0)
        .await
        .expect_err("closed");
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert!(start.elapsed() < Duration::from_millis(10));
}

/// A call that is dropped at any point leaves a client that works.
#[tokio::test(start_paused = true)]
async fn a_dropped_call_leaves_nothing_broken() {
    let server = server().await;
    let client = client(&server);
    for polls in 0..40 {
        let mut call = tokio_test::task::spawn(client.update("acme", "pay.fee", |fee: f64| fee));
        for _ in 0..polls {
            if call.poll().is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        let fee: f64 = client.get("acme", "pay.fee").await.expect("it works");
        assert!((fee - 0.01).abs() < f64::EPSILON);
    }
}
