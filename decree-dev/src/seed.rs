//! Puts seed files into the engine.

use std::path::PathBuf;

use decree_proto::v1;

use crate::{
    auth::Claims,
    engine::{Engine, Write},
    hub::now,
    yaml::{self, SeedFile, TenantSection, YamlError, closest, value_text},
};

/// Who wrote what comes from a seed file.
pub(crate) const SEEDER: &str = "decree-dev";

/// A seed as a user gives it: text, or a file to read.
#[derive(Debug, Clone)]
pub(crate) enum Seed {
    Text(String),
    File(PathBuf),
}

impl Seed {
    /// What errors call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Text(_) => "seed".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// # Errors
///
/// What is wrong with the file, where in it, and what to do.
pub(crate) fn plant(engine: &mut Engine, text: &str) -> Result<(), String> {
    let file = yaml::seed_file(text).map_err(|error| error.to_string())?;
    let superadmin = Claims::superadmin(SEEDER);
    if let Some(draft) = &file.schema {
        let imported = engine.import_schema(&superadmin, draft, true, now());
        match imported {
            Err(status) if status.code() == tonic::Code::AlreadyExists => {}
            other => drop(other.map_err(|status| format!("schema: {}", status.message()))?),
        }
    }
    let Some(tenant) = &file.tenant else {
        return Ok(());
    };
    create_tenant(engine, &superadmin, &file, tenant)?;
    import(engine, &superadmin, &file, &tenant.name)?;
    lock(engine, &file, &tenant.name)
}

/// A tenant that exists is taken as it is.
fn create_tenant(
    engine: &mut Engine,
    superadmin: &Claims,
    file: &SeedFile,
    tenant: &TenantSection,
) -> Result<(), String> {
    if engine.get_tenant(superadmin, &tenant.name).is_ok() {
        return Ok(());
    }
    // With a schema section, what the tenant says about its schema is ignored.
    let (name, version) = match &file.schema {
        Some(draft) => (draft.name.as_str(), None),
        None => (
            tenant.schema.as_deref().unwrap_or_default(),
            tenant.schema_version,
        ),
    };
    let Some((schema, published)) = engine.published(name) else {
        return Err(format!(
            "tenant.schema: no published schema {name:?}; seed the file that defines it first"
        ));
    };
    let request = v1::CreateTenantRequest {
        name: tenant.name.clone(),
        schema_id: schema.id.clone(),
        schema_version: version.unwrap_or(published.number),
    };
    let created = engine.create_tenant(superadmin, &request, now());
    created
        .map(drop)
        .map_err(|status| format!("tenant: {}", status.message()))
}

fn import(
    engine: &mut Engine,
    superadmin: &Claims,
    file: &SeedFile,
    tenant: &str,
) -> Result<(), String> {
    if file.values.is_empty() {
        return Ok(());
    }
    let found = engine
        .get_tenant(superadmin, tenant)
        .map_err(|status| status.message().to_owned())?;
    let mut writes = Vec::new();
    for value in &file.values {
        let at =
            |message: String| YamlError::new(&value.place, Some(value.line), message).to_string();
        let Some(field) = found.fields.get(&value.path) else {
            return Err(at(unknown_path(&value.path, found.fields.paths())));
        };
        writes.push(Write {
            path: value.path.clone(),
            value: Some(value_text(field.kind(), &value.node).map_err(at)?),
            description: value.description.clone(),
        });
    }
    let description = Some(file.description.clone()).filter(|text| !text.is_empty());
    let description = description.unwrap_or_else(|| "Import from YAML".to_owned());
    let imported = engine.import(superadmin, tenant, description, writes, now());
    imported.map_err(|status| format!("config.values: {}", status.message()))
}

fn lock(engine: &mut Engine, file: &SeedFile, tenant: &str) -> Result<(), String> {
    let superadmin = Claims::superadmin(SEEDER);
    for lock in &file.locks {
        let found = engine.get_tenant(&superadmin, tenant);
        let found = found.map_err(|status| status.message().to_owned())?;
        if found.fields.get(&lock.path).is_none() {
            let message = unknown_path(&lock.path, found.fields.paths());
            return Err(YamlError::new(&lock.place, Some(lock.line), message).to_string());
        }
        let locked = engine.lock(tenant, &lock.path, lock.values.clone());
        locked.map_err(|status| format!("locks: {}", status.message()))?;
    }
    Ok(())
}

fn unknown_path<'a>(path: &str, known: impl Iterator<Item = &'a str>) -> String {
    match closest(path, known) {
        Some(close) => format!("the schema has no field {path:?}; did you mean `{close}`?"),
        None => format!("the schema has no field {path:?}; add it to the schema's `fields`"),
    }
}
