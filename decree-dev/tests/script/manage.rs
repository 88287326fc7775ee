//! Differences between versions, and schemas and tenants that change.

use decree_proto::v1::{
    self, FieldConstraints, FieldType, SchemaField, schema_service_client::SchemaServiceClient,
};
use tonic::{Status, transport::Channel};

use super::{Headers, ROOT, Script, UNKNOWN, typed, with};

impl Script {
    pub(super) async fn diffs(&mut self, tenant: &str) {
        let stranger: Headers<'_> = &[("x-subject", "s"), ("x-tenant-id", UNKNOWN)];
        for (headers, tenant, from, to) in [
            (ROOT, tenant, 1, 2),
            (ROOT, tenant, 1, 9),
            (ROOT, tenant, 9, 1),
            (ROOT, tenant, 2, 18),
            (ROOT, tenant, 18, 21),
            (ROOT, tenant, 4, 4),
            (ROOT, tenant, 0, 1),
            (ROOT, tenant, 1, 0),
            (ROOT, tenant, 9999, 9998),
            (ROOT, UNKNOWN, 1, 2),
            (ROOT, "nobody", 1, 2),
            (ROOT, "", 1, 2),
            (stranger, tenant, 1, 2),
        ] {
            let request = v1::DiffVersionsRequest {
                tenant_id: tenant.to_owned(),
                from_version: from,
                to_version: to,
            };
            let mut client = self.config.clone();
            self.call("diff", client.diff_versions(with(headers, request)))
                .await;
        }
    }

    /// Returns the id of the schema that came of it.
    pub(super) async fn schemas(&mut self) -> String {
        self.name.push_str("-d");
        let client = &mut self.schema.clone();
        let name = self.name.clone();
        let user: Headers<'_> = &[("x-subject", "u"), ("x-tenant-id", UNKNOWN)];
        let bool_at = |path: &str| field(path, FieldType::Bool);
        let mut ranged = bool_at("a");
        ranged.constraints = Some(FieldConstraints {
            max: Some(1.0),
            ..FieldConstraints::default()
        });
        let mut limit = field("limit", FieldType::Int);
        limit.default_value = Some("5".to_owned());
        for (headers, name, fields) in [
            (user, "", vec![]),
            (ROOT, "", vec![]),
            (ROOT, "A", vec![]),
            (ROOT, &name, vec![ranged]),
            (ROOT, &name, vec![bool_at("a"), bool_at("a.b")]),
            (ROOT, &name, vec![bool_at("a"), bool_at("a")]),
            (
                ROOT,
                &name,
                vec![bool_at("on"), field("any", FieldType::Unspecified), limit],
            ),
            (ROOT, &name, vec![]),
        ] {
            let request = v1::CreateSchemaRequest {
                name: name.to_owned(),
                description: Some("by hand".to_owned()),
                fields,
            };
            let answer = client.create_schema(with(headers, request)).await;
            let schema = answer.map(|answer| answer.into_inner().schema);
            self.note_schema("create schema", schema);
        }
        let id = self.newest_schema(client, user).await;
        for (headers, id, fields, remove_fields) in [
            (user, id.as_str(), vec![], vec![]),
            (ROOT, "", vec![], vec!["a".to_owned(); 1001]),
            (ROOT, "nowhere", vec![], vec!["a".to_owned(); 1001]),
            (ROOT, "nowhere", vec![], vec![]),
            (ROOT, &id, vec![bool_at("on.off")], vec![]),
            (ROOT, &name, vec![], vec![]),
            (
                ROOT,
                &name,
                vec![field("any", FieldType::Url), bool_at("off")],
                vec!["on".to_owned(), "never".to_owned(), "off".to_owned()],
            ),
        ] {
            let request = v1::UpdateSchemaRequest {
                id: id.to_owned(),
                version_description: Some("more".to_owned()),
                fields,
                remove_fields,
            };
            let answer = client.update_schema(with(headers, request)).await;
            let schema = answer.map(|answer| answer.into_inner().schema);
            self.note_schema("update schema", schema);
        }
        self.newest_schema(client, user).await;
        id
    }

    /// The real server answers a change with the fields in no order.
    fn note_schema(&mut self, step: &str, answer: Result<Option<v1::Schema>, Status>) {
        let answer = answer.map(|schema| {
            let mut schema = schema.unwrap();
            schema.fields.sort_by(|a, b| a.path.cmp(&b.path));
            schema
        });
        self.note(
            step,
            &answer.map_err(|s| (s.code(), s.message().to_owned())),
        );
    }

