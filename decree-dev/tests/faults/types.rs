//! A server that types values by an old schema.

use decree_proto::v1::{GetTenantRequest, typed_value::Kind};

use crate::{
    client, shop, subscribe,
    support::{SUPERADMIN, next, read, schema, value},
};

/// The shop's schema with a new field and a field of another type.
const NEXT: &str = r"
spec_version: v1
name: shop
fields:
  cart.limit: { type: integer }
  cart.rate: { type: number, nullable: true }
  cart.banner: { type: integer, nullable: true }
  cart.depth: { type: integer, nullable: true }
";

#[tokio::test(start_paused = true)]
async fn reads_go_by_the_old_schema_until_the_server_behaves() {
    let server = shop().await;
    server.set("acme", "cart.banner", "7 days").unwrap();
    server.misbehave(|faults| faults.stale_types = true);
    assert_eq!(server.change_schema("acme", NEXT).unwrap(), 2);
    server.set("acme", "cart.depth", "12").unwrap();

    let mut client = client(&server).await;
    let depth = read(&mut client, "cart.depth", true).await.value;
    assert_eq!(depth, value(Kind::StringValue("12".to_owned())));
    let banner = read(&mut client, "cart.banner", true).await.value;
    assert_eq!(banner, value(Kind::StringValue("7 days".to_owned())));
    let mut stream = subscribe(&mut client).await;
    server.set("acme", "cart.depth", "13").unwrap();
    let depth = next(&mut stream).await.new_value;
    assert_eq!(depth, value(Kind::StringValue("13".to_owned())));

    let mut tenants = schema(&server, SUPERADMIN).await;
    let request = GetTenantRequest {
        id: "acme".to_owned(),
    };
    let tenant = tenants.get_tenant(request).await.unwrap().into_inner();
    assert_eq!(tenant.tenant.unwrap().schema_version, 2, "the truth");

    server.behave();
    let depth = read(&mut client, "cart.depth", true).await.value;
    assert_eq!(depth, value(Kind::IntegerValue(13)));
    let banner = read(&mut client, "cart.banner", true).await.value;
    assert_eq!(banner, value(Kind::IntegerValue(0)), "it does not fit");
}

#[tokio::test(start_paused = true)]
async fn a_type_that_changed_shows_zero_under_the_old_one() {
    let server = shop().await;
    server.misbehave(|faults| faults.stale_types = true);
    let text = NEXT.replace(
        "cart.limit: { type: integer }",
        "cart.limit: { type: string }",
    );
    server.change_schema("acme", &text).unwrap();
    server.set("acme", "cart.limit", "many").unwrap();
    let mut client = client(&server).await;
    let limit = read(&mut client, "cart.limit", true).await.value;
    assert_eq!(limit, value(Kind::IntegerValue(0)));
    server.behave();
    let limit = read(&mut client, "cart.limit", true).await.value;
    assert_eq!(limit, value(Kind::StringValue("many".to_owned())));
}
