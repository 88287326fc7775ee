//! Commands that ask once.

use std::io::Write;

use decree_runtime::{Client, ErrorKind, ToValue as _, Value, Version};

use super::{
    failure::Failure,
    program,
    shown::{field, never_written, shown, shown_value},
    table,
};

pub(super) async fn get_all(
    client: &Client,
    tenant: &str,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let reading = client.read(tenant).await?;
    // The values are worth showing without their kinds.
    let schema = client.schema(tenant).await.unwrap_or_default();

    writeln!(out, "{tenant}, version {}", reading.version())?;
    let rows = reading.entries().map(|(path, entry)| {
        let field = schema.get(path);
        let kind = field.map(|field| field.kind.to_string());
        [
            path.to_owned(),
            shown(entry, field),
            kind.unwrap_or_default(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    table::print(&rows, out)?;
    Ok(())
}

/// The value alone, for scripts.
pub(super) async fn get_one(
    client: &Client,
    tenant: &str,
    path: &str,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let reading = client.read(tenant).await?;
    let schema = client.schema(tenant).await;
    let Some(entry) = reading.entry(path) else {
        field(&schema?, path)?;
        return Err(never_written(tenant, path));
    };
    let field = schema.ok().and_then(|schema| schema.get(path).copied());
    writeln!(out, "{}", shown(entry, field.as_ref()))?;
    Ok(())
}

/// Writes a value, or null for `None`.
pub(super) async fn set(
    client: &Client,
    tenant: &str,
    path: &str,
    input: Option<&str>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let schema = client.schema(tenant).await?;
    let field = field(&schema, path)?;
    let value = input
        .map(|input| Value::parse(field.kind, input))
        .transpose();
    let value = value.map_err(|mismatch| Failure::new(format!("{path}: {mismatch}")))?;
    let shown = shown_value(value.as_ref(), field.sensitive);
    let version = client.set(tenant, path, value).await?;
    writeln!(out, "{path} = {shown} (version {version})")?;
    Ok(())
}

pub(super) async fn rollback(
    client: &Client,
    tenant: &str,
    target: i32,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let version = match client.rollback(tenant, target).await {
        Ok(version) => version,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // A tenant of an unknown id has no versions, either.
            client.schema(tenant).await?;
            let list = program::command(&format!("versions {tenant}"));
            let message =
                format!("{tenant} has no version {target}; `{list}` lists those that there are");
            return Err(Failure::new(message));
        }
        Err(error) => return Err(error.into()),
    };
    writeln!(
        out,
        "{tenant} is at version {version}: what had a value in version {target} has it again; \
         what was first written later keeps its own"
    )?;
    Ok(())
}

pub(super) async fn versions(
    client: &Client,
    tenant: &str,
    limit: usize,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut versions = client.versions(tenant);
    let mut rows = Vec::new();
    let mut more = false;
    while let Some(version) = versions.next().await {
        let version = version?;
        more = rows.len() == limit;
        if more {
            break;
        }
        rows.push(row(&version));
    }
    if rows.is_empty() && !more {
        // The server lists nothing for an id that it does not know, either.
        client.schema(tenant).await?;
        writeln!(out, "{tenant} was never written to")?;
    }
    table::print(&rows, out)?;
    if more {
        writeln!(out, "… and older ones: --limit shows more than {limit}")?;
    }
    Ok(())
}

fn row(version: &Version) -> [String; 4] {
    let at = version.written.at.and_then(|at| at.to_value().ok()?);
    [
        version.number.to_string(),
        at.map(|at| at.text()).unwrap_or_default(),
        format!("by {}", table::one_line(&version.written.by)),
        table::one_line(&version.description),
    ]
}
