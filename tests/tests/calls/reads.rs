//! Reads that fail: which are tried again, when, and how often.

use std::time::Duration;

use decree_runtime::{Client, ErrorKind, RetryPolicy, Role};
use tokio::time::Instant;
use tonic::Code;

use super::{builder, client, fail, server};

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_again_after_what_may_pass() {
    for code in [Code::Unavailable, Code::Internal, Code::DeadlineExceeded] {
        let server = server().await;
        fail(&server, "GetField", code, 2);
        let fee: f64 = client(&server)
            .get("acme", "pay.fee")
            .await
            .expect("the third time");
        assert!((fee - 0.01).abs() < f64::EPSILON);
        assert_eq!(server.calls("GetField"), 3, "{code:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_three_times_and_no_more_and_says_so() {
    let server = server().await;
    fail(&server, "GetField", Code::Unavailable, 9);
    let error = client(&server)
        .get::<f64>("acme", "pay.fee")
        .await
        .expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("tried 3 times"), "{error}");
    assert_eq!(server.calls("GetField"), 3);

    let once = builder(&server)
        .retry(RetryPolicy::never())
        .build()
        .expect("sound");
    let error = once.get::<f64>("acme", "pay.fee").await.expect_err("down");
    assert!(!error.to_string().contains("tried"), "{error}");
    assert_eq!(server.calls("GetField"), 4);
}

#[tokio::test(start_paused = true)]
async fn a_read_is_not_tried_again_after_a_plain_no() {
    for code in [
        Code::NotFound,
        Code::PermissionDenied,
        Code::InvalidArgument,
        Code::Unimplemented,
    ] {
        let server = server().await;
        fail(&server, "GetField", code, 1);
        let error = client(&server)
            .get::<f64>("acme", "pay.fee")
            .await
            .expect_err("no");
        assert!(error.to_string().contains("out of order"), "{error}");
        assert_eq!(server.calls("GetField"), 1, "{code:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_refusal_for_the_rate_the_server_gets_the_time_it_asks_for() {
    let server = server().await;
    let client = client(&server);
    // Ten at once are free.
    for _ in 0..10 {
        client
            .get::<f64>("acme", "pay.fee")
            .await
            .expect("within the burst");
    }
    let start = Instant::now();
    client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect("a second later");
    assert!(
        start.elapsed() >= Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );

    let hasty = builder(&server)
        .retry(RetryPolicy::never())
        .build()
        .expect("sound");
    let refused = async {
        loop {
            if let Err(error) = hasty.get::<f64>("acme", "pay.fee").await {
                return error;
            }
        }
    };
    let error = refused.await;
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn a_closed_port_is_said_after_all_attempts() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    drop(listener);
    let client = Client::builder(&address).subject("calls").role(Role::Admin);
    let client = client.build().expect("sound");
    for error in [
        client
            .get::<f64>("acme", "pay.fee")
            .await
            .expect_err("nobody listens"),
        client
            .set("acme", "pay.fee", 1.0)
            .await
            .expect_err("nobody listens"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        let text = error.to_string();
        for part in [
            &address,
            "refused",
            "tried 3 times",
            "is the server running",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("may have been written"), "{text}");
    }
}

/// An attempt that has no time left would say "no answer", which is not what happened.
#[tokio::test]
async fn the_last_failure_is_told_and_not_that_time_ran_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    drop(listener);
    let retry = RetryPolicy::default().attempts(u32::MAX);
    let retry = retry.longest_wait(Duration::from_millis(1));
    let client = Client::builder(&address)
        .subject("calls")
        .retry(retry.budget(Duration::from_millis(300)));
    let client = client.build().expect("sound");
    let error = client.get::<f64>("acme", "pay.fee").await;
    let error = error.expect_err("nobody listens");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
}
