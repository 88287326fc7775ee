//! Reading: null and secrets.

use std::time::Duration;

use decree_proto::v1::{GetFieldRequest, typed_value::Kind};

use crate::support::{SUPERADMIN, USER, config, next, read, shop, subscribe_request, value};

#[tokio::test(start_paused = true)]
async fn null_is_truthful_in_get_field_and_a_zero_in_get_config_and_live_events() {
    let server = shop().await;
    let mut client = config(&server, USER).await;
    server.set("acme", "cart.rate", "0.5").unwrap();
    let subscribe = tokio_test::task::spawn(client.subscribe(subscribe_request()));
    let write = async {
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.set_null("acme", "cart.rate").unwrap();
    };
    let (stream, ()) = tokio::join!(subscribe, write);
    let change = next(&mut stream.unwrap().into_inner()).await;
    assert_eq!(change.old_value, value(Kind::NumberValue(0.5)));
    assert_eq!(change.new_value, value(Kind::NumberValue(0.0)));

    let mut client = config(&server, USER).await;
    let request = GetFieldRequest {
        tenant_id: "acme".to_owned(),
        field_path: "cart.rate".to_owned(),
        ..Default::default()
    };
    let field = client
        .get_field(request)
        .await
        .unwrap()
        .into_inner()
        .value
        .unwrap();
    assert_eq!((field.value, field.checksum.as_str()), (None, ""));

    let with = read(&mut client, "cart.rate", true).await;
    assert_eq!(with.value, value(Kind::NumberValue(0.0)));
    assert_eq!(with.checksum, "");
    let without = read(&mut client, "cart.rate", false).await;
    assert_eq!(
        without.checksum, "ef46db3751d8e999",
        "the checksum of an empty text"
    );

    let mut replay = subscribe_request();
    replay.start_version = Some(4);
    let mut stream = client.subscribe(replay).await.unwrap().into_inner();
    let change = next(&mut stream).await;
    assert_eq!((change.version, change.new_value), (4, None));
}

#[tokio::test(start_paused = true)]
async fn secrets_are_redacted_for_everybody_and_everywhere() {
    let server = shop().await;
    server
        .set_many("acme", &[("pay.key", "hunter2"), ("pay.pin", "1234")])
        .unwrap();
    let mut client = config(&server, SUPERADMIN).await;
    let key = read(&mut client, "pay.key", true).await;
    assert_eq!(key.value, value(Kind::StringValue("[REDACTED]".to_owned())));
    assert_eq!(key.checksum, decree_proto::text::checksum("hunter2"));
    assert_eq!(
        read(&mut client, "pay.key", false).await.checksum,
        "7d2fedd8154902ab"
    );
    assert_eq!(
        read(&mut client, "pay.pin", true).await.value,
        value(Kind::IntegerValue(0))
    );

    let mut replay = subscribe_request();
    replay.start_version = Some(3);
    let mut stream = client.subscribe(replay).await.unwrap().into_inner();
    let change = next(&mut stream).await;
    assert_eq!(
        change.new_value,
        value(Kind::StringValue("[REDACTED]".to_owned()))
    );
}
