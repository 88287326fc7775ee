//! Schemas: importing, creating, changing, publishing, listing.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use decree_proto::v1::{self, SchemaField};
use prost_types::Timestamp;
use tonic::Status;

use super::{
    Draft, Engine, Fields, PageRequest, check_name,
    read::page,
    schema::{Schema, SchemaVersion},
};
use crate::auth::Claims;

const LARGEST_PAGE: usize = 100;
const MOST_FIELDS: usize = 10_000;
const MOST_REMOVED_FIELDS: usize = 1000;

impl Engine {
    pub(crate) fn import_schema(
        &mut self,
        claims: &Claims,
        draft: &Draft,
        publish: bool,
        now: Timestamp,
    ) -> Result<v1::Schema, Status> {
        claims.may_administer()?;
        check_count(draft.fields.len())?;
        let fields = Fields::check(draft).map_err(Status::invalid_argument)?;
        let index = match self.schema_index(&draft.name) {
            Ok(index) => index,
            Err(_) => self.new_schema(draft),
        };
        let schema = &mut self.schemas[index];
        if schema.is_latest(&fields) {
            return Err(Status::already_exists(
                "schema is identical to the latest version",
            ));
        }
        let number = schema.add(&draft.version_description, fields, now);
        if publish {
            schema.publish(number);
        }
        shown(schema, schema.version(number))
    }

    /// Like an import, but under a new name only, and with hardly a look at the paths.
    pub(crate) fn create_schema(
        &mut self,
        claims: &Claims,
        request: v1::CreateSchemaRequest,
        now: Timestamp,
    ) -> Result<v1::Schema, Status> {
        claims.may_administer()?;
        check_name(&request.name)?;
        check_count(request.fields.len())?;
        if self.schema_index(&request.name).is_ok() {
            return Err(Status::already_exists(
                "schema with this name already exists",
            ));
        }
        let draft = Draft {
            name: request.name,
            description: request.description.unwrap_or_default(),
            fields: request.fields,
            ..Draft::default()
        };
        let fields = Fields::check(&draft).map_err(Status::invalid_argument)?;
        let mut paths = HashSet::new();
        if !draft.fields.iter().all(|field| paths.insert(&field.path)) {
            return Err(Status::internal("failed to create schema fields"));
        }
        let index = self.new_schema(&draft);
        let schema = &mut self.schemas[index];
        let number = schema.add("", fields, now);
        shown(schema, schema.version(number))
    }

    /// Makes a new version out of the newest one, even if nothing changes. Rules between fields
    /// are lost on the way, as they are in the real server.
    pub(crate) fn update_schema(
        &mut self,
        claims: &Claims,
        request: v1::UpdateSchemaRequest,
        now: Timestamp,
    ) -> Result<v1::Schema, Status> {
        claims.may_administer()?;
        let v1::UpdateSchemaRequest {
            id,
            version_description,
            fields,
            remove_fields,
        } = request;
        let removed = remove_fields.len();
        if !id.is_empty() && removed > MOST_REMOVED_FIELDS {
            return Err(Status::invalid_argument(format!(
                "remove_fields has {removed} entries, exceeds limit of {MOST_REMOVED_FIELDS}"
            )));
        }
        let index = self.schema_index(&id)?;
        let schema = &mut self.schemas[index];
        let latest = schema.latest().map(|latest| Arc::clone(&latest.fields));
        let mut merged: BTreeMap<String, SchemaField> = latest
            .iter()
            .flat_map(|fields| fields.iter())
            .map(|field| (field.spec.path.clone(), field.spec.clone()))
            .collect();
        merged.retain(|path, _| !remove_fields.contains(path));
        merged.extend(fields.into_iter().map(|field| (field.path.clone(), field)));
        let draft = Draft {
            fields: merged.into_values().collect(),
            ..Draft::default()
        };
        let fields = Fields::check(&draft).map_err(Status::invalid_argument)?;
        let number = schema.add(&version_description.unwrap_or_default(), fields, now);
        shown(schema, schema.version(number))
    }

    pub(crate) fn publish_schema(
        &mut self,
        claims: &Claims,
        id_or_name: &str,
        version: i32,
    ) -> Result<v1::Schema, Status> {
        claims.may_administer()?;
        let index = self.schema_index(id_or_name)?;
        self.schemas[index].publish(version);
        shown(&self.schemas[index], self.schemas[index].version(version))
    }

    pub(crate) fn delete_schema(
        &mut self,
        claims: &Claims,
        id_or_name: &str,
    ) -> Result<(), Status> {
        claims.may_administer()?;
        let index = self.schema_index(id_or_name)?;
        self.schemas[index].deleted = true;
        Ok(())
    }

    pub(crate) fn get_schema(
        &self,
        id_or_name: &str,
        version: Option<i32>,
    ) -> Result<v1::Schema, Status> {
        let schema = &self.schemas[self.schema_index(id_or_name)?];
        let version = match version {
            Some(version) => schema.version(version),
            None => schema.latest(),
        };
        shown(schema, version)
    }

    /// The newest version of each, newest schema first. The filter by name is not looked at.
    pub(crate) fn list_schemas(
        &self,
        request: &v1::ListSchemasRequest,
    ) -> Result<v1::ListSchemasResponse, Status> {
        let asked = PageRequest {
            size: request.page_size,
            token: &request.page_token,
        };
        let start = asked.start()?;
        let schemas = self.schemas.iter().rev().filter(|schema| !schema.deleted);
        let (schemas, next_page_token) = page(schemas, start, asked.size(LARGEST_PAGE));
        let latest = |schema: &Schema| Some(schema.to_proto(schema.latest()?));
        Ok(v1::ListSchemasResponse {
            schemas: schemas.into_iter().filter_map(latest).collect(),
            next_page_token,
        })
    }

    /// The newest published version of a schema, by name.
    pub(crate) fn published(&self, name: &str) -> Option<(&Schema, &SchemaVersion)> {
        let schema = &self.schemas[self.schema_index(name).ok()?];
        Some((schema, schema.latest_published()?))
    }

    fn new_schema(&mut self, draft: &Draft) -> usize {
        self.schemas.push(Schema::new((self.new_id)(), draft));
        self.schemas.len() - 1
    }

    fn schema_index(&self, id_or_name: &str) -> Result<usize, Status> {
        if id_or_name.is_empty() {
            return Err(Status::invalid_argument("schema id or name required"));
        }
        let asked_for = |schema: &Schema| schema.id == id_or_name || schema.name == id_or_name;
        self.schemas
            .iter()
            .position(|schema| !schema.deleted && asked_for(schema))
            .ok_or_else(|| Status::not_found("schema not found"))
    }
}

fn shown(schema: &Schema, version: Option<&SchemaVersion>) -> Result<v1::Schema, Status> {
    version
        .map(|version| schema.to_proto(version))
        .ok_or_else(|| Status::not_found("schema version not found"))
}

fn check_count(fields: usize) -> Result<(), Status> {
    if fields <= MOST_FIELDS {
        return Ok(());
    }
    Err(Status::invalid_argument(format!(
        "schema has {fields} fields, exceeds limit of {MOST_FIELDS}"
    )))
}
