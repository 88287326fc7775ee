//! Writing: versions, batches, refusals.

use decree_proto::v1::{
    FieldUpdate, GetConfigRequest, GetFieldsRequest, ListVersionsRequest, SetFieldRequest,
    SetFieldsRequest, typed_value::Kind,
};
use tonic::Code;

use crate::support::{ADMIN, As, SUPERADMIN, USER, config, read, shop, value};

fn set(path: &str, kind: Kind) -> SetFieldRequest {
    SetFieldRequest {
        tenant_id: "acme".to_owned(),
        field_path: path.to_owned(),
        value: value(kind),
        ..SetFieldRequest::default()
    }
}

fn set_limit(limit: i64) -> SetFieldRequest {
    set("cart.limit", Kind::IntegerValue(limit))
}

#[tokio::test(start_paused = true)]
async fn a_write_is_a_version_that_reads_show() {
    let server = shop().await;
    let mut client = config(&server, ADMIN).await;

    let written = client.set_field(set_limit(41)).await.unwrap().into_inner();
    let version = written.config_version.unwrap();
    assert_eq!(
        (version.version, version.created_by.as_str()),
        (3, "tester")
    );

    let limit = read(&mut client, "cart.limit", true).await;
    assert_eq!(limit.value, value(Kind::IntegerValue(41)));
    assert_eq!(
        limit.description, None,
        "a later write without a description clears it"
    );

    let request = GetConfigRequest {
        tenant_id: "acme".to_owned(),
        version: Some(2),
        include_descriptions: true,
    };
    let config = client
        .get_config(request)
        .await
        .unwrap()
        .into_inner()
        .config
        .unwrap();
    let limit = config
        .values
        .iter()
        .find(|value| value.field_path == "cart.limit")
        .unwrap();
    assert_eq!(limit.value, value(Kind::IntegerValue(40)));
    assert_eq!(limit.description.as_deref(), Some("for the holidays"));

    let request = ListVersionsRequest {
        tenant_id: "acme".to_owned(),
        page_size: 2,
        ..ListVersionsRequest::default()
    };
    let page = client
        .list_versions(request.clone())
        .await
        .unwrap()
        .into_inner();
    let shown: Vec<_> = page
        .versions
        .iter()
        .map(|v| (v.version, v.description.as_str()))
        .collect();
    assert_eq!(shown, [(3, ""), (2, "what we start with")]);
    let rest = ListVersionsRequest {
        page_token: page.next_page_token,
        ..request
    };
    let page = client.list_versions(rest).await.unwrap().into_inner();
    assert_eq!(
        page.versions[0].description,
        "Initial config from schema defaults"
    );
    assert_eq!(page.next_page_token, "");
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_one_version_and_all_or_nothing() {
    let server = shop().await;
    let mut client = config(&server, SUPERADMIN).await;
    let update = |path: &str, kind| FieldUpdate {
        field_path: path.to_owned(),
        value: value(kind),
        ..FieldUpdate::default()
    };
    let batch = |updates| SetFieldsRequest {
        tenant_id: "acme".to_owned(),
        updates,
        ..SetFieldsRequest::default()
    };
    let refused = client
        .set_fields(batch(vec![
            update("cart.limit", Kind::IntegerValue(1)),
            update("cart.limit", Kind::IntegerValue(2)),
        ]))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), refused.message()),
        (Code::Internal, "failed to set fields")
    );

    let refused = client
        .set_fields(batch(vec![
            update("cart.limit", Kind::IntegerValue(1)),
            update("cart.rate", Kind::IntegerValue(2)),
        ]))
        .await
        .unwrap_err();
    assert_eq!(refused.message(), "field cart.rate: expected number value");

    let written = client
        .set_fields(batch(vec![
            update("open", Kind::BoolValue(true)),
            update("cart.limit", Kind::IntegerValue(2)),
        ]))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(written.config_version.unwrap().version, 3);

    let request = GetFieldsRequest {
        tenant_id: "acme".to_owned(),
        field_paths: ["open", "nowhere", "cart.limit", "open"]
            .map(str::to_owned)
            .to_vec(),
        ..GetFieldsRequest::default()
    };
    let values = client
        .get_fields(request)
        .await
        .unwrap()
        .into_inner()
        .values;
    let paths: Vec<_> = values
        .iter()
        .map(|value| value.field_path.as_str())
        .collect();
    assert_eq!(paths, ["open", "cart.limit", "open"]);
}

