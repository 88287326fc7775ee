//! The rate limit.

use std::time::Duration;

use decree_dev::DevServer;
use decree_proto::v1::ListVersionsRequest;
use tonic::Code;

use crate::support::{SUPERADMIN, USER, config, next, shop, subscribe_request};

#[tokio::test(start_paused = true)]
async fn a_batch_of_fifty_fields_cuts_the_stream_of_a_user_in_the_middle() {
    let field = |n: i32| format!("    f{n}: {{ type: integer, default: 0 }}\n");
    let fields = (0..50).map(field).collect::<Vec<_>>().concat();
    let seed = format!(
        "spec_version: v1\nschema:\n  name: many\n  fields:\n{fields}tenant: {{ name: acme }}\n"
    );
    let server = DevServer::builder()
        .seed_yaml(seed)
        .start_in_memory()
        .await
        .unwrap();
    let mut client = config(&server, USER).await;
    let subscribe = tokio_test::task::spawn(client.subscribe(subscribe_request()));
    let paths: Vec<String> = (0..50).map(|n| format!("f{n}")).collect();
    let values: Vec<_> = paths.iter().map(|path| (path.as_str(), "1")).collect();
    let server_side = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.set_many("acme", &values).unwrap();
    };
    let (stream, ()) = tokio::join!(subscribe, server_side);
    let mut stream = stream.unwrap().into_inner();
    for path in &paths[..10] {
        assert_eq!(&next(&mut stream).await.field_path, path);
    }
    let refused = stream.message().await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(refused.message(), "rate limit exceeded; retry after 1s");
    assert!(!refused.details().is_empty(), "it carries RetryInfo");
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_ten_in_a_burst_are_refused_and_superadmins_are_not_counted() {
    let server = shop().await;
    let mut user = config(&server, USER).await;
    let request = ListVersionsRequest {
        tenant_id: "acme".to_owned(),
        ..Default::default()
    };
    for _ in 0..10 {
        user.list_versions(request.clone()).await.unwrap();
    }
    let refused = user.list_versions(request.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    tokio::time::sleep(Duration::from_millis(10)).await;
    user.list_versions(request.clone()).await.unwrap();

    let mut superadmin = config(&server, SUPERADMIN).await;
    for _ in 0..100 {
        superadmin.list_versions(request.clone()).await.unwrap();
    }
    assert_eq!(
        server.calls("ListVersions"),
        112,
        "refused calls count, too"
    );
}
