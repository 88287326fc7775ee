//! What the server has for a field, as text for people.

use std::collections::BTreeMap;

use decree_runtime::{Entry, Problem, SchemaField, Value};

use super::{failure::Failure, program, table};

pub(super) type Schema = BTreeMap<String, SchemaField>;

/// A sensitive number looks like any other on the wire; only the schema tells.
pub(super) fn shown(entry: &Entry, field: Option<&SchemaField>) -> String {
    let hidden = field.is_some_and(|field| field.sensitive);
    match entry.get::<Option<Value>>() {
        Ok(value) => shown_value(value.as_ref(), hidden),
        Err(Problem::Redacted | Problem::ImportedRedaction) => REDACTED.to_owned(),
        Err(_) if hidden => REDACTED.to_owned(),
        Err(_) => "[UNREADABLE]".to_owned(),
    }
}

/// Null is shown also of a field that is sensitive.
pub(super) fn shown_value(value: Option<&Value>, hidden: bool) -> String {
    match value {
        None => "null".to_owned(),
        Some(_) if hidden => REDACTED.to_owned(),
        Some(value) => table::one_line(&value.text()),
    }
}

/// The server's own word for it.
const REDACTED: &str = "[REDACTED]";

/// The field of a path, or a failure that lists those that there are.
pub(super) fn field<'a>(schema: &'a Schema, path: &str) -> Result<&'a SchemaField, Failure> {
    schema.get(path).ok_or_else(|| {
        let known = || schema.keys().map(String::as_str);
        let near = decree_dev::__private::closest(path, known());
        let near = near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        let known: Vec<_> = known().collect();
        let known = known.join(", ");
        Failure::new(format!(
            "the schema has no field {path:?}{near}; it has {known}"
        ))
    })
}

/// The failure for a field that was never written.
pub(super) fn never_written(tenant: &str, path: &str) -> Failure {
    let list = program::command(&format!("get {tenant}"));
    Failure::new(format!("{path} was never written; `{list}` lists what was"))
}
