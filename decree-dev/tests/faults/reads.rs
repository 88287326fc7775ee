//! Reads that are late.

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{Fault, Lag, ReadFault},
};
use decree_proto::v1::{
    GetConfigRequest, GetFieldRequest, GetFieldsRequest, GetVersionRequest, ListVersionsRequest,
    TypedValue, typed_value::Kind,
};
use tokio::time::sleep;
use tonic::Code;

use crate::{
    client, get_config, shop,
    support::{Config, value},
};

/// Versions 3 to 6, of which each has its number as the limit.
async fn written() -> (DevServer, Config) {
    let server = shop().await;
    for version in 3..=6 {
        let written = server.set("acme", "cart.limit", &version.to_string());
        assert_eq!(written.unwrap(), version);
    }
    let client = client(&server).await;
    (server, client)
}

fn lag(server: &DevServer, fault: ReadFault) {
    server.misbehave(|faults| faults.reads = Fault::Always(fault));
}

fn limit(value: Option<TypedValue>) -> i64 {
    match value.unwrap().kind.unwrap() {
        Kind::IntegerValue(limit) => limit,
        other => panic!("{other:?}"),
    }
}

/// The version and the limit of a whole read.
async fn whole(client: &mut Config) -> (i32, i64) {
    let config = get_config(client).await.unwrap().config.unwrap();
    let mut values = config.values.into_iter();
    let value = values.find(|value| value.field_path == "cart.limit");
    (config.version, limit(value.unwrap().value))
}

async fn newest(client: &mut Config) -> i32 {
    let request = ListVersionsRequest {
        tenant_id: "acme".to_owned(),
        ..Default::default()
    };
    let versions = client.list_versions(request).await.unwrap().into_inner();
    versions.versions[0].version
}

async fn field(client: &mut Config) -> i64 {
    let request = GetFieldRequest {
        tenant_id: "acme".to_owned(),
        field_path: "cart.limit".to_owned(),
        ..Default::default()
    };
    let field = client.get_field(request).await.unwrap().into_inner();
    limit(field.value.unwrap().value)
}

async fn fields(client: &mut Config) -> i64 {
    let request = GetFieldsRequest {
        tenant_id: "acme".to_owned(),
        field_paths: vec!["cart.limit".to_owned()],
        ..Default::default()
    };
    let mut fields = client.get_fields(request).await.unwrap().into_inner();
    limit(fields.values.remove(0).value)
}

async fn has_version(client: &mut Config, version: i32) -> bool {
    let request = GetVersionRequest {
        tenant_id: "acme".to_owned(),
        version,
    };
    match client.get_version(request).await {
        Ok(_) => true,
        Err(refused) => {
            assert_eq!(refused.code(), Code::NotFound);
            false
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_replica_is_late_in_everything() {
    let (server, mut client) = written().await;
    lag(&server, ReadFault::Late(Lag::Versions(2)));
    assert_eq!(whole(&mut client).await, (4, 4));
    assert_eq!(newest(&mut client).await, 4);
    assert_eq!(field(&mut client).await, 4);
    assert_eq!(fields(&mut client).await, 4);
    assert!(has_version(&mut client, 4).await);
    assert!(!has_version(&mut client, 5).await);
    // A version that it has not got yet is served as what it has.
    let request = GetConfigRequest {
        tenant_id: "acme".to_owned(),
        version: Some(6),
        ..Default::default()
    };
    let config = client.get_config(request).await.unwrap().into_inner();
    let config = config.config.unwrap();
    let found = config.values.iter().find(|v| v.field_path == "cart.limit");
    assert_eq!(config.version, 6);
    assert_eq!(found.unwrap().value, value(Kind::IntegerValue(4)));

    server.behave();
    assert_eq!(whole(&mut client).await, (6, 6));
    assert!(has_version(&mut client, 6).await);

    // So late that there is nothing yet.
    lag(&server, ReadFault::Late(Lag::Versions(100)));
    let config = get_config(&mut client).await.unwrap().config.unwrap();
    assert_eq!((config.version, config.values.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn lag_in_time_passes_with_time() {
    let (server, mut client) = written().await;
    sleep(Duration::from_secs(60)).await;
    lag(&server, ReadFault::Late(Lag::Time(Duration::from_secs(10))));
    assert_eq!(server.set("acme", "cart.limit", "7").unwrap(), 7);
    sleep(Duration::from_secs(6)).await;
    assert_eq!(server.set("acme", "cart.limit", "8").unwrap(), 8);
    assert_eq!(whole(&mut client).await, (6, 6));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(whole(&mut client).await, (7, 7));
    assert_eq!(newest(&mut client).await, 7);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(whole(&mut client).await, (8, 8));
}

#[tokio::test(start_paused = true)]
async fn a_new_number_has_old_content() {
    let (server, mut client) = written().await;
    lag(&server, ReadFault::Mislabelled(Lag::Versions(2)));
    assert_eq!(whole(&mut client).await, (6, 4));
    assert_eq!(newest(&mut client).await, 6);
    assert!(has_version(&mut client, 6).await);
    assert_eq!(fields(&mut client).await, 4);
}

#[tokio::test(start_paused = true)]
async fn every_other_read_is_late() {
    let (server, mut client) = written().await;
    lag(&server, ReadFault::Alternating(Lag::Versions(1)));
    let mut seen = Vec::new();
    for _ in 0..2 {
        seen.push(whole(&mut client).await);
        seen.push((newest(&mut client).await, field(&mut client).await));
        seen.push(whole(&mut client).await);
    }
    assert_eq!(seen, [(5, 5), (6, 5), (6, 6), (5, 5), (6, 5), (6, 6)]);
}

#[tokio::test(start_paused = true)]
async fn only_so_many_reads_are_late() {
    let (server, mut client) = written().await;
    let late = ReadFault::Late(Lag::Versions(3));
    server.misbehave(|faults| faults.reads = Fault::Next(2, late));
    assert_eq!(whole(&mut client).await, (3, 3));
    assert_eq!(whole(&mut client).await, (3, 3));
    assert_eq!(whole(&mut client).await, (6, 6));
}
