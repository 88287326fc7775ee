//! No call takes longer than it may, and a call that is ended early leaves nothing broken.

use std::{io, sync::atomic::Ordering, time::Duration};

use decree_dev::faults::{ConnectFault, Fault};
use decree_runtime::{Client, DecreeConfig, ErrorKind, RetryPolicy, Role};
use decree_tests::pipe::over_counted_pipe;
use tokio::time::Instant;

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
