//! The fields of a tenant's schema, for the grammar of their values.

use std::collections::BTreeMap;

use decree_proto::v1::{FieldType, GetSchemaRequest, GetTenantRequest};
use tonic::Status;

use super::client::{Client, soon};

#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) kind: FieldType,
    pub(super) sensitive: bool,
}

/// Asks for the tenant and then for the version of the schema that it has.
pub(super) async fn fields(client: &mut Client) -> Result<BTreeMap<String, Field>, Status> {
    let request = GetTenantRequest {
        id: client.tenant.clone(),
    };
    let tenant = client
        .schema
        .get_tenant(soon(request))
        .await?
        .into_inner()
        .tenant;
    let tenant = tenant.unwrap_or_default();
    let request = GetSchemaRequest {
        id: tenant.schema_id,
        version: Some(tenant.schema_version),
    };
    let schema = client
        .schema
        .get_schema(soon(request))
        .await?
        .into_inner()
        .schema;
    let fields = schema.unwrap_or_default().fields.into_iter().map(|field| {
        let (kind, sensitive) = (field.r#type(), field.sensitive);
        (field.path, Field { kind, sensitive })
    });
    Ok(fields.collect())
}

pub(super) fn kind_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Int => "integer",
        FieldType::Number => "number",
        FieldType::String => "string",
        FieldType::Bool => "bool",
        FieldType::Time => "time",
        FieldType::Duration => "duration",
        FieldType::Url => "url",
        FieldType::Json => "json",
        FieldType::Unspecified => "",
    }
}

/// A kind in a sentence, with an example where the grammar is not obvious.
pub(super) fn expected(kind: FieldType) -> String {
    let article = if kind == FieldType::Int { "an" } else { "a" };
    let example = match kind {
        FieldType::Duration => " like 1m30s",
        FieldType::Time => " like 2025-01-15T09:30:00Z",
        FieldType::Bool => " (true or false)",
        _ => "",
    };
    format!("{article} {}{example}", kind_name(kind))
}
