//! `ConfigService`: reading, writing and watching values.

use std::sync::Arc;

use decree_proto::v1::{self, config_service_server::ConfigService};
use tonic::{Request, Response, Status, async_trait};

use super::{
    claims,
    subscribe::{self, Events},
};
use crate::{
    auth::Claims,
    engine::SetFields,
    faults::Connection,
    hub::{Hub, now},
    limiter::Meter,
};

#[derive(Debug, Clone)]
pub(crate) struct ConfigRpc {
    hub: Arc<Hub>,
}

impl ConfigRpc {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// Writes and tells subscribers. Also the way in for a process that writes to its own server.
    pub(crate) fn write(
        &self,
        claims: &Claims,
        batch: SetFields,
    ) -> Result<Option<v1::ConfigVersion>, Status> {
        let commit = self.hub.engine().set_fields(claims, batch, now())?;
        Ok(commit.map(|commit| self.hub.publish(commit)))
    }

    pub(crate) fn roll_back(
        &self,
        claims: &Claims,
        request: &v1::RollbackToVersionRequest,
    ) -> Result<v1::ConfigVersion, Status> {
        let commit = self.hub.engine().rollback(claims, request, now())?;
        Ok(self.hub.publish(commit))
    }

    fn note_key(&self, tenant: &str, key: Option<&String>) {
        if let Some(id) = self.hub.engine().tenant_id(tenant) {
            self.hub.seen.write(id, key.cloned());
        }
    }
}

#[async_trait]
impl ConfigService for ConfigRpc {
    async fn get_config(
        &self,
        request: Request<v1::GetConfigRequest>,
    ) -> Result<Response<v1::GetConfigResponse>, Status> {
        let (claims, request) = (claims(&request)?, request.get_ref());
        let config = {
            let engine = self.hub.engine();
            let sight = self.hub.sight(&engine, &request.tenant_id);
            engine.get_config(&claims, request, sight)?
        };
        self.hub.answer(
            "GetConfig",
            v1::GetConfigResponse {
                config: Some(config),
            },
        )
    }

    async fn get_field(
        &self,
        request: Request<v1::GetFieldRequest>,
    ) -> Result<Response<v1::GetFieldResponse>, Status> {
        let (claims, request) = (claims(&request)?, request.get_ref());
        let value = {
            let engine = self.hub.engine();
            let sight = self.hub.sight(&engine, &request.tenant_id);
            engine.get_field(&claims, request, sight)?
        };
        self.hub
            .answer("GetField", v1::GetFieldResponse { value: Some(value) })
    }

    async fn get_fields(
        &self,
        request: Request<v1::GetFieldsRequest>,
    ) -> Result<Response<v1::GetFieldsResponse>, Status> {
        let (claims, request) = (claims(&request)?, request.get_ref());
        let values = {
            let engine = self.hub.engine();
            let sight = self.hub.sight(&engine, &request.tenant_id);
            engine.get_fields(&claims, request, sight)?
        };
        self.hub
            .answer("GetFields", v1::GetFieldsResponse { values })
    }

    async fn set_field(
        &self,
        request: Request<v1::SetFieldRequest>,
    ) -> Result<Response<v1::SetFieldResponse>, Status> {
        let claims = claims(&request)?;
        let request = request.into_inner();
        self.note_key(&request.tenant_id, request.idempotency_key.as_ref());
        let commit = self.hub.engine().set_field(&claims, request, now())?;
        let config_version = commit.map(|commit| self.hub.publish(commit));
        self.hub
            .answer("SetField", v1::SetFieldResponse { config_version })
    }

    async fn set_fields(
        &self,
        request: Request<v1::SetFieldsRequest>,
    ) -> Result<Response<v1::SetFieldsResponse>, Status> {
        let claims = claims(&request)?;
        let request = request.into_inner();
        self.note_key(&request.tenant_id, request.idempotency_key.as_ref());
        let batch = SetFields {
            tenant: request.tenant_id,
            updates: request.updates,
            description: request.description,
            idempotency_key: request.idempotency_key,
        };
        let config_version = self.write(&claims, batch)?;
        self.hub
            .answer("SetFields", v1::SetFieldsResponse { config_version })
    }

    async fn list_versions(
        &self,
        request: Request<v1::ListVersionsRequest>,
    ) -> Result<Response<v1::ListVersionsResponse>, Status> {
        let (claims, request) = (claims(&request)?, request.get_ref());
        let versions = {
            let engine = self.hub.engine();
            let sight = self.hub.sight(&engine, &request.tenant_id);
            engine.list_versions(&claims, request, sight)?
        };
        self.hub.answer("ListVersions", versions)
    }

    async fn get_version(
        &self,
        request: Request<v1::GetVersionRequest>,
    ) -> Result<Response<v1::GetVersionResponse>, Status> {
        let (claims, request) = (claims(&request)?, request.get_ref());
        let version = {
            let engine = self.hub.engine();
            let sight = self.hub.sight(&engine, &request.tenant_id);
            engine.get_version(&claims, request, sight)?
        };
        self.hub.answer(
            "GetVersion",
            v1::GetVersionResponse {
                config_version: Some(version),
            },
        )
    }

    async fn diff_versions(
        &self,
        request: Request<v1::DiffVersionsRequest>,
    ) -> Result<Response<v1::DiffVersionsResponse>, Status> {
        let diffs = self
            .hub
            .engine()
            .diff_versions(&claims(&request)?, request.get_ref())?;
        self.hub
            .answer("DiffVersions", v1::DiffVersionsResponse { diffs })
    }

    async fn rollback_to_version(
        &self,
        request: Request<v1::RollbackToVersionRequest>,
    ) -> Result<Response<v1::RollbackToVersionResponse>, Status> {
        let version = self.roll_back(&claims(&request)?, request.get_ref())?;
        self.hub.answer(
            "RollbackToVersion",
            v1::RollbackToVersionResponse {
                config_version: Some(version),
            },
        )
    }

    type SubscribeStream = Events;

    async fn subscribe(
        &self,
        request: Request<v1::SubscribeRequest>,
    ) -> Result<Response<Events>, Status> {
        let claims = claims(&request)?;
        let meter = request.extensions().get::<Meter>().cloned();
        let meter = meter.unwrap_or_else(Meter::unlimited);
        let connection = request.extensions().get::<Arc<Connection>>().cloned();
        let connection = connection.unwrap_or_default();
        let request = request.into_inner();
        let events = subscribe::open(&self.hub, &claims, request, meter, connection)?;
        let events = if self.hub.quirks.late_headers {
            events.started().await?
        } else {
            events
        };
        Ok(Response::new(events))
    }

    super::missing! { "ConfigService":
        export_config(ExportConfigRequest) -> ExportConfigResponse as "ExportConfig";
        import_config(ImportConfigRequest) -> ImportConfigResponse as "ImportConfig";
    }
}
