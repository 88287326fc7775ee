//! The sections of a schema.

use std::collections::HashMap;

use decree_proto::v1::{
    DependentRequiredEntry, ExternalDocs, FieldConstraints, FieldExample, FieldType, SchemaField,
};

use super::{error::YamlError, map::Map, node::Node};
use crate::engine::{Draft, is_slug};

const DOCUMENT: &[&str] = &[
    "spec_version",
    "$schema",
    "$id",
    "name",
    "description",
    "version",
    "version_description",
    "info",
    "fields",
    "dependentRequired",
    "validations",
];
const SECTION: &[&str] = &["name", "description", "info", "fields"];
const INFO: &[&str] = &["title", "author", "contact", "labels"];
const CONTACT: &[&str] = &["name", "email", "url"];
const FIELD: &[&str] = &[
    "type",
    "description",
    "default",
    "nullable",
    "deprecated",
    "redirect_to",
    "constraints",
    "title",
    "example",
    "examples",
    "externalDocs",
    "tags",
    "format",
    "readOnly",
    "writeOnce",
    "sensitive",
];
const CONSTRAINTS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "enum",
    "json_schema",
    "allowed_schemes",
];

/// A whole document, as `ImportSchema` takes it.
pub(super) fn document(node: &Node) -> Result<Draft, YamlError> {
    let map = Map::strict("", node, DOCUMENT)?;
    check_spec_version(&map)?;
    if map.get("validations").is_some() {
        return Err(map.error_at(
            "validations",
            "decree-dev does not evaluate CEL rules; take them out to try the rest",
        ));
    }
    Ok(Draft {
        version_description: map.text("version_description")?.unwrap_or_default(),
        dependent_required: dependent_required(&map)?,
        ..draft(&map)?
    })
}

/// The `schema` section of a seed file.
pub(super) fn section(place: &str, node: &Node) -> Result<Draft, YamlError> {
    draft(&Map::strict(place, node, SECTION)?)
}

pub(super) fn check_spec_version(map: &Map<'_>) -> Result<(), YamlError> {
    match map.text("spec_version")?.as_deref() {
        Some("v1") => Ok(()),
        Some(other) => {
            let message = format!("unsupported spec_version: {other:?}; write `spec_version: v1`");
            Err(map.error_at("spec_version", message))
        }
        None => Err(map.error("spec_version is required; write `spec_version: v1`")),
    }
}

fn draft(map: &Map<'_>) -> Result<Draft, YamlError> {
    let name = map.required("name")?;
    if !is_slug(&name) {
        let message = "name must be a slug: lowercase alphanumeric and hyphens, 1-63 chars";
        return Err(map.error_at("name", message));
    }
    if let Some(info) = map.get("info") {
        // Checked for slips, then dropped, as the real server does.
        let info = Map::strict(&map.join("info"), info, INFO)?;
        if let Some(contact) = info.get("contact") {
            Map::strict(&info.join("contact"), contact, CONTACT)?;
        }
    }
    let Some(node) = map.get("fields") else {
        return Err(map.error("at least one field is required"));
    };
    let node = Map::open(&map.join("fields"), node)?;
    let mut fields = Vec::new();
    for entry in node.entries() {
        let place = node.join(&entry.key);
        if !is_path(&entry.key) {
            let message = "a path has letters, digits and `_ . -`, and starts with a letter or `_`";
            return Err(YamlError::new(&place, Some(entry.line), message));
        }
        fields.push(field(&place, &entry.key, &entry.value)?);
    }
    if fields.is_empty() {
        return Err(map.error_at("fields", "at least one field is required"));
    }
    Ok(Draft {
        name,
        description: map.text("description")?.unwrap_or_default(),
        fields,
        ..Draft::default()
    })
}

