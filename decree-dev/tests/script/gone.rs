//! Schemas and tenants that are gone.

use std::time::Duration;

use decree_proto::v1::{self, FieldType};

use super::{Headers, ROOT, Script, UNKNOWN, typed, update, with};

impl Script {
    /// A tenant that is gone, by its id.
    pub(super) async fn deleted(&mut self, tenant: &str) {
        let client = &mut self.config.clone();
        let tenant_id = tenant.to_owned();
        self.set(tenant, "on", typed(FieldType::Bool, "true")).await;
        self.set(tenant, "on", None).await;
        self.get(tenant, "never").await;
        let request = v1::GetConfigRequest {
            tenant_id: tenant_id.clone(),
            ..v1::GetConfigRequest::default()
        };
        self.call("deleted", client.get_config(with(ROOT, request)))
            .await;
        let request = v1::GetFieldsRequest {
            tenant_id: tenant_id.clone(),
            field_paths: vec!["on".to_owned()],
            ..v1::GetFieldsRequest::default()
        };
        self.call("deleted", client.get_fields(with(ROOT, request)))
            .await;
        let request = v1::SetFieldsRequest {
            tenant_id: tenant_id.clone(),
            updates: vec![update("on", typed(FieldType::Bool, "true"))],
            ..v1::SetFieldsRequest::default()
        };
        self.call("deleted", client.set_fields(with(ROOT, request)))
            .await;
        let request = v1::ListVersionsRequest {
            tenant_id: tenant_id.clone(),
            ..v1::ListVersionsRequest::default()
        };
        self.call("deleted", client.list_versions(with(ROOT, request)))
            .await;
        let request = v1::DiffVersionsRequest {
            tenant_id: tenant_id.clone(),
            from_version: 1,
            to_version: 2,
        };
        self.call("deleted", client.diff_versions(with(ROOT, request)))
            .await;
        for start_version in [Some(1), None] {
            let request = v1::SubscribeRequest {
                tenant_id: tenant_id.clone(),
                start_version,
                ..v1::SubscribeRequest::default()
            };
            let wait = Duration::from_millis(500);
            match tokio::time::timeout(wait, client.subscribe(with(ROOT, request))).await {
                Err(_) => self.note("deleted", &"a stream without news"),
                Ok(Ok(_)) => self.note("deleted", &"a stream"),
                Ok(Err(status)) => self.note("deleted", &(status.code(), status.message())),
            }
        }
        let request = v1::RollbackToVersionRequest {
            tenant_id,
            version: 1,
            description: None,
        };
        self.call("deleted", client.rollback_to_version(with(ROOT, request)))
            .await;
    }

    pub(super) async fn schema_goes(&mut self, schema: &str, tenant: &str) {
        let client = &mut self.schema.clone();
        let user: Headers<'_> = &[("x-subject", "u"), ("x-tenant-id", UNKNOWN)];
        for (headers, id) in [
            (user, schema),
            (ROOT, ""),
            (ROOT, "nowhere"),
            (ROOT, schema),
            (ROOT, schema),
        ] {
            let request = v1::DeleteSchemaRequest { id: id.to_owned() };
            self.call(
                "delete schema",
                client.delete_schema(with(headers, request)),
            )
            .await;
        }
        let request = v1::UpdateTenantRequest {
            id: tenant.to_owned(),
            name: None,
            schema_version: Some(3),
        };
        self.call(
            "of a deleted schema",
            client.update_tenant(with(ROOT, request)),
        )
        .await;
        let create = v1::CreateTenantRequest {
            name: format!("{}-late", self.name),
            schema_id: schema.to_owned(),
            schema_version: 1,
        };
        self.call(
            "of a deleted schema",
            client.create_tenant(with(ROOT, create)),
        )
        .await;
        let create = v1::CreateSchemaRequest {
            name: self.name.clone(),
            ..v1::CreateSchemaRequest::default()
        };
        self.call(
            "in place of the old",
            client.create_schema(with(ROOT, create)),
        )
        .await;
    }
}
