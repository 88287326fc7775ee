//! Tokens that are asked for, refused and renewed.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use decree_runtime::{DecreeConfig, ErrorKind};
use tokio::time::Instant;
use tonic::Code;

use super::{builder, fail, server};

#[tokio::test(start_paused = true)]
async fn a_token_is_asked_for_each_call_and_once_more_when_refused() {
    let server = server().await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let client = builder(&server)
        .token_provider(move |request| {
            log.lock().expect("no panic").push(request.rejected);
            async move { Ok::<_, Infallible>("t".to_owned()) }
        })
        // This server believes headers, not tokens.
        .headers(|headers| {
            headers.insert("x-subject", http::HeaderValue::from_static("calls"));
            headers.insert("x-role", http::HeaderValue::from_static("superadmin"));
        })
        .build()
        .expect("sound");
    let take = || std::mem::take(&mut *asked.lock().expect("no panic"));
    client.get::<f64>("acme", "pay.fee").await.expect("read");
    client.get::<f64>("acme", "pay.fee").await.expect("read");
    assert_eq!(take(), [false, false]);
    fail(&server, "GetField", Code::Unauthenticated, 1);
    client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect("with another token");
    assert_eq!(take(), [false, true]);
    fail(&server, "GetField", Code::Unauthenticated, 9);
    let error = client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect_err("no token will do");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert_eq!(take(), [false, true]);
}

/// A token that expires under a watch is renewed once at each refusal, and the watch goes on.
#[tokio::test(start_paused = true)]
async fn a_watch_renews_its_token() {
    #[derive(Debug, DecreeConfig)]
    struct Pay {
        #[decree(key = "pay.fee")]
        fee: f64,
    }
    let server = server().await;
    let rejected = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&rejected);
    let client = builder(&server)
        .token_provider(move |request| {
            count.fetch_add(u32::from(request.rejected), Ordering::SeqCst);
            async move { Ok::<_, Infallible>("t".to_owned()) }
        })
        .headers(|headers| {
            headers.insert("x-subject", http::HeaderValue::from_static("calls"));
            headers.insert("x-role", http::HeaderValue::from_static("superadmin"));
        })
        .build()
        .expect("sound");
    let mut live = client.live::<Pay>("acme").await.expect("readable");
    tokio::time::sleep(Duration::from_secs(2)).await;
    for method in ["Subscribe", "GetConfig", "ListVersions"] {
        fail(&server, method, Code::Unauthenticated, 1);
    }
    server.end_subscriptions();
    tokio::time::sleep(Duration::from_secs(60)).await;
    server.set("acme", "pay.fee", "0.5").expect("written");
    let start = Instant::now();
    while live.load().fee < 0.5 {
        live.changed().await.expect("the watch goes on");
    }
    assert!(start.elapsed() < Duration::from_secs(1), "by the stream");
    assert_eq!(rejected.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_fails_is_the_cause() {
    let server = server().await;
    let client = builder(&server)
        .token_provider(|_| async { Err::<String, _>("the vault is sealed") })
        .build()
        .expect("sound");
    let error = client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(format!("{error:?}").contains("the vault is sealed"));
    assert_eq!(server.calls("GetField"), 0, "it was not sent");
}
