//! Puts seed files into the engine.

use std::path::PathBuf;

use decree_proto::v1;
use tonic::{Code, Status};

use crate::{
    auth::Claims,
    engine::{Draft, Engine, Write},
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
    if let Some(draft) = &file.schema {
        import_schema(engine, draft).map_err(|status| format!("schema: {}", status.message()))?;
    }
    let Some(tenant) = &file.tenant else {
        return Ok(());
    };
    let superadmin = Claims::superadmin(SEEDER);
    create_tenant(engine, &superadmin, &file, tenant)?;
    import(engine, &superadmin, &file, &tenant.name)?;
    lock(engine, &file, &tenant.name)
}

/// Imports and publishes a schema, unless it is there already.
pub(crate) fn import_schema(engine: &mut Engine, draft: &Draft) -> Result<(), Status> {
    let imported = engine.import_schema(&Claims::superadmin(SEEDER), draft, true, now());
    match imported {
        Err(status) if status.code() == Code::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
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
        let request = v1::LockFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: lock.path.clone(),
            locked_values: lock.values.clone(),
        };
        let locked = engine.lock_field(&superadmin, request);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Quirks, engine::Sight};

    fn plant_all(texts: &[&str]) -> Result<Engine, String> {
        let mut next = 0;
        let mut engine = Engine::new(Quirks::default(), move || {
            next += 1;
            format!("00000000-0000-4000-8000-{next:012}")
        });
        for text in texts {
            plant(&mut engine, text)?;
        }
        Ok(engine)
    }

    fn with_values(values: &str) -> String {
        format!(
            "spec_version: v1\nschema:\n  name: s\n  fields:\n    fee: {{ type: number, constraints: {{ maximum: 1 }} }}\n    \
             wait: {{ type: duration, nullable: true }}\ntenant: {{ name: a }}\nconfig:\n  values:\n    {values}\n"
        )
    }

    #[test]
    fn a_mistake_is_named_with_its_place_and_its_cure() {
        for (values, message) in [
            (
                "fee: 1",
                "config.values.fee (line 10): write `{ value: … }`",
            ),
            (
                "fee: { }",
                "config.values.fee (line 10): `value` is required",
            ),
            (
                "fee: { val: 1 }",
                "config.values.fee.val (line 10): unknown key; did you mean `value`?",
            ),
            (
                "fe: { value: 1 }",
                "config.values.fe (line 10): the schema has no field \"fe\"; did you mean `fee`?",
            ),
            (
                "fee: { value: abc }",
                "config.values.fee (line 10): expected a number, found \"abc\"",
            ),
            (
                "wait: { value: 30 }",
                "config.values.wait (line 10): expected a duration, found \"30\"; write it with units, like \"1m30s\"",
            ),
            (
                "fee: { value: 2 }",
                "config.values: field fee: value 2 is greater than maximum 1",
            ),
        ] {
            assert_eq!(plant_all(&[&with_values(values)]).unwrap_err(), message);
        }
        for (text, message) in [
            (
                "spec_version: v1\n",
                "line 1: nothing to do; write a `schema` or a `tenant` section",
            ),
            (
                "a: 1\n",
                "a (line 1): unknown key; known keys are spec_version, schema, tenant, config, locks; `x-…` is ignored",
            ),
            (
                "spec_version: v1\ntenant: { name: a }\n",
                "tenant (line 2): tenant.schema is required in a file without a schema section",
            ),
            (
                "spec_version: v1\ntenant: { name: a, schema: s }\n",
                "tenant.schema: no published schema \"s\"; seed the file that defines it first",
            ),
            (
                "spec_version: v1\nschema:\n  name: s\n  fields:\n    fee:\n      type: number\n      constraints:\n        minimun: 1\n",
                "schema.fields.fee.constraints.minimun (line 8): unknown key; did you mean `minimum`?",
            ),
            (
                "spec_version: v1\nschema: { name: s, fields: { a: { type: bool }, a.b: { type: bool } } }\n",
                "schema: field paths conflict: \"a\" is a strict prefix of \"a.b\" (a path cannot be both a leaf and a parent)",
            ),
        ] {
            assert_eq!(plant_all(&[text]).unwrap_err(), message);
        }
    }

    #[test]
    fn planting_twice_changes_nothing_the_second_time() {
        let seed = with_values("fee: { value: 0.5 }");
        let engine = plant_all(&[&seed, &seed]).unwrap();
        let request = v1::ListVersionsRequest {
            tenant_id: "a".to_owned(),
            ..Default::default()
        };
        let versions = engine
            .list_versions(&Claims::superadmin("me"), &request, Sight::default())
            .unwrap()
            .versions;
        assert_eq!(versions.len(), 1);
        assert_eq!(versions[0].description, "Import from YAML");
    }

    #[test]
    fn a_tenant_of_another_file_finds_its_schema_by_name() {
        let schema = "spec_version: v1\nschema: { name: s, fields: { f: { type: bool } } }\n";
        let tenant = "spec_version: v1\ntenant: { name: a, schema: s }\nconfig: { values: { f: { value: true } } }\nlocks: [{ field_path: f }]\n";
        assert_eq!(plant_all(&[schema, tenant]).unwrap().tenant_names(), ["a"]);
    }
}
