//! Streams that end.

use std::time::Duration;

use decree_dev::faults::rate_limited;
use tonic::{Code, Status};

use crate::{
    client,
    support::{self, SUPERADMIN, subscribe_request},
    told, watched,
};

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_any_status_after_what_was_sent() {
    for code in 1..=16 {
        let (server, mut stream) = watched().await;
        server.set("acme", "cart.limit", "41").unwrap();
        let status = Status::new(Code::from_i32(code), "out of order");
        server.end_subscriptions_with(&status);
        assert_eq!(support::next(&mut stream).await.version, 3);
        let ended = stream.message().await.unwrap_err();
        assert_eq!(told(&ended), told(&status));
        assert_eq!(server.subscribers(), 0);
    }
}

/// A quiet stream of the real server has not sent its headers yet.
#[tokio::test(start_paused = true)]
async fn a_quiet_stream_ends_with_nothing_but_trailers() {
    let server = support::shop().await;
    let mut client = client(&server).await;
    let subscribe = client.subscribe(subscribe_request());
    let server_side = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        server.end_subscriptions_with(&rate_limited());
    };
    let (refused, ()) = tokio::join!(subscribe, server_side);
    let refused = refused.unwrap_err();
    assert_eq!(
        told(&refused),
        (
            Code::ResourceExhausted,
            "rate limit exceeded; retry after 1s"
        )
    );
    assert!(!refused.details().is_empty(), "it carries RetryInfo");
    let headers = refused.metadata();
    assert!(headers.contains_key("content-type"), "{headers:?}");
    assert_eq!(SUPERADMIN.role, "superadmin", "who has no limit");
}
