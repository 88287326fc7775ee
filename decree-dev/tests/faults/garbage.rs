//! Messages that make no sense.

use decree_dev::faults::{Answer, EventFault, Fault, Garbage};
use decree_proto::v1::{
    ConfigChange, ConfigValue, GetVersionRequest, ListVersionsRequest, ListVersionsResponse,
    TypedValue, typed_value::Kind,
};

use crate::{client, get_config, shop, support::next, watched};

fn answers(garbage: Garbage) -> Fault<Answer> {
    Fault::Always(Answer::Garbage(garbage))
}

#[tokio::test(start_paused = true)]
async fn answers_are_empty_for_as_often_as_told() {
    let server = shop().await;
    let mut client = client(&server).await;
    server.misbehave(|faults| {
        let once = Fault::Next(1, Answer::Garbage(Garbage::Empty));
        faults.answers.insert("GetConfig", once.clone());
        faults.answers.insert("ListVersions", once);
    });
    assert_eq!(get_config(&mut client).await.unwrap().config, None);
    assert!(get_config(&mut client).await.unwrap().config.is_some());
    let request = ListVersionsRequest {
        tenant_id: "acme".to_owned(),
        ..Default::default()
    };
    let versions = client.list_versions(request.clone()).await.unwrap();
    assert_eq!(versions.into_inner(), ListVersionsResponse::default());
    let versions = client.list_versions(request).await.unwrap().into_inner();
    assert_eq!(versions.versions.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn values_have_no_kind_and_numbers_are_none() {
    let server = shop().await;
    server.set("acme", "cart.rate", "0.5").unwrap();
    let mut client = client(&server).await;
    server.misbehave(|faults| {
        faults.answers.insert("GetConfig", answers(Garbage::NoKind));
    });
    let config = get_config(&mut client).await.unwrap().config.unwrap();
    let without_kind = |value: &ConfigValue| value.value == Some(TypedValue { kind: None });
    assert!(config.values.iter().all(without_kind), "{config:?}");

    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        server.misbehave(|faults| {
            let garbage = answers(Garbage::Number(number));
            faults.answers.insert("GetConfig", garbage);
        });
        let config = get_config(&mut client).await.unwrap().config.unwrap();
        let kind = |path| {
            let mut values = config.values.iter();
            let found = values.find(|value| value.field_path == path).unwrap();
            found.value.clone().unwrap().kind.unwrap()
        };
        let Kind::NumberValue(shown) = kind("cart.rate") else {
            panic!("{config:?}");
        };
        assert_eq!(shown.to_bits(), number.to_bits());
        assert_eq!(kind("cart.limit"), Kind::IntegerValue(40));
    }
}

#[tokio::test(start_paused = true)]
async fn numbers_of_versions_are_absurd() {
    let server = shop().await;
    let mut client = client(&server).await;
    server.misbehave(|faults| {
        for method in ["GetConfig", "ListVersions", "GetVersion"] {
            let garbage = answers(Garbage::Version(i32::MAX));
            faults.answers.insert(method, garbage);
        }
    });
    let config = get_config(&mut client).await.unwrap().config.unwrap();
    assert_eq!(config.version, i32::MAX);
    let request = ListVersionsRequest {
        tenant_id: "acme".to_owned(),
        ..Default::default()
    };
    let versions = client.list_versions(request).await.unwrap().into_inner();
    assert_eq!(versions.versions[0].version, i32::MAX);
    let request = GetVersionRequest {
        tenant_id: "acme".to_owned(),
        version: 1,
    };
    let version = client.get_version(request).await.unwrap().into_inner();
    assert_eq!(version.config_version.unwrap().version, i32::MAX);
}

#[tokio::test(start_paused = true)]
async fn events_make_no_sense() {
    let (server, mut stream) = watched().await;
    let mut told = async |garbage| {
        let fault = Fault::Next(1, EventFault::Garbage(garbage));
        server.misbehave(|faults| faults.events = fault);
        server.set("acme", "cart.rate", "0.5").unwrap();
        stream.message().await.unwrap().unwrap().change
    };
    assert_eq!(told(Garbage::Empty).await, None);
    let change: ConfigChange = told(Garbage::NoKind).await.unwrap();
    assert_eq!(change.new_value, Some(TypedValue { kind: None }));
    assert_eq!(told(Garbage::Version(-7)).await.unwrap().version, -7);
    let change = told(Garbage::Number(f64::INFINITY)).await.unwrap();
    let infinite = TypedValue {
        kind: Some(Kind::NumberValue(f64::INFINITY)),
    };
    assert_eq!(change.new_value, Some(infinite));
    server.set("acme", "cart.rate", "0.25").unwrap();
    assert_eq!(next(&mut stream).await.version, 7);
}
