//! What the schema of a tenant says of its fields.

use std::collections::BTreeMap;

use decree_proto::v1;

use super::{Client, call::About, wire};
use crate::{error::Error, value::Kind};

/// A field as it is declared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    pub(super) kind: Kind,
    pub(super) sensitive: bool,
}

impl Client {
    /// Every field of the version of the schema that the tenant has.
    pub(super) async fn declared(
        &self,
        about: &About<'_>,
    ) -> Result<BTreeMap<String, Declared>, Error> {
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
        let declared = |field: v1::SchemaField| {
            let (kind, sensitive) = (wire::kind(field.r#type()), field.sensitive);
            (field.path, Declared { kind, sensitive })
        };
        Ok(schema.fields.into_iter().map(declared).collect())
    }
}
