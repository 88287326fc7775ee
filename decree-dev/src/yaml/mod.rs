//! Schema and seed files. Strict: an unknown key, a duplicate, a value that does not parse is an
//! error that says where it is and what to do.

mod error;
mod map;
mod node;
mod schema;
mod seed;
pub(crate) mod suggest;
mod value;

use std::str;

pub(crate) use self::{
    error::YamlError,
    seed::{SeedFile, TenantSection},
    suggest::closest,
    value::text as value_text,
};
use crate::engine::Draft;

/// A `*.decree.schema.yaml` document.
pub(crate) fn schema_document(bytes: &[u8]) -> Result<Draft, YamlError> {
    let text = str::from_utf8(bytes).map_err(|_| YamlError::new("", None, "not UTF-8"))?;
    schema::document(&node::parse(text)?)
}

/// A seed file: any of a schema, a tenant, values and locks.
pub(crate) fn seed_file(text: &str) -> Result<SeedFile, YamlError> {
    seed::document(&node::parse(text)?)
}
