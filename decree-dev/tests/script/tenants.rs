//! Schemas, tenants, and who may do what.

use decree_proto::v1::{self, FieldType, SetFieldRequest};

use super::{Headers, ROOT, Script, UNKNOWN, typed, with};

const SCHEMA: &str = include_str!("schema.yaml");

impl Script {
    pub(super) async fn set_up(&mut self) -> String {
        let mut client = self.schema.clone();
        let yaml = SCHEMA.replace("NAME", &self.name);
        let import = |yaml: &str, auto_publish| {
            with(
                ROOT,
                v1::ImportSchemaRequest {
                    yaml_content: yaml.into(),
                    auto_publish,
                },
            )
        };
        for broken in [
            yaml.replace("maximum: 500", "minLength: 1"),
            yaml.replace("minimum: 1,", "minimum: 1000,"),
            yaml.replace("cart.rate:", "cart.limit.x:"),
            yaml.replace("pay.key: [pay.timeout]", "pay.key: [nowhere]"),
            yaml.replace("pay.key: [pay.timeout]", "pay.key: [pay.key]"),
        ] {
            // Under another name, because the real import is not atomic.
            let broken = broken.replace(&self.name, &format!("{}-broken", self.name));
            let status = client
                .import_schema(import(&broken, true))
                .await
                .unwrap_err();
            self.note("broken schema", &status.code());
        }
        let imported = self
            .call("import", client.import_schema(import(&yaml, false)))
            .await;
        let schema = imported.unwrap().schema.unwrap();
        self.call("import again", client.import_schema(import(&yaml, false)))
            .await;

        let create = |name: &str, schema_id: &str| {
            let (name, schema_id) = (name.to_owned(), schema_id.to_owned());
            with(
                ROOT,
                v1::CreateTenantRequest {
                    name,
                    schema_id,
                    schema_version: 1,
                },
            )
        };
        let name = self.name.clone();
        self.call(
            "unpublished",
            client.create_tenant(create(&name, &schema.id)),
        )
        .await;
        for version in [7, 1, 1] {
            let publish = v1::PublishSchemaRequest {
                id: schema.id.clone(),
                version,
            };
            self.call("publish", client.publish_schema(with(ROOT, publish)))
                .await;
        }
        self.call("bad name", client.create_tenant(create("A_b", &schema.id)))
            .await;
        self.call("bad schema", client.create_tenant(create(&name, "cart")))
            .await;
        self.call("no schema", client.create_tenant(create(&name, UNKNOWN)))
            .await;
        let created = self
            .call("create", client.create_tenant(create(&name, &schema.id)))
            .await;
        self.call(
            "create again",
            client.create_tenant(create(&name, &schema.id)),
        )
        .await;
        for id in [&schema.id, &name, "nowhere", ""] {
            let id = id.to_owned();
            let request = v1::GetSchemaRequest {
                id,
                version: Some(9),
            };
            self.call("get schema", client.get_schema(with(ROOT, request)))
                .await;
        }
        created.unwrap().tenant.unwrap().id
    }

    pub(super) async fn callers(&mut self, tenant: &str) {
        let mut client = self.config.clone();
        let long = "x".repeat(257);
        let name = self.name.clone();
        let many = vec!["a"; 33].join(",");
        let subject = ("x-subject", "me");
        for headers in [
            &[][..],
            &[("x-subject", "")],
            &[subject],
            &[("x-subject", long.as_str())],
            &[subject, ("x-role", "root")],
            &[subject, ("x-role", "Admin"), ("x-tenant-id", tenant)],
            &[subject, ("x-tenant-id", "nobody")],
            &[subject, ("x-role", "superadmin"), ("x-tenant-id", "nobody")],
            &[subject, ("x-tenant-id", UNKNOWN)],
            &[subject, ("x-tenant-id", many.as_str())],
            &[subject, ("x-tenant-id", " , ")],
            &[subject, ("x-tenant-id", name.as_str())],
            &[subject, ("x-role", "user"), ("x-tenant-id", tenant)],
        ] {
            let request = SetFieldRequest {
                tenant_id: tenant.to_owned(),
                field_path: "cart.limit".to_owned(),
                value: typed(FieldType::Int, "7"),
                ..SetFieldRequest::default()
            };
            self.call("caller", client.set_field(with(headers, request)))
                .await;
        }
        let mut client = self.schema.clone();
        let user: Headers<'_> = &[subject, ("x-tenant-id", UNKNOWN)];
        for id in [tenant, name.as_str(), "nobody", UNKNOWN, ""] {
            let request = v1::GetTenantRequest { id: id.to_owned() };
            self.call("get tenant", client.get_tenant(with(user, request.clone())))
                .await;
            self.call("get tenant", client.get_tenant(with(ROOT, request)))
                .await;
        }
        let request = v1::PublishSchemaRequest::default();
        self.call(
            "publish as user",
            client.publish_schema(with(user, request)),
        )
        .await;
    }

    pub(super) async fn unknown_tenants(&mut self) {
        let mut client = self.config.clone();
        for tenant in [
            "nobody",
            UNKNOWN,
            "",
            "00000000-0000-4000-8000-00000000000A",
        ] {
            self.set(tenant, "cart.limit", typed(FieldType::Int, "1"))
                .await;
            let tenant_id = tenant.to_owned();
            let request = v1::GetConfigRequest {
                tenant_id,
                ..Default::default()
            };
            self.call("unknown", client.get_config(with(ROOT, request)))
                .await;
            let tenant_id = tenant.to_owned();
            let request = v1::ListVersionsRequest {
                tenant_id,
                ..Default::default()
            };
            self.call("unknown", client.list_versions(with(ROOT, request)))
                .await;
            let request = v1::GetVersionRequest {
                tenant_id: tenant.to_owned(),
                version: 1,
            };
            self.call("unknown", client.get_version(with(ROOT, request)))
                .await;
            let tenant_id = tenant.to_owned();
            let request = v1::RollbackToVersionRequest {
                tenant_id,
                version: 1,
                description: None,
            };
            self.call("unknown", client.rollback_to_version(with(ROOT, request)))
                .await;
            let tenant_id = tenant.to_owned();
            let request = v1::SubscribeRequest {
                tenant_id,
                ..Default::default()
            };
            match client.subscribe(with(ROOT, request)).await {
                Ok(_) => self.note("unknown", &"a stream"),
                Err(status) => self.note("unknown", &(status.code(), status.message())),
            }
        }
    }
}
