//! Commands that ask once.

use std::io::Write;

use decree_proto::{
    text,
    v1::{
        ConfigValue, GetConfigRequest, GetFieldRequest, ListVersionsRequest,
        RollbackToVersionRequest, SetFieldRequest, TypedValue, typed_value::Kind,
    },
};
use tonic::Code;

use super::{
    client::{Client, soon},
    failure::Failure,
    fields::{Field, expected, fields, kind_name},
    table,
};

const MOST_VERSIONS: i32 = 50;

pub(super) async fn get_all(client: &mut Client, out: &mut impl Write) -> Result<(), Failure> {
    let request = GetConfigRequest {
        tenant_id: client.tenant.clone(),
        include_descriptions: true, // the only whole read that tells null from zero
        ..GetConfigRequest::default()
    };
    let answer = client.config.get_config(soon(request)).await;
    let config = answer
        .map_err(|status| client.failed(&status))?
        .into_inner()
        .config;
    let config = config.unwrap_or_default();
    // The values are worth showing without their kinds.
    let fields = fields(client).await.unwrap_or_default();

    writeln!(out, "{}, version {}", client.tenant, config.version)?;
    let row = |value: &ConfigValue| {
        let field = fields.get(&value.field_path);
        let kind = field.map_or("", |field| kind_name(field.kind)).to_owned();
        [
            value.field_path.clone(),
            table::one_line(&shown(value, field)),
            kind,
        ]
    };
    let rows: Vec<_> = config.values.iter().map(row).collect();
    table::print(&rows, out)?;
    Ok(())
}

/// The value alone, for scripts.
pub(super) async fn get_one(
    client: &mut Client,
    path: &str,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let request = GetFieldRequest {
        tenant_id: client.tenant.clone(),
        field_path: path.to_owned(),
        ..GetFieldRequest::default()
    };
    let answer = client.config.get_field(soon(request)).await;
    let value = answer.map_err(|status| match (status.code(), status.message()) {
        (Code::NotFound, "field not found") => {
            let tenant = &client.tenant;
            Failure::new(format!(
                "{path}: not set; `decree-dev get {tenant}` lists what is"
            ))
        }
        _ => client.failed(&status),
    })?;
    let value = value.into_inner().value.unwrap_or_default();
    let field = match &value.value {
        Some(value) if matches!(value.kind, Some(Kind::StringValue(_))) => None,
        _ => fields(client)
            .await
            .ok()
            .and_then(|fields| fields.get(path).copied()),
    };
    writeln!(out, "{}", shown(&value, field.as_ref()))?;
    Ok(())
}

/// Writes a value, or null for `None`.
pub(super) async fn set(
    client: &mut Client,
    path: &str,
    input: Option<&str>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let value = match input {
        Some(input) => Some(parse(client, path, input).await?),
        None => None,
    };
    let shown = value.as_ref().and_then(text::canonical);
    let request = SetFieldRequest {
        tenant_id: client.tenant.clone(),
        field_path: path.to_owned(),
        value,
        ..SetFieldRequest::default()
    };
    let answer = client.config.set_field(soon(request)).await;
    let version = answer
        .map_err(|status| client.failed(&status))?
        .into_inner()
        .config_version;
    let version = version.unwrap_or_default().version;
    let shown = shown.map_or_else(|| "null".to_owned(), |text| table::one_line(&text));
    writeln!(out, "{path} = {shown} (version {version})")?;
    Ok(())
}

async fn parse(client: &mut Client, path: &str, input: &str) -> Result<TypedValue, Failure> {
    let fields = fields(client)
        .await
        .map_err(|status| client.failed(&status))?;
    let Some(field) = fields.get(path) else {
        let known: Vec<&str> = fields.keys().map(String::as_str).collect();
        let known = known.join(", ");
        return Err(Failure::new(format!(
            "{path}: the schema has no such field; it has {known}"
        )));
    };
    let Field { kind, .. } = *field;
    text::parse(kind, input).map_err(|_| {
        Failure::new(format!(
            "{path}: expected {}, found {input:?}",
            expected(kind)
        ))
    })
}

pub(super) async fn rollback(
    client: &mut Client,
    target: i32,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let request = RollbackToVersionRequest {
        tenant_id: client.tenant.clone(),
        version: target,
        ..RollbackToVersionRequest::default()
    };
    let answer = client.config.rollback_to_version(soon(request)).await;
    let version = answer
        .map_err(|status| client.failed(&status))?
        .into_inner()
        .config_version;
    let version = version.unwrap_or_default().version;
    writeln!(
        out,
        "{} is at version {version}, with the values of version {target}",
        client.tenant
    )?;
    Ok(())
}

pub(super) async fn versions(client: &mut Client, out: &mut impl Write) -> Result<(), Failure> {
    let request = ListVersionsRequest {
        tenant_id: client.tenant.clone(),
        page_size: MOST_VERSIONS,
        ..ListVersionsRequest::default()
    };
    let answer = client.config.list_versions(soon(request)).await;
    let answer = answer
        .map_err(|status| client.failed(&status))?
        .into_inner();
    let rows: Vec<_> = answer
        .versions
        .iter()
        .map(|version| {
            let at = version.created_at.map(Kind::TimeValue);
            let at = text::canonical(&TypedValue { kind: at }).unwrap_or_default();
            let by = format!("by {}", table::one_line(&version.created_by));
            [
                version.version.to_string(),
                at,
                by,
                table::one_line(&version.description),
            ]
        })
        .collect();
    table::print(&rows, out)?;
    if !answer.next_page_token.is_empty() {
        writeln!(out, "… and older ones")?;
    }
    Ok(())
}

/// A redacted number looks like zero on the wire; only the schema tells.
fn shown(value: &ConfigValue, field: Option<&Field>) -> String {
    if field.is_some_and(|field| field.sensitive) {
        return "[REDACTED]".to_owned();
    }
    let text = value.value.as_ref().and_then(text::canonical);
    text.filter(|_| !value.checksum.is_empty())
        .unwrap_or_else(|| "null".to_owned())
}
