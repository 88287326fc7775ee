//! Seed files: a schema, a tenant, its values and its locks, in any combination that makes sense.

use super::{
    error::YamlError,
    map::{Map, list},
    node::Node,
    schema,
};
use crate::engine::Draft;

#[derive(Debug, Default)]
pub(crate) struct SeedFile {
    pub(crate) schema: Option<Draft>,
    pub(crate) tenant: Option<TenantSection>,
    pub(crate) description: String,
    pub(crate) values: Vec<Value>,
    pub(crate) locks: Vec<Lock>,
}

#[derive(Debug)]
pub(crate) struct TenantSection {
    pub(crate) name: String,
    /// Name of a schema of another file, when this one has none.
    pub(crate) schema: Option<String>,
    pub(crate) schema_version: Option<i32>,
}

/// A value whose type is not known before its schema is.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) path: String,
    pub(crate) place: String,
    pub(crate) line: usize,
    pub(crate) node: Node,
    pub(crate) description: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Lock {
    pub(crate) path: String,
    pub(crate) place: String,
    pub(crate) line: usize,
    pub(crate) values: Vec<String>,
}

pub(super) fn document(node: &Node) -> Result<SeedFile, YamlError> {
    let map = Map::strict(
        "",
        node,
        &["spec_version", "schema", "tenant", "config", "locks"],
    )?;
    schema::check_spec_version(&map)?;
    let mut file = SeedFile {
        schema: map
            .get("schema")
            .map(|node| schema::section("schema", node))
            .transpose()?,
        tenant: map.get("tenant").map(tenant).transpose()?,
        ..SeedFile::default()
    };
    if let Some(node) = map.get("config") {
        let config = Map::strict("config", node, &["description", "values"])?;
        file.description = config.text("description")?.unwrap_or_default();
        file.values = values(&config)?;
    }
    if let Some(node) = map.get("locks") {
        file.locks = list("locks", node)?
            .iter()
            .map(lock)
            .collect::<Result<_, _>>()?;
    }

    let has_tenant = file.tenant.is_some();
    if file.schema.is_none() && !has_tenant {
        return Err(map.error("nothing to do; write a `schema` or a `tenant` section"));
    }
    if !has_tenant && (!file.values.is_empty() || !file.locks.is_empty()) {
        return Err(map.error("config and locks need a tenant; write `tenant: { name: … }`"));
    }
    if file.schema.is_none()
        && file
            .tenant
            .as_ref()
            .is_some_and(|tenant| tenant.schema.is_none())
    {
        let message = "tenant.schema is required in a file without a schema section";
        return Err(map.error_at("tenant", message));
    }
    Ok(file)
}

fn tenant(node: &Node) -> Result<TenantSection, YamlError> {
    let map = Map::strict("tenant", node, &["name", "schema", "schema_version"])?;
    Ok(TenantSection {
        name: map.required("name")?,
        schema: map.text("schema")?,
        schema_version: map.integer("schema_version")?,
    })
}

fn values(config: &Map<'_>) -> Result<Vec<Value>, YamlError> {
    let Some(node) = config.get("values") else {
        return Ok(Vec::new());
    };
    let values = Map::open(&config.join("values"), node)?;
    let mut found = Vec::new();
    for entry in values.entries() {
        let place = values.join(&entry.key);
        let map =
            Map::strict(&place, &entry.value, &["value", "description"]).map_err(|error| {
                match &entry.value.content {
                    super::node::Content::Map(_) => error,
                    _ => YamlError::new(&place, Some(entry.line), "write `{ value: … }`"),
                }
            })?;
        let Some(value) = map.entries().iter().find(|entry| entry.key == "value") else {
            return Err(YamlError::new(
                &place,
                Some(entry.line),
                "`value` is required",
            ));
        };
        found.push(Value {
            path: entry.key.clone(),
            line: value.line,
            node: value.value.clone(),
            description: map.text("description")?,
            place,
        });
    }
    Ok(found)
}

fn lock(node: &Node) -> Result<Lock, YamlError> {
    let map = Map::strict("locks", node, &["field_path", "locked_values"])?;
    Ok(Lock {
        path: map.required("field_path")?,
        place: map.place().to_owned(),
        line: node.line,
        values: map.texts("locked_values")?,
    })
}
