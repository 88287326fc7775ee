//! Locks, and what differs between versions.

use decree_proto::v1::{
    ChangeType, DiffVersionsRequest, FieldDiff, ListFieldLocksRequest, SetFieldRequest,
    UnlockFieldRequest, typed_value::Kind,
};
use tonic::Code;

use crate::support::{ADMIN, USER, config, schema, shop, value};

#[tokio::test(start_paused = true)]
async fn locks_of_the_seed_are_listed_and_those_made_later_hold() {
    let server = shop().await;
    server.lock("acme", "cart.limit", &["7"]).unwrap();
    let mut client = schema(&server, USER).await;
    let request = ListFieldLocksRequest {
        tenant_id: "acme".to_owned(),
        ..ListFieldLocksRequest::default()
    };
    let listed = client.list_field_locks(request).await.unwrap();
    let locks: Vec<_> = listed
        .into_inner()
        .locks
        .into_iter()
        .map(|lock| (lock.field_path, lock.locked_values))
        .collect();
    let lock = |path: &str, values: &[&str]| {
        let values = values.iter().map(|&value| value.to_owned());
        (path.to_owned(), values.collect())
    };
    assert_eq!(
        locks,
        [
            lock("cart.banner", &["closed"]),
            lock("cart.limit", &["7"]),
            lock("open", &[])
        ]
    );

    let set = |limit| SetFieldRequest {
        tenant_id: "acme".to_owned(),
        field_path: "cart.limit".to_owned(),
        value: value(Kind::IntegerValue(limit)),
        ..SetFieldRequest::default()
    };
    let mut writer = config(&server, ADMIN).await;
    let refused = writer.set_field(set(7)).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    writer.set_field(set(8)).await.unwrap();
    server.unlock("acme", "cart.limit").unwrap();
    writer.set_field(set(7)).await.unwrap();

    let request = UnlockFieldRequest {
        tenant_id: "acme".to_owned(),
        field_path: "open".to_owned(),
    };
    let mut admin = schema(&server, ADMIN).await;
    admin.unlock_field(request).await.unwrap();
    assert_eq!(server.set("acme", "open", "true").unwrap(), 5);
}

/// The real server shows it in clear.
#[tokio::test(start_paused = true)]
async fn a_difference_in_a_secret_is_told_without_the_secret() {
    let server = shop().await;
    server.set("acme", "pay.key", "hunter2").unwrap();
    server
        .set_many("acme", &[("pay.key", "hunter3"), ("cart.limit", "41")])
        .unwrap();
    server.set("acme", "pay.key", "hunter3").unwrap();
    let mut client = config(&server, USER).await;
    let mut diff = async |from_version, to_version| {
        let request = DiffVersionsRequest {
            tenant_id: "acme".to_owned(),
            from_version,
            to_version,
        };
        let answer = client.diff_versions(request).await;
        answer.unwrap().into_inner().diffs
    };
    let secret = |change_type: ChangeType, old: &str, new: &str| FieldDiff {
        field_path: "pay.key".to_owned(),
        change_type: change_type.into(),
        old_value: old.to_owned(),
        new_value: new.to_owned(),
    };
    let hidden = "[REDACTED]";
    assert_eq!(diff(2, 3).await, [secret(ChangeType::Added, "", hidden)]);
    let changed = diff(3, 4).await;
    assert_eq!(changed[0].new_value, "41");
    assert_eq!(
        changed[1],
        secret(ChangeType::Modified, hidden, hidden),
        "that it changed is no secret"
    );
    assert_eq!(diff(4, 5).await, []);
}
