//! `SchemaService`: schemas and tenants.

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
        Ok(Response::new(v1::ImportSchemaResponse {
            schema: Some(schema),
        }))
    }

    async fn publish_schema(
        &self,
        request: Request<v1::PublishSchemaRequest>,
    ) -> Result<Response<v1::PublishSchemaResponse>, Status> {
        let claims = claims(&request)?;
        let v1::PublishSchemaRequest { id, version } = request.into_inner();
        let schema = self.hub.engine().publish_schema(&claims, &id, version)?;
        Ok(Response::new(v1::PublishSchemaResponse {
            schema: Some(schema),
        }))
    }

    async fn get_schema(
        &self,
        request: Request<v1::GetSchemaRequest>,
    ) -> Result<Response<v1::GetSchemaResponse>, Status> {
        claims(&request)?;
        let v1::GetSchemaRequest { id, version } = request.into_inner();
        let schema = self.hub.engine().get_schema(&id, version)?;
        Ok(Response::new(v1::GetSchemaResponse {
            schema: Some(schema),
        }))
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
        Ok(Response::new(v1::CreateTenantResponse {
            tenant: Some(tenant),
        }))
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
        Ok(Response::new(v1::GetTenantResponse {
            tenant: Some(tenant),
        }))
    }

    async fn list_tenants(
        &self,
        request: Request<v1::ListTenantsRequest>,
    ) -> Result<Response<v1::ListTenantsResponse>, Status> {
        let tenants = self
            .hub
            .engine()
            .list_tenants(&claims(&request)?, request.get_ref())?;
        Ok(Response::new(tenants))
    }

    super::missing! { "SchemaService":
        create_schema(CreateSchemaRequest) -> CreateSchemaResponse as "CreateSchema";
        list_schemas(ListSchemasRequest) -> ListSchemasResponse as "ListSchemas";
        update_schema(UpdateSchemaRequest) -> UpdateSchemaResponse as "UpdateSchema";
        delete_schema(DeleteSchemaRequest) -> DeleteSchemaResponse as "DeleteSchema";
        export_schema(ExportSchemaRequest) -> ExportSchemaResponse as "ExportSchema";
        update_tenant(UpdateTenantRequest) -> UpdateTenantResponse as "UpdateTenant";
        delete_tenant(DeleteTenantRequest) -> DeleteTenantResponse as "DeleteTenant";
        lock_field(LockFieldRequest) -> LockFieldResponse as "LockField";
        unlock_field(UnlockFieldRequest) -> UnlockFieldResponse as "UnlockField";
        list_field_locks(ListFieldLocksRequest) -> ListFieldLocksResponse as "ListFieldLocks";
    }
}