fn field(place: &str, path: &str, node: &Node) -> Result<SchemaField, YamlError> {
    let map = Map::strict(place, node, FIELD)?;
    let type_name = map.required("type")?;
    let Some(field_type) = field_type(&type_name) else {
        let known = "integer, number, string, bool, time, duration, url, json";
        let message = format!("unknown type {type_name:?}; types are {known}");
        return Err(map.error_at("type", message));
    };
    let constraints = match map.get("constraints") {
        Some(node) => Some(constraints(&map.join("constraints"), node)?),
        None => None,
    };
    Ok(SchemaField {
        path: path.to_owned(),
        r#type: field_type.into(),
        constraints,
        nullable: map.flag("nullable")?,
        deprecated: map.flag("deprecated")?,
        redirect_to: map.text("redirect_to")?,
        default_value: map.text("default")?,
        description: map.text("description")?,
        title: map.text("title")?,
        example: map.text("example")?,
        examples: examples(&map)?,
        external_docs: external_docs(&map)?,
        tags: map.texts("tags")?,
        format: map.text("format")?,
        read_only: map.flag("readOnly")?,
        write_once: map.flag("writeOnce")?,
        sensitive: map.flag("sensitive")?,
    })
}

fn constraints(place: &str, node: &Node) -> Result<FieldConstraints, YamlError> {
    let map = Map::strict(place, node, CONSTRAINTS)?;
    Ok(FieldConstraints {
        min: map.number("minimum")?,
        max: map.number("maximum")?,
        exclusive_min: map.number("exclusiveMinimum")?,
        exclusive_max: map.number("exclusiveMaximum")?,
        min_length: map.integer("minLength")?,
        max_length: map.integer("maxLength")?,
        regex: map.text("pattern")?,
        enum_values: map.texts("enum")?,
        json_schema: map.text("json_schema")?,
        allowed_schemes: map.texts("allowed_schemes")?,
    })
}

fn examples(map: &Map<'_>) -> Result<HashMap<String, FieldExample>, YamlError> {
    let Some(node) = map.get("examples") else {
        return Ok(HashMap::new());
    };
    let examples = Map::open(&map.join("examples"), node)?;
    let example = |entry: &super::node::Entry| {
        let map = Map::strict(
            &examples.join(&entry.key),
            &entry.value,
            &["value", "summary"],
        )?;
        let value = map.text("value")?.unwrap_or_default();
        let summary = map.text("summary")?.unwrap_or_default();
        Ok((entry.key.clone(), FieldExample { value, summary }))
    };
    examples.entries().iter().map(example).collect()
}

fn external_docs(map: &Map<'_>) -> Result<Option<ExternalDocs>, YamlError> {
    let Some(node) = map.get("externalDocs") else {
        return Ok(None);
    };
    let docs = Map::strict(&map.join("externalDocs"), node, &["url", "description"])?;
    let url = docs.text("url")?.unwrap_or_default();
    let description = docs.text("description")?.unwrap_or_default();
    Ok(Some(ExternalDocs { description, url }))
}

fn dependent_required(map: &Map<'_>) -> Result<Vec<DependentRequiredEntry>, YamlError> {
    let Some(node) = map.get("dependentRequired") else {
        return Ok(Vec::new());
    };
    let rules = Map::open(&map.join("dependentRequired"), node)?;
    let mut entries = Vec::new();
    for rule in rules.entries() {
        let mut dependent_fields = rules.texts(&rule.key)?;
        dependent_fields.sort_unstable();
        entries.push(DependentRequiredEntry {
            trigger_field: rule.key.clone(),
            dependent_fields,
        });
    }
    entries.sort_by(|a, b| Ord::cmp(&a.trigger_field, &b.trigger_field));
    Ok(entries)
}

fn field_type(name: &str) -> Option<FieldType> {
    Some(match name {
        "integer" => FieldType::Int,
        "number" => FieldType::Number,
        "string" => FieldType::String,
        "bool" => FieldType::Bool,
        "time" => FieldType::Time,
        "duration" => FieldType::Duration,
        "url" => FieldType::Url,
        "json" => FieldType::Json,
        _ => return None,
    })
}

fn is_path(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}
