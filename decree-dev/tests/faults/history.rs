//! Histories that are not what they were.

use decree_proto::v1::{ConfigVersion, ListVersionsRequest, typed_value::Kind};
use tonic::Code;

use crate::{
    client, is_quiet, shop,
    support::{Config, read, value},
    told, version, watched,
};

/// Newest first.
async fn versions(client: &mut Config) -> Vec<ConfigVersion> {
    let request = ListVersionsRequest {
        tenant_id: "acme".to_owned(),
        ..Default::default()
    };
    let versions = client.list_versions(request).await.unwrap();
    versions.into_inner().versions
}

#[tokio::test(start_paused = true)]
async fn a_restarted_server_lost_its_newest_versions() {
    let server = shop().await;
    for limit in ["41", "42", "43"] {
        server.set("acme", "cart.limit", limit).unwrap();
    }
    let mut before = client(&server).await;
    let before = versions(&mut before).await;
    server.kill().await;
    assert_eq!(server.lose_versions("acme", 2).unwrap(), 3);
    server.revive().await.unwrap();

    let mut client = client(&server).await;
    assert_eq!(versions(&mut client).await, before[2..]);
    let limit = read(&mut client, "cart.limit", true).await.value;
    assert_eq!(limit, value(Kind::IntegerValue(41)));
    assert_eq!(server.set("acme", "cart.limit", "50").unwrap(), 4);
    assert_ne!(versions(&mut client).await[0].id, before[1].id);

    assert_eq!(server.lose_versions("acme", 100).unwrap(), 0);
    assert_eq!(versions(&mut client).await, []);
    let refused = server.lose_versions("nobody", 1).unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}

#[tokio::test(start_paused = true)]
async fn the_newest_versions_are_others_now_and_nobody_is_told() {
    let (server, mut stream) = watched().await;
    for limit in ["41", "42", "43"] {
        server.set("acme", "cart.limit", limit).unwrap();
        version(&mut stream).await;
    }
    let mut client = client(&server).await;
    let before = versions(&mut client).await;
    let others: [&[(&str, &str)]; 2] = [
        &[("cart.limit", "50")],
        &[("cart.limit", "51"), ("cart.rate", "1")],
    ];
    assert_eq!(server.rewrite_versions("acme", &others).unwrap(), 5);
    assert!(is_quiet(&mut stream).await);
    let after = versions(&mut client).await;
    let numbers = |all: &[ConfigVersion]| all.iter().map(|v| v.version).collect::<Vec<_>>();
    assert_eq!(numbers(&after), numbers(&before));
    assert_eq!(after[2..], before[2..]);
    for index in 0..2 {
        assert_ne!(after[index].id, before[index].id);
    }
    let limit = read(&mut client, "cart.limit", true).await.value;
    assert_eq!(limit, value(Kind::IntegerValue(51)));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_leaves_the_history_as_it_was() {
    let server = shop().await;
    server.set("acme", "cart.limit", "41").unwrap();
    let mut client = client(&server).await;
    let before = versions(&mut client).await;
    let others: [&[(&str, &str)]; 2] = [&[("cart.limit", "50")], &[("cart.limit", "9999")]];
    let refused = server.rewrite_versions("acme", &others).unwrap_err();
    assert_eq!(
        told(&refused),
        (
            Code::InvalidArgument,
            "field cart.limit: value 9999 is greater than maximum 500"
        )
    );
    assert_eq!(versions(&mut client).await, before);
    let limit = read(&mut client, "cart.limit", true).await.value;
    assert_eq!(limit, value(Kind::IntegerValue(41)));
}
