//! Limits that the real server has or can be given.

use std::time::Duration;

use decree_proto::v1::{GetFieldRequest, GetFieldsRequest, GetFieldsResponse};
use tokio::time::{Instant, timeout};
use tonic::{Code, Request, Status};

use crate::{
    client, get_config, is_quiet, shop, subscribe,
    support::{Config, subscribe_request},
    told, version,
};

const MIB: usize = 1024 * 1024;

#[tokio::test(start_paused = true)]
async fn an_answer_of_more_than_20_mib_is_refused_and_one_of_19_is_not() {
    let server = shop().await;
    let mut client = client(&server).await.max_decoding_message_size(64 * MIB);
    server
        .set("acme", "large", &format!("{:?}", "x".repeat(19 * MIB)))
        .unwrap();
    let config = get_config(&mut client).await.unwrap().config.unwrap();
    assert!(
        config
            .values
            .iter()
            .any(|value| value.field_path == "large")
    );

    server
        .set("acme", "large", &format!("{:?}", "x".repeat(20 * MIB)))
        .unwrap();
    let refused = get_config(&mut client).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let message = refused.message();
    assert!(
        message.starts_with("grpc: trying to send message larger than max (2097"),
        "{message}"
    );
    assert!(message.ends_with(" vs. 20971520)"), "{message}");
    assert!(refused.details().is_empty(), "no RetryInfo");

    let small = GetFieldRequest {
        tenant_id: "acme".to_owned(),
        field_path: "cart.limit".to_owned(),
        ..Default::default()
    };
    client.get_field(small).await.unwrap();
    let mut replay = subscribe_request();
    replay.start_version = Some(3);
    let mut stream = client.subscribe(replay).await.unwrap().into_inner();
    assert_eq!(version(&mut stream).await, 3);
    let refused = stream.message().await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
}

async fn get_fields(client: &mut Config, count: usize) -> Result<GetFieldsResponse, Status> {
    let request = GetFieldsRequest {
        tenant_id: "acme".to_owned(),
        field_paths: vec!["cart.limit".to_owned(); count],
        ..Default::default()
    };
    Ok(client.get_fields(request).await?.into_inner())
}

#[tokio::test(start_paused = true)]
async fn a_call_may_name_only_so_many_paths() {
    let server = shop().await;
    let mut client = client(&server).await;
    get_fields(&mut client, 1000).await.unwrap();
    server.misbehave(|faults| faults.longest_list = Some(5));
    get_fields(&mut client, 5).await.unwrap();
    let refused = get_fields(&mut client, 6).await.unwrap_err();
    let expected = (
        Code::InvalidArgument,
        "request has 6 field_paths, exceeds limit of 5",
    );
    assert_eq!(told(&refused), expected);
    let mut six = subscribe_request();
    six.field_paths = vec!["cart.limit".to_owned(); 6];
    let refused = client.subscribe(six.clone()).await.unwrap_err();
    assert_eq!(told(&refused), expected);
    let six_values = [("cart.limit", "41"); 6];
    let refused = server.set_many("acme", &six_values).unwrap_err();
    assert_eq!(
        refused.message(),
        "request has 6 updates, exceeds limit of 5"
    );

    server.behave();
    client.subscribe(six).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_deadline_is_cut_and_one_with_a_deadline_lives_as_long() {
    let server = shop().await;
    let five = Duration::from_secs(5);
    server.misbehave(|faults| faults.default_timeout = Some(five));
    let mut client = client(&server).await;
    let start = Instant::now();
    let mut stream = subscribe(&mut client).await;
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(version(&mut stream).await, 3);
    let cut = timeout(3 * five, stream.message()).await.unwrap();
    let cut = cut.unwrap_err();
    let expected = (Code::DeadlineExceeded, "context deadline exceeded");
    assert_eq!(told(&cut), expected);
    let life = start.elapsed();
    assert!((five..2 * five).contains(&life), "{life:?}");
    assert_eq!(server.subscribers(), 0);

    let hour = Duration::from_secs(3600);
    let mut request = Request::new(subscribe_request());
    request.set_timeout(hour);
    let start = Instant::now();
    let mut stream = client.subscribe(request).await.unwrap().into_inner();
    assert!(is_quiet(&mut stream).await, "it lives on");
    server.set("acme", "cart.limit", "42").unwrap();
    assert_eq!(version(&mut stream).await, 4);
    let cut = timeout(2 * hour, stream.message()).await.unwrap();
    assert_eq!(told(&cut.unwrap_err()), expected);
    let life = start.elapsed();
    assert!((hour..hour + five).contains(&life), "{life:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_cut_too() {
    use decree_dev::faults::{Answer, Fault};
    let server = shop().await;
    server.misbehave(|faults| {
        faults.default_timeout = Some(Duration::from_secs(5));
        faults
            .answers
            .insert("GetConfig", Fault::Always(Answer::Hang));
    });
    let mut client = client(&server).await;
    let cut = timeout(Duration::from_secs(6), get_config(&mut client)).await;
    assert_eq!(cut.unwrap().unwrap_err().code(), Code::DeadlineExceeded);
}
