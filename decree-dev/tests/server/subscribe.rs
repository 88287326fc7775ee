//! Subscribing: what is announced, and what is not.

use std::time::Duration;

use decree_dev::{DevServer, Quirks};
use decree_proto::v1::typed_value::Kind;
use tonic::Code;

use crate::support::{SHOP, USER, config, next, shop, shop_with, subscribe_request, value};

#[tokio::test(start_paused = true)]
async fn a_subscription_sends_nothing_not_even_headers_before_its_first_event() {
    let server = shop().await;
    let mut client = config(&server, USER).await;
    let mut subscribe = tokio_test::task::spawn(client.subscribe(subscribe_request()));
    assert!(
        tokio::time::timeout(Duration::from_secs(3600), &mut subscribe)
            .await
            .is_err(),
        "an hour without an event"
    );

    server.set("acme", "cart.limit", "41").unwrap();
    let mut stream = subscribe.await.unwrap().into_inner();
    let change = next(&mut stream).await;
    assert_eq!(
        (change.version, change.field_path.as_str()),
        (3, "cart.limit")
    );
    assert_eq!(change.old_value, value(Kind::IntegerValue(40)));
    assert_eq!(change.new_value, value(Kind::IntegerValue(41)));
    assert_eq!(change.changed_by, "decree-dev");
}

#[tokio::test(start_paused = true)]
async fn headers_come_at_once_when_asked() {
    let quirks = Quirks {
        late_headers: false,
        ..Quirks::default()
    };
    let server = shop_with(quirks).await;
    let mut client = config(&server, USER).await;
    client.subscribe(subscribe_request()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_rollback_makes_a_version_and_no_event() {
    let quirks = Quirks {
        late_headers: false,
        ..Quirks::default()
    };
    let seed = SHOP
        .replace(", readOnly: true", "")
        .replace(" writeOnce: true,", "");
    let server = DevServer::builder()
        .seed_yaml(seed)
        .quirks(quirks)
        .start_in_memory()
        .await
        .unwrap();
    let mut client = config(&server, USER).await;
    let mut stream = client
        .subscribe(subscribe_request())
        .await
        .unwrap()
        .into_inner();
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(server.rollback("acme", 2).unwrap(), 4);
    server.set("acme", "cart.limit", "42").unwrap();
    assert_eq!(next(&mut stream).await.version, 3);
    let change = next(&mut stream).await;
    assert_eq!(
        (change.version, change.old_value),
        (5, value(Kind::IntegerValue(40)))
    );
}

#[tokio::test(start_paused = true)]
async fn a_replay_needs_a_version_to_end_at() {
    let seed = "spec_version: v1\nschema: { name: s, fields: { f: { type: bool } } }\ntenant: { name: acme }\n";
    let server = DevServer::builder()
        .seed_yaml(seed)
        .start_in_memory()
        .await
        .unwrap();
    let mut client = config(&server, USER).await;
    let mut replay = subscribe_request();
    replay.start_version = Some(1);
    let refused = client.subscribe(replay).await.unwrap_err();
    assert_eq!(refused.code(), Code::Internal);
    assert_eq!(
        refused.message(),
        "failed to determine latest version for replay"
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_of_more_than_64_kib_is_never_sent() {
    let quirks = Quirks {
        late_headers: false,
        ..Quirks::default()
    };
    let server = shop_with(quirks).await;
    let mut client = config(&server, USER).await;
    let mut stream = client
        .subscribe(subscribe_request())
        .await
        .unwrap()
        .into_inner();
    server.set("acme", "large", &"x".repeat(70_000)).unwrap();
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(next(&mut stream).await.version, 4);
}

#[tokio::test(start_paused = true)]
async fn a_filter_is_by_exact_path_and_an_ended_subscription_ends_without_an_error() {
    let quirks = Quirks {
        late_headers: false,
        ..Quirks::default()
    };
    let server = shop_with(quirks).await;
    let mut client = config(&server, USER).await;
    let mut request = subscribe_request();
    request.field_paths = vec!["cart.rate".to_owned(), "cart".to_owned()];
    let mut stream = client.subscribe(request).await.unwrap().into_inner();
    server.set("acme", "cart.limit", "41").unwrap();
    server.set("acme", "cart.rate", "1").unwrap();
    assert_eq!(next(&mut stream).await.field_path, "cart.rate");
    server.end_subscriptions();
    assert!(stream.message().await.unwrap().is_none());
}
