//! What a tenant is, apart from its values: its id, its name, and the types of its schema.

use std::{sync::Arc, time::Duration};

use decree_proto::v1;
use tokio::time::Instant;
use tonic::{Code, Status};

use super::{
    call::{About, Failed},
    name,
    source::TenantSource,
    types::{SchemaVersion, Types},
    wire,
};
use crate::watch::Described;

impl TenantSource {
    /// Describes the tenant of the name, and learns the types of its schema.
    pub(super) async fn describe_named(&self, limit: Duration) -> Result<Described, Failed> {
        let deadline = Instant::now() + limit;
        let about = self.about("looking at");
        let tenant = self.get_tenant(&about, self.tenant(), limit).await?;
        let version = SchemaVersion {
            id: tenant.schema_id.clone(),
            number: tenant.schema_version,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        self.learn(version, left).await?;
        Ok(described(tenant))
    }

    /// Describes the tenant of an id, whatever the name means.
    pub(super) async fn describe_id(&self, id: &str, limit: Duration) -> Result<Described, Failed> {
        let header = name::tenant(id).map_err(Failed::Unsent)?;
        let about = About::checked_tenant("looking at", id, header).alone();
        Ok(described(self.get_tenant(&about, id, limit).await?))
    }

    async fn get_tenant(
        &self,
        about: &About<'_>,
        id: &str,
        limit: Duration,
    ) -> Result<v1::Tenant, Failed> {
        let message = v1::GetTenantRequest { id: id.to_owned() };
        let answer = self
            .client()
            .attempt(about, limit, message, |stubs, request| async move {
                stubs.schema().get_tenant(request).await
            });
        let empty = || Failed::Status(Status::internal("the answer holds no tenant"));
        answer.await?.tenant.ok_or_else(empty)
    }

    async fn learn(&self, version: SchemaVersion, limit: Duration) -> Result<(), Failed> {
        let known = self.types.load();
        if known.as_ref().is_some_and(|types| types.of == version) {
            return Ok(());
        }
        let schemas = &self.client().shared.schemas;
        if let Some(types) = schemas.get(&version) {
            self.types.store(Some(types));
            return Ok(());
        }
        let message = v1::GetSchemaRequest {
            id: version.id.clone(),
            version: Some(version.number),
        };
        let about = self.about("reading the schema of");
        let answer = self
            .client()
            .attempt(&about, limit, message, |stubs, request| async move {
                stubs.schema().get_schema(request).await
            });
        match answer.await {
            Ok(answer) => {
                let empty = || Failed::Status(Status::internal("the answer holds no schema"));
                let schema = answer.schema.ok_or_else(empty)?;
                let fields = schema.fields.into_iter().map(wire::declared).collect();
                let types = Arc::new(Types {
                    of: version,
                    fields,
                });
                schemas.keep(Arc::clone(&types));
                self.types.store(Some(types));
                Ok(())
            }
            // A server that does not show its schema is followed without it.
            Err(Failed::Status(status)) if is_withheld(&status) => {
                self.types.store(None);
                let reason = wire::words(&status);
                tracing::debug!(reason, "the schema cannot be read");
                Ok(())
            }
            // Until it answers the old types stay: without any, a secret that is a zero would show.
            Err(failed) => Err(failed),
        }
    }
}

/// Whether the server shows the schema to nobody, or not to this caller.
fn is_withheld(status: &Status) -> bool {
    let is_refusal = matches!(
        status.code(),
        Code::PermissionDenied | Code::NotFound | Code::InvalidArgument | Code::Unimplemented
    );
    is_refusal && !wire::is_from_connection(status)
}

fn described(tenant: v1::Tenant) -> Described {
    let v1::Tenant {
        id,
        name,
        schema_id,
        schema_version,
        updated_at,
        ..
    } = tenant;
    Described {
        tenant_id: id.into(),
        state: format!("{name} {schema_id} {schema_version} {updated_at:?}"),
    }
}