    async fn newest_schema(
        &mut self,
        client: &mut SchemaServiceClient<Channel>,
        headers: Headers<'_>,
    ) -> String {
        let request = |page_token: &str| v1::ListSchemasRequest {
            name_filter: Some("is not looked at".to_owned()),
            page_size: 1,
            page_token: page_token.to_owned(),
        };
        let listed = client.list_schemas(with(headers, request(""))).await;
        let listed = listed.unwrap().into_inner();
        self.note("list schemas", &listed.schemas);
        let next = request(&listed.next_page_token);
        let next = client.list_schemas(with(headers, next)).await.unwrap();
        self.note("next page", &next.into_inner().schemas.len());
        let lost = client.list_schemas(with(headers, request("?"))).await;
        self.note("lost page", &lost.unwrap_err().message());
        listed.schemas[0].id.clone()
    }

    pub(super) async fn tenants_change(&mut self, schema: &str) {
        let client = &mut self.schema.clone();
        let (name, renamed) = (self.name.clone(), format!("{}-renamed", self.name));
        let publish = |version| v1::PublishSchemaRequest {
            id: schema.to_owned(),
            version,
        };
        let create = |name: &str| v1::CreateTenantRequest {
            name: name.to_owned(),
            schema_id: schema.to_owned(),
            schema_version: 1,
        };
        client.publish_schema(with(ROOT, publish(1))).await.unwrap();
        client.publish_schema(with(ROOT, publish(3))).await.unwrap();
        let mut ids = Vec::new();
        for name in [&name, &format!("{name}-spare")] {
            let created = client.create_tenant(with(ROOT, create(name))).await;
            ids.push(created.unwrap().into_inner().tenant.unwrap().id);
        }
        let (tenant, spare) = (ids[0].as_str(), ids[1].as_str());
        self.set(tenant, "on", typed(FieldType::Bool, "true")).await;
        self.set(tenant, "any", typed(FieldType::String, "x")).await;

        let admin: Headers<'_> = &[
            ("x-subject", "a"),
            ("x-role", "admin"),
            ("x-tenant-id", tenant),
        ];
        let stranger: Headers<'_> = &[("x-subject", "s"), ("x-tenant-id", UNKNOWN)];
        let spare_name = format!("{name}-spare");
        for (headers, id, to, version) in [
            (admin, tenant, Some("A"), Some(9)),
            (stranger, tenant, None, None),
            (ROOT, "", None, None),
            (ROOT, "nobody", None, None),
            (ROOT, tenant, Some("A"), Some(9)),
            (ROOT, tenant, Some("A"), Some(2)),
            (ROOT, tenant, Some("A"), Some(3)),
            (ROOT, tenant, Some(&spare_name), None),
            (ROOT, tenant, Some(&name), None),
            (ROOT, tenant, Some(""), None),
            (ROOT, tenant, None, None),
            (ROOT, &name, Some(&renamed), Some(3)),
        ] {
            let request = v1::UpdateTenantRequest {
                id: id.to_owned(),
                name: to.map(str::to_owned),
                schema_version: version,
            };
            self.call(
                "update tenant",
                client.update_tenant(with(headers, request)),
            )
            .await;
        }
        self.get(&name, "on").await;
        self.get(&renamed, "on").await;
        self.set(tenant, "on", typed(FieldType::Bool, "false"))
            .await;
        self.set(tenant, "any", typed(FieldType::Url, "http://x"))
            .await;
        self.whole(tenant, None).await;
        let request = v1::UpdateTenantRequest {
            id: tenant.to_owned(),
            name: None,
            schema_version: Some(1),
        };
        self.call("downgrade", client.update_tenant(with(ROOT, request)))
            .await;

        // A server that never heard of the tenant would say something else once it is gone.
        self.set(spare, "on", typed(FieldType::Bool, "true")).await;
        for (headers, id) in [
            (admin, tenant),
            (stranger, tenant),
            (ROOT, ""),
            (ROOT, "nobody"),
            (ROOT, spare),
            (ROOT, spare),
        ] {
            let request = v1::DeleteTenantRequest { id: id.to_owned() };
            self.call(
                "delete tenant",
                client.delete_tenant(with(headers, request)),
            )
            .await;
        }
        self.set(&spare_name, "on", None).await;
        self.deleted(spare).await;
        self.call(
            "created anew",
            client.create_tenant(with(ROOT, create(&spare_name))),
        )
        .await;
        self.schema_goes(schema, tenant).await;
    }
}

fn field(path: &str, kind: FieldType) -> SchemaField {
    SchemaField {
        path: path.to_owned(),
        r#type: kind.into(),
        ..SchemaField::default()
    }
}
