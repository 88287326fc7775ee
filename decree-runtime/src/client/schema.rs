//! What the schema of a tenant says of its fields.

use std::collections::BTreeMap;

use decree_proto::v1;

use super::{Client, call::About, wire};
use crate::{error::Error, reading::SchemaField};

impl Client {
    /// What a tenant can have: every field that its version of the schema declares, by path.
    ///
    /// Unlike the reads of values it is sure about a tenant that does not exist:
    /// [`ErrorKind::UnknownTenant`](crate::ErrorKind::UnknownTenant), also for an id.
    ///
    /// # Errors
    ///
    /// Whatever keeps a call from being answered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn schema(&self, tenant: &str) -> Result<BTreeMap<String, SchemaField>, Error> {
        self.declared(&About::tenant("reading", tenant)?).await
    }

    /// Every field of the version of the schema that the tenant has.
    pub(super) async fn declared(
        &self,
        about: &About<'_>,
    ) -> Result<BTreeMap<String, SchemaField>, Error> {
        let about = about.doing("reading the schema of");
        let message = v1::GetTenantRequest {
            id: about.tenant.unwrap_or_default().to_owned(),
        };
        let answer = self.ask(&about, message, |stubs, request| async move {
            stubs.schema().get_tenant(request).await
        });
        let tenant = answer
            .await?
            .tenant
            .ok_or_else(|| self.incomplete(&about))?;
        let message = v1::GetSchemaRequest {
            id: tenant.schema_id,
            version: Some(tenant.schema_version),
        };
        let answer = self.ask(&about, message, |stubs, request| async move {
            stubs.schema().get_schema(request).await
        });
        let schema = answer
            .await?
            .schema
            .ok_or_else(|| self.incomplete(&about))?;
        Ok(schema.fields.into_iter().map(wire::declared).collect())
    }
}
