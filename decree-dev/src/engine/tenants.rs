//! Schemas and tenants: importing, publishing, creating, listing.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use decree_proto::{text, v1};
use prost_types::Timestamp;
use tonic::Status;

use super::{
    Draft, Engine, Fields, PageRequest,
    history::{History, Write},
    is_slug, is_uuid,
    read::page,
    schema::{Schema, SchemaVersion},
    validate::validate,
};
use crate::auth::Claims;

#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) name: String,
    schema_id: String,
    schema_version: i32,
    created_at: Timestamp,
    pub(crate) fields: Arc<Fields>,
    pub(super) history: History,
    /// Field to locked values; no values lock the whole field.
    pub(super) locks: BTreeMap<String, Vec<String>>,
    pub(super) used_keys: HashSet<String>,
}

impl Tenant {
    pub(crate) fn to_proto(&self) -> v1::Tenant {
        v1::Tenant {
            id: self.id.clone(),
            name: self.name.clone(),
            schema_id: self.schema_id.clone(),
            schema_version: self.schema_version,
            created_at: Some(self.created_at),
            updated_at: Some(self.created_at),
        }
    }
}

impl Engine {
    pub(crate) fn import_schema(
        &mut self,
        claims: &Claims,
        draft: &Draft,
        publish: bool,
        now: Timestamp,
    ) -> Result<v1::Schema, Status> {
        claims.may_administer()?;
        let fields = Fields::check(draft).map_err(Status::invalid_argument)?;
        let known = self
            .schemas
            .iter()
            .position(|schema| schema.name == draft.name);
        let index = known.unwrap_or_else(|| {
            self.schemas.push(Schema::new((self.new_id)(), draft));
            self.schemas.len() - 1
        });
        let schema = &mut self.schemas[index];
        let number = schema
            .add(draft, fields, now)
            .ok_or_else(|| Status::already_exists("schema is identical to the latest version"))?;
        if publish {
            schema.publish(number);
        }
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

    /// The newest published version of a schema, by name.
    pub(crate) fn published(&self, name: &str) -> Option<(&Schema, &SchemaVersion)> {
        let schema = self.schemas.iter().find(|schema| schema.name == name)?;
        Some((schema, schema.latest_published()?))
    }

    pub(crate) fn create_tenant(
        &mut self,
        claims: &Claims,
        request: &v1::CreateTenantRequest,
        now: Timestamp,
    ) -> Result<v1::Tenant, Status> {
        claims.may_administer()?;
        let v1::CreateTenantRequest {
            name,
            schema_id,
            schema_version,
        } = request;
        if name.is_empty() {
            return Err(Status::invalid_argument("name is required"));
        }
        if !is_slug(name) {
            return Err(Status::invalid_argument(
                "name must be a slug: lowercase alphanumeric and hyphens, 1-63 chars",
            ));
        }
        if !is_uuid(schema_id) {
            return Err(Status::invalid_argument("invalid schema id"));
        }
        let schema = self.schemas.iter().find(|schema| schema.id == *schema_id);
        let version = schema
            .and_then(|schema| schema.version(*schema_version))
            .ok_or_else(|| Status::not_found("schema version not found"))?;
        if !version.published {
            return Err(Status::failed_precondition(
                "schema version must be published before assigning to a tenant",
            ));
        }
        let fields = Arc::clone(&version.fields);
        let defaults = defaults(&fields).map_err(Status::failed_precondition)?;
        if self.tenants.values().any(|tenant| tenant.name == *name) {
            return Err(Status::already_exists(
                "tenant with this name already exists",
            ));
        }

        let mut tenant = Tenant {
            id: (self.new_id)(),
            name: name.clone(),
            schema_id: schema_id.clone(),
            schema_version: *schema_version,
            created_at: now,
            fields,
            history: History::default(),
            locks: BTreeMap::new(),
            used_keys: HashSet::new(),
        };
        if !defaults.is_empty() {
            let version = v1::ConfigVersion {
                id: (self.new_id)(),
                tenant_id: tenant.id.clone(),
                version: 1,
                description: "Initial config from schema defaults".to_owned(),
                created_by: claims.subject.clone(),
                created_at: Some(now),
            };
            tenant.history.push(version, defaults);
        }
        let shown = tenant.to_proto();
        self.tenants.insert(tenant.id.clone(), tenant);
        Ok(shown)
    }

    /// Tells nobody whether a tenant they may not see exists.
    pub(crate) fn get_tenant(&self, claims: &Claims, id_or_name: &str) -> Result<&Tenant, Status> {
        let id = self.resolve(id_or_name)?;
        let tenant = self.tenants.get(&id).filter(|_| claims.sees(&id));
        tenant.ok_or_else(|| Status::not_found("tenant not found"))
    }

    pub(crate) fn tenant_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .tenants
            .values()
            .map(|tenant| tenant.name.clone())
            .collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn list_tenants(
        &self,
        claims: &Claims,
        request: &v1::ListTenantsRequest,
    ) -> Result<v1::ListTenantsResponse, Status> {
        let schema = request
            .schema_id
            .as_deref()
            .filter(|schema| !schema.is_empty());
        let asked = PageRequest {
            size: request.page_size,
            token: &request.page_token,
        };
        let start = asked.start()?;
        if schema.is_some_and(|schema| !is_uuid(schema)) {
            return Err(Status::invalid_argument("invalid schema id"));
        }
        let mut tenants: Vec<_> = self
            .tenants
            .values()
            .filter(|tenant| claims.sees(&tenant.id))
            .filter(|tenant| schema.is_none_or(|schema| tenant.schema_id == schema))
            .collect();
        tenants.sort_by_key(|tenant| {
            let Timestamp { seconds, nanos } = tenant.created_at;
            std::cmp::Reverse((seconds, nanos))
        });
        let (tenants, next_page_token) = page(tenants.into_iter(), start, asked.size());
        let tenants = tenants.into_iter().map(Tenant::to_proto).collect();
        Ok(v1::ListTenantsResponse {
            tenants,
            next_page_token,
        })
    }

    /// Locks a field, or only some of its values, against everybody but superadmins.
    pub(crate) fn lock(
        &mut self,
        tenant: &str,
        path: &str,
        values: Vec<String>,
    ) -> Result<(), Status> {
        let id = self.resolve(tenant)?;
        self.tenant_mut(&id)?.locks.insert(path.to_owned(), values);
        Ok(())
    }

    fn schema_index(&self, id_or_name: &str) -> Result<usize, Status> {
        if id_or_name.is_empty() {
            return Err(Status::invalid_argument("schema id or name required"));
        }
        self.schemas
            .iter()
            .position(|schema| schema.id == id_or_name || schema.name == id_or_name)
            .ok_or_else(|| Status::not_found("schema not found"))
    }
}

fn shown(schema: &Schema, version: Option<&SchemaVersion>) -> Result<v1::Schema, Status> {
    version
        .map(|version| schema.to_proto(version))
        .ok_or_else(|| Status::not_found("schema version not found"))
}

/// The defaults of a schema, verbatim, after a strict look at each.
fn defaults(fields: &Fields) -> Result<Vec<Write>, String> {
    let mut writes = Vec::new();
    for field in fields.iter() {
        let Some(default) = &field.spec.default_value else {
            continue;
        };
        let path = &field.spec.path;
        let value = text::parse(field.kind(), default).map_err(|error| {
            format!("field {path}: invalid default value: {error}: {default:?}")
        })?;
        validate(field, Some(&value)).map_err(|error| format!("invalid default value: {error}"))?;
        writes.push(Write {
            path: path.clone(),
            value: Some(default.clone()),
            description: None,
        });
    }
    Ok(writes)
}
