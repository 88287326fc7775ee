//! `SchemaService`: schemas, tenants and locks.

use std::sync::Arc;

use decree_proto::v1::{self, schema_service_server::SchemaService};
use tonic::{Request, Response, Status, async_trait};

use super::claims;
use crate::{
    hub::{Hub, now},
    yaml,
};

const LONGEST_DOCUMENT: usize = 5 * 1024 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct SchemaRpc {
    hub: Arc<Hub>,
}

impl SchemaRpc {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }
}

#[async_trait]
impl SchemaService for SchemaRpc {
    async fn import_schema(
        &self,
        request: Request<v1::ImportSchemaRequest>,
    ) -> Result<Response<v1::ImportSchemaResponse>, Status> {
        let claims = claims(&request)?;
        claims.may_administer()?;
        let v1::ImportSchemaRequest {
            yaml_content,
            auto_publish,
        } = request.into_inner();
        let len = yaml_content.len();
        if len > LONGEST_DOCUMENT {
            return Err(Status::invalid_argument(format!(
                "schema document is {len} bytes, exceeds limit of {LONGEST_DOCUMENT}"
            )));
        }
        let draft = yaml::schema_document(&yaml_content)
            .map_err(|error| Status::invalid_argument(format!("invalid schema YAML: {error}")))?;
        let schema = self
            .hub
            .engine()
            .import_schema(&claims, &draft, auto_publish, now())?;
        self.hub.answer(
            "ImportSchema",
            v1::ImportSchemaResponse {
                schema: Some(schema),
            },
        )
    }

    async fn create_schema(
        &self,
        request: Request<v1::CreateSchemaRequest>,
    ) -> Result<Response<v1::CreateSchemaResponse>, Status> {
        let claims = claims(&request)?;
        let schema = self
            .hub
            .engine()
            .create_schema(&claims, request.into_inner(), now())?;
        self.hub.answer(
            "CreateSchema",
            v1::CreateSchemaResponse {
                schema: Some(schema),
            },
        )
    }

    async fn update_schema(
        &self,
        request: Request<v1::UpdateSchemaRequest>,
    ) -> Result<Response<v1::UpdateSchemaResponse>, Status> {
        let claims = claims(&request)?;
        let schema = self
            .hub
            .engine()
            .update_schema(&claims, request.into_inner(), now())?;
        self.hub.answer(
            "UpdateSchema",
            v1::UpdateSchemaResponse {
                schema: Some(schema),
            },
        )
    }

    async fn publish_schema(
        &self,
        request: Request<v1::PublishSchemaRequest>,
    ) -> Result<Response<v1::PublishSchemaResponse>, Status> {
        let claims = claims(&request)?;
        let v1::PublishSchemaRequest { id, version } = request.into_inner();
        let schema = self.hub.engine().publish_schema(&claims, &id, version)?;
        self.hub.answer(
            "PublishSchema",
            v1::PublishSchemaResponse {
                schema: Some(schema),
            },
        )
    }

    async fn get_schema(
        &self,
        request: Request<v1::GetSchemaRequest>,
    ) -> Result<Response<v1::GetSchemaResponse>, Status> {
        claims(&request)?;
        let v1::GetSchemaRequest { id, version } = request.into_inner();
        let schema = self.hub.engine().get_schema(&id, version)?;
        self.hub.answer(
            "GetSchema",
            v1::GetSchemaResponse {
                schema: Some(schema),
            },
        )
    }

    async fn list_schemas(
        &self,
        request: Request<v1::ListSchemasRequest>,
    ) -> Result<Response<v1::ListSchemasResponse>, Status> {
        claims(&request)?;
        let schemas = self.hub.engine().list_schemas(request.get_ref())?;
        self.hub.answer("ListSchemas", schemas)
    }

    async fn delete_schema(
        &self,
        request: Request<v1::DeleteSchemaRequest>,
    ) -> Result<Response<v1::DeleteSchemaResponse>, Status> {
        let claims = claims(&request)?;
        self.hub
            .engine()
            .delete_schema(&claims, &request.get_ref().id)?;
        self.hub.answer("DeleteSchema", v1::DeleteSchemaResponse {})
    }

    async fn create_tenant(
        &self,
        request: Request<v1::CreateTenantRequest>,
    ) -> Result<Response<v1::CreateTenantResponse>, Status> {
        let claims = claims(&request)?;
        let tenant = self
            .hub
            .engine()
            .create_tenant(&claims, request.get_ref(), now())?;
        self.hub.answer(
            "CreateTenant",
            v1::CreateTenantResponse {
                tenant: Some(tenant),
            },
        )
    }

    async fn get_tenant(
        &self,
        request: Request<v1::GetTenantRequest>,
    ) -> Result<Response<v1::GetTenantResponse>, Status> {
        let claims = claims(&request)?;
        let engine = self.hub.engine();
        let tenant = engine
            .get_tenant(&claims, &request.get_ref().id)?
            .to_proto();
        self.hub.answer(
            "GetTenant",
            v1::GetTenantResponse {
                tenant: Some(tenant),
            },
        )
    }

    async fn list_tenants(
        &self,
        request: Request<v1::ListTenantsRequest>,
    ) -> Result<Response<v1::ListTenantsResponse>, Status> {
        let tenants = self
            .hub
            .engine()
            .list_tenants(&claims(&request)?, request.get_ref())?;
        self.hub.answer("ListTenants", tenants)
    }

    async fn update_tenant(
        &self,
        request: Request<v1::UpdateTenantRequest>,
    ) -> Result<Response<v1::UpdateTenantResponse>, Status> {
        let claims = claims(&request)?;
        let tenant = self
            .hub
            .engine()
            .update_tenant(&claims, request.into_inner(), now())?;
        self.hub.answer(
            "UpdateTenant",
            v1::UpdateTenantResponse {
                tenant: Some(tenant),
            },
        )
    }

    async fn delete_tenant(
        &self,
        request: Request<v1::DeleteTenantRequest>,
    ) -> Result<Response<v1::DeleteTenantResponse>, Status> {
        let claims = claims(&request)?;
        self.hub
            .engine()
            .delete_tenant(&claims, &request.get_ref().id)?;
        self.hub.answer("DeleteTenant", v1::DeleteTenantResponse {})
    }

    async fn lock_field(
        &self,
        request: Request<v1::LockFieldRequest>,
    ) -> Result<Response<v1::LockFieldResponse>, Status> {
        let claims = claims(&request)?;
        self.hub
            .engine()
            .lock_field(&claims, request.into_inner())?;
        self.hub.answer("LockField", v1::LockFieldResponse {})
    }

    async fn unlock_field(
        &self,
        request: Request<v1::UnlockFieldRequest>,
    ) -> Result<Response<v1::UnlockFieldResponse>, Status> {
        let claims = claims(&request)?;
        self.hub.engine().unlock_field(&claims, request.get_ref())?;
        self.hub.answer("UnlockField", v1::UnlockFieldResponse {})
    }

    async fn list_field_locks(
        &self,
        request: Request<v1::ListFieldLocksRequest>,
    ) -> Result<Response<v1::ListFieldLocksResponse>, Status> {
        let claims = claims(&request)?;
        let locks = self
            .hub
            .engine()
            .list_field_locks(&claims, request.get_ref())?;
        self.hub.answer("ListFieldLocks", locks)
    }

    super::missing! { "SchemaService":
        export_schema(ExportSchemaRequest) -> ExportSchemaResponse as "ExportSchema";
    }
}
