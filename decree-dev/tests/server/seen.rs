//! What a test can ask the server about its callers, and what it can make of nothing.

use decree_dev::DevServer;
use decree_proto::v1::{SetFieldRequest, typed_value::Kind};

use crate::support::{ADMIN, SUPERADMIN, config, shop, value};

#[tokio::test(start_paused = true)]
async fn the_last_headers_and_keys_are_remembered() {
    let server = shop().await;
    let mut client = config(&server, ADMIN).await;
    let mut set = async |tenant: &str, limit, key: Option<&str>| {
        let request = SetFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: "cart.limit".to_owned(),
            value: value(Kind::IntegerValue(limit)),
            idempotency_key: key.map(str::to_owned),
            ..SetFieldRequest::default()
        };
        client.set_field(request).await.is_ok()
    };
    assert_eq!(server.last_headers("SetField"), None);
    assert_eq!(server.last_idempotency_key("acme"), None);

    let id = server.tenant_id("acme").unwrap();
    assert!(set("acme", 5, Some("first")).await);
    assert_eq!(server.last_idempotency_key(&id).unwrap(), "first");
    assert!(!set(&id, 0, Some("refused")).await);
    assert_eq!(server.last_idempotency_key("acme").unwrap(), "refused");
    assert!(set("acme", 5, None).await);
    assert_eq!(server.last_idempotency_key("acme"), None);

    let headers = server.last_headers("SetField").unwrap();
    assert_eq!(headers["x-role"], "admin");
    assert_eq!(server.last_headers("GetConfig"), None);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_is_made_of_a_schema() {
    let server = DevServer::builder().start_in_memory().await.unwrap();
    let yaml = "spec_version: v1\nname: s\nfields: { a: { type: bool, default: 'true' } }\n";
    let id = server.create(yaml, "one").unwrap();
    assert_eq!(server.tenant_id("one"), Some(id));
    server.create(yaml, "two").unwrap();
    assert_eq!(server.tenants(), ["one", "two"]);
    assert_eq!(server.set("two", "a", "false").unwrap(), 2);
    let again = server.create(yaml, "two").unwrap_err();
    assert_eq!(again.message(), "tenant with this name already exists");
    let refused = server.create("name: s", "three").unwrap_err();
    assert!(refused.message().contains("spec_version is required"));

    let mut client = config(&server, SUPERADMIN).await;
    let shown = crate::support::of("one");
    let config = client.get_config(shown).await.unwrap().into_inner();
    assert_eq!(config.config.unwrap().version, 1);
}