/// What a caller is told, by code and message, for a write.
async fn refused(caller: As, request: SetFieldRequest) -> (Code, String) {
    let server = shop().await;
    let mut client = config(&server, caller).await;
    let status = client.set_field(request).await.unwrap_err();
    (status.code(), status.message().to_owned())
}

#[tokio::test(start_paused = true)]
async fn strangers_are_refused_as_by_the_real_server() {
    let of = |tenant: &str| SetFieldRequest {
        tenant_id: tenant.to_owned(),
        ..set_limit(1)
    };
    let unknown = "00000000-0000-4000-8000-000000000000";
    let nobody = As {
        role: "admin",
        tenant: "nobody",
    };
    for (caller, tenant, code, message) in [
        (
            USER,
            "acme",
            Code::PermissionDenied,
            "admin or superadmin required",
        ),
        (
            ADMIN,
            "",
            Code::InvalidArgument,
            "tenant id or name required",
        ),
        (ADMIN, "other", Code::NotFound, "tenant not found"),
        (
            ADMIN,
            unknown,
            Code::PermissionDenied,
            &format!("no access to tenant {unknown}"),
        ),
        (
            SUPERADMIN,
            unknown,
            Code::Internal,
            "validator lookup failed",
        ),
        (
            nobody,
            "acme",
            Code::InvalidArgument,
            "failed to resolve tenant",
        ),
    ] {
        assert_eq!(
            refused(caller, of(tenant)).await,
            (code, message.to_owned())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn bad_writes_are_refused_as_by_the_real_server() {
    use Code::{FailedPrecondition, InvalidArgument};

    let text = |text: &str| Kind::StringValue(text.to_owned());
    for (caller, path, kind, code, message) in [
        (
            ADMIN,
            "",
            text(""),
            InvalidArgument,
            "field_path must not be empty",
        ),
        (
            ADMIN,
            "x",
            text(""),
            InvalidArgument,
            "field x is not defined in the schema",
        ),
        (
            ADMIN,
            "cart.limit",
            Kind::IntegerValue(0),
            InvalidArgument,
            "field cart.limit: value 0 is less than minimum 1",
        ),
        (
            ADMIN,
            "open",
            Kind::BoolValue(true),
            FailedPrecondition,
            "field open is locked",
        ),
        (
            ADMIN,
            "cart.banner",
            text("closed"),
            FailedPrecondition,
            "value \"closed\" for field cart.banner is locked",
        ),
        (
            SUPERADMIN,
            "pay.region",
            text("us"),
            FailedPrecondition,
            "field pay.region is read-only and cannot be modified",
        ),
        (
            SUPERADMIN,
            "pay.currency",
            text("USD"),
            FailedPrecondition,
            "field pay.currency is write-once and already has a value",
        ),
    ] {
        assert_eq!(
            refused(caller, set(path, kind)).await,
            (code, message.to_owned())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_checksum_guards_a_write_unless_the_field_was_never_written() {
    let expecting = |checksum: &str, request| SetFieldRequest {
        expected_checksum: Some(checksum.to_owned()),
        ..request
    };
    let stored = decree_proto::text::checksum("40");
    assert_eq!(
        refused(ADMIN, expecting("0", set_limit(1))).await,
        (
            Code::Aborted,
            format!("checksum mismatch for cart.limit: expected 0, got {stored}")
        ),
    );
    let server = shop().await;
    let mut client = config(&server, ADMIN).await;
    client
        .set_field(expecting(&stored, set_limit(1)))
        .await
        .unwrap();
    let first = set("cart.rate", Kind::NumberValue(1.0));
    client.set_field(expecting("0", first)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_idempotency_key_is_burned_by_a_failure() {
    let server = shop().await;
    let mut client = config(&server, ADMIN).await;
    let with_key = |limit| SetFieldRequest {
        idempotency_key: Some("k".to_owned()),
        ..set_limit(limit)
    };
    client.set_field(with_key(0)).await.unwrap_err();
    let answer = client.set_field(with_key(41)).await.unwrap().into_inner();
    assert_eq!(
        answer.config_version, None,
        "success is reported and nothing was written"
    );
    assert_eq!(
        read(&mut client, "cart.limit", true).await.value,
        value(Kind::IntegerValue(40))
    );
}
