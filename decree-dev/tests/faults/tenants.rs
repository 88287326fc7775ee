//! Tenants that change under open streams.

use decree_proto::v1::{GetTenantRequest, typed_value::Kind};
use tonic::Code;

use crate::{
    client, get_config, is_quiet, shop,
    support::{SUPERADMIN, next, of, read, schema, value},
    told, watched,
};

#[tokio::test(start_paused = true)]
async fn a_renamed_tenant_has_its_old_values_and_its_stream_and_its_name_is_free() {
    let (server, mut stream) = watched().await;
    let id = server.tenant_id("acme").unwrap();
    server.rename_tenant("acme", "old").unwrap();
    let mut client = client(&server).await;
    let refused = get_config(&mut client).await.unwrap_err();
    assert_eq!(told(&refused), (Code::NotFound, "tenant not found"));
    server.set("old", "cart.limit", "41").unwrap();
    assert_eq!(next(&mut stream).await.tenant_id, id);

    let other = server.add_tenant("acme", "old").unwrap();
    assert_ne!(other, id);
    assert_eq!(server.tenants(), ["acme", "old"]);
    let config = get_config(&mut client).await.unwrap().config.unwrap();
    assert_eq!((config.tenant_id, config.version), (other, 1));
    let limit = read(&mut client, "cart.limit", true).await.value;
    assert_eq!(limit, value(Kind::IntegerValue(25)), "the default");
    server.set("acme", "cart.limit", "42").unwrap();
    assert!(is_quiet(&mut stream).await, "the stream is the old one's");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_tenant_is_gone_and_a_replaced_one_is_another() {
    let (server, mut stream) = watched().await;
    let id = server.tenant_id("acme").unwrap();
    let other = server.replace_tenant("acme").unwrap();
    assert_eq!(server.tenant_id("acme").as_ref(), Some(&other));
    let mut client = client(&server).await;
    let config = client.get_config(of(&other)).await.unwrap().into_inner();
    assert_eq!(config.config.unwrap().tenant_id, other);
    let refused = client.get_config(of(&id)).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);

    server.delete_tenant("acme").unwrap();
    let refused = get_config(&mut client).await.unwrap_err();
    assert_eq!(told(&refused), (Code::NotFound, "tenant not found"));
    assert!(is_quiet(&mut stream).await);
    assert!(server.delete_tenant("acme").is_err());
}

/// The shop's limit as a string, or as a secret.
fn with_limit(limit: &str) -> String {
    format!("spec_version: v1\nname: shop\nfields:\n  cart.limit: {limit}\n")
}

#[tokio::test(start_paused = true)]
async fn a_schema_changes_types_and_secrets_under_open_streams() {
    let (server, mut stream) = watched().await;
    let mut client = client(&server).await;
    let string = with_limit("{ type: string }");
    assert_eq!(server.change_schema("acme", &string).unwrap(), 2);
    let limit = read(&mut client, "cart.limit", true).await.value;
    assert_eq!(limit, value(Kind::StringValue("40".to_owned())));
    assert!(is_quiet(&mut stream).await, "nobody is told");

    let secret = with_limit("{ type: integer, sensitive: true }");
    assert_eq!(server.change_schema("acme", &secret).unwrap(), 3);
    let limit = read(&mut client, "cart.limit", true).await.value;
    assert_eq!(limit, value(Kind::IntegerValue(0)), "redacted");
    assert_eq!(
        server.change_schema("acme", &secret).unwrap(),
        3,
        "as it is"
    );

    let mut tenants = schema(&server, SUPERADMIN).await;
    let request = GetTenantRequest {
        id: "acme".to_owned(),
    };
    let tenant = tenants.get_tenant(request).await.unwrap().into_inner();
    assert_eq!(tenant.tenant.unwrap().schema_version, 3);

    let refused = server
        .change_schema("acme", &string.replace("shop", "bank"))
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(
        refused.message().contains("give it the name"),
        "{}",
        refused.message()
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_can_be_done_to_a_tenant_that_is_not_there() {
    let server = shop().await;
    for done in [
        server.rename_tenant("nobody", "somebody"),
        server.delete_tenant("nobody"),
        server.replace_tenant("nobody").map(drop),
        server.add_tenant("somebody", "nobody").map(drop),
        server
            .change_schema("nobody", &with_limit("{ type: string }"))
            .map(drop),
    ] {
        let refused = done.unwrap_err();
        assert_eq!(told(&refused), (Code::NotFound, "tenant not found"));
    }
    let refused = server.add_tenant("acme", "acme").unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
}
