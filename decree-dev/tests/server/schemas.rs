//! Schemas and tenants.

use decree_dev::DevServer;
use decree_proto::v1::{
    CreateTenantRequest, FieldType, GetSchemaRequest, GetTenantRequest, ImportSchemaRequest,
    ListTenantsRequest, PublishSchemaRequest, Schema,
};
use tonic::{Code, Status};

use crate::support::{self, SUPERADMIN, USER, config, read, schema};

const V1: &str = "spec_version: v1\nname: cart\nfields:\n  limit: { type: integer, default: 5 }\n";
const V2: &str = "spec_version: v1\nname: cart\nfields:\n  limit: { type: number }\n";

async fn import(client: &mut support::Schema, yaml: &str) -> Result<Schema, Status> {
    let yaml_content = yaml.into();
    let request = ImportSchemaRequest {
        yaml_content,
        auto_publish: false,
    };
    Ok(client
        .import_schema(request)
        .await?
        .into_inner()
        .schema
        .unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_tenant_starts_with_the_defaults_of_a_published_schema() {
    let server = DevServer::builder().start_in_memory().await.unwrap();
    let mut client = schema(&server, SUPERADMIN).await;
    let imported = import(&mut client, V1).await.unwrap();
    assert_eq!((imported.version, imported.published), (1, false));
    assert_eq!(imported.fields[0].r#type(), FieldType::Int);

    let create = CreateTenantRequest {
        name: "acme".to_owned(),
        schema_id: imported.id.clone(),
        schema_version: 1,
    };
    let refused = client.create_tenant(create.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);

    let publish = PublishSchemaRequest {
        id: imported.id.clone(),
        version: 1,
    };
    client.publish_schema(publish).await.unwrap();
    let tenant = client
        .create_tenant(create.clone())
        .await
        .unwrap()
        .into_inner()
        .tenant
        .unwrap();
    let refused = client.create_tenant(create).await.unwrap_err();
    assert_eq!(refused.message(), "tenant with this name already exists");

    let mut reader = config(&server, USER).await;
    let limit = read(&mut reader, "limit", true).await;
    assert_eq!(limit.checksum, decree_proto::text::checksum("5"));

    let mut user = schema(&server, USER).await;
    let request = GetTenantRequest {
        id: "acme".to_owned(),
    };
    let found = user
        .get_tenant(request)
        .await
        .unwrap()
        .into_inner()
        .tenant
        .unwrap();
    assert_eq!(found, tenant);
    let request = GetSchemaRequest {
        id: tenant.schema_id,
        version: Some(tenant.schema_version),
    };
    let found = user
        .get_schema(request)
        .await
        .unwrap()
        .into_inner()
        .schema
        .unwrap();
    assert_eq!(found.name, "cart");
}

#[tokio::test(start_paused = true)]
async fn another_shape_is_another_version_and_the_same_shape_is_none() {
    let server = DevServer::builder().start_in_memory().await.unwrap();
    let mut client = schema(&server, SUPERADMIN).await;
    import(&mut client, V1).await.unwrap();
    let same = V1.replace("default: 5", "default: 6");
    let refused = import(&mut client, &same).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    let second = import(&mut client, V2).await.unwrap();
    assert_eq!((second.version, second.parent_version), (2, Some(1)));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_evaluated_is_refused_at_import() {
    let server = DevServer::builder().start_in_memory().await.unwrap();
    let mut client = schema(&server, SUPERADMIN).await;
    let cel = format!("{V1}validations: [{{ rule: self.limit > 1, message: no }}]\n");
    let refused = import(&mut client, &cel).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        refused.message(),
        "invalid schema YAML: validations (line 5): decree-dev does not evaluate CEL rules; take them out to try the rest"
    );
}

#[tokio::test(start_paused = true)]
async fn callers_see_only_their_own_tenants() {
    let other = support::SHOP.replace("name: acme", "name: other");
    let server = DevServer::builder()
        .seed_yaml(support::SHOP)
        .seed_yaml(other)
        .start_in_memory()
        .await
        .unwrap();
    let mut client = schema(&server, USER).await;
    let listed = client
        .list_tenants(ListTenantsRequest::default())
        .await
        .unwrap()
        .into_inner();
    let names: Vec<_> = listed
        .tenants
        .iter()
        .map(|tenant| tenant.name.as_str())
        .collect();
    assert_eq!(names, ["acme"]);
    let request = GetTenantRequest {
        id: "other".to_owned(),
    };
    let refused = client.get_tenant(request).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.message()),
        (Code::NotFound, "tenant not found")
    );
    assert_eq!(server.tenants(), ["acme", "other"]);
}

#[tokio::test(start_paused = true)]
async fn one_field_can_require_another() {
    let server = DevServer::builder().start_in_memory().await.unwrap();
    let mut client = schema(&server, SUPERADMIN).await;
    let yaml = "spec_version: v1\nname: pay\nfields:\n  key: { type: string, nullable: true }\n  \
                timeout: { type: duration, nullable: true }\ndependentRequired:\n  key: [timeout]\n";
    let request = ImportSchemaRequest {
        yaml_content: yaml.into(),
        auto_publish: true,
    };
    let imported = client
        .import_schema(request)
        .await
        .unwrap()
        .into_inner()
        .schema
        .unwrap();
    let create = CreateTenantRequest {
        name: "acme".to_owned(),
        schema_id: imported.id,
        schema_version: 1,
    };
    client.create_tenant(create).await.unwrap();

    let refused = server.set("acme", "key", "k").unwrap_err();
    assert_eq!(
        refused.message(),
        "dependentRequired: \"key\" has a value but required dependent \"timeout\" is null"
    );
    assert_eq!(
        server
            .set_many("acme", &[("key", "k"), ("timeout", "1s")])
            .unwrap(),
        1
    );
    assert!(server.set_null("acme", "timeout").is_err());
}
