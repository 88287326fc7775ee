//! Tenants: creating, changing, listing.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use decree_proto::{text, v1};
use prost_types::Timestamp;
use tonic::Status;

use super::{
    Engine, Fields, PageRequest, check_name,
    history::{History, Write},
    is_uuid,
    read::{LARGEST_PAGE, page},
    schema::SchemaVersion,
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
    updated_at: Timestamp,
    pub(crate) fields: Arc<Fields>,
    /// What reads go by: the fields, or what they were when somebody last looked.
    pub(super) types: Arc<Fields>,
    pub(super) history: History,
    /// Field to locked values; no values lock the whole field.
    pub(super) locks: BTreeMap<String, Vec<String>>,
    pub(super) used_keys: HashSet<String>,
    /// Gone for whoever asks for it or for a value; its versions and its events go on.
    deleted: bool,
}

impl Tenant {
    pub(super) fn check_exists(&self) -> Result<(), Status> {
        if self.deleted {
            Err(Status::not_found("tenant not found"))
        } else {
            Ok(())
        }
    }

    pub(crate) fn to_proto(&self) -> v1::Tenant {
        v1::Tenant {
            id: self.id.clone(),
            name: self.name.clone(),
            schema_id: self.schema_id.clone(),
            schema_version: self.schema_version,
            created_at: Some(self.created_at),
            updated_at: Some(self.updated_at),
        }
    }
}

impl Engine {
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
        check_name(name)?;
        if !is_uuid(schema_id) {
            return Err(Status::invalid_argument("invalid schema id"));
        }
        let fields = Arc::clone(&self.assignable(schema_id, *schema_version)?.fields);
        let defaults = defaults(&fields).map_err(Status::failed_precondition)?;
        if self.existing_tenants().any(|tenant| tenant.name == *name) {
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
            updated_at: now,
            types: Arc::clone(&fields),
            fields,
            history: History::default(),
            locks: BTreeMap::new(),
            used_keys: HashSet::new(),
            deleted: false,
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
        self.existing_tenants()
            .find(|tenant| tenant.id == id && claims.sees(&id))
            .ok_or_else(|| Status::not_found("tenant not found"))
    }

    pub(super) fn existing_tenants(&self) -> impl Iterator<Item = &Tenant> {
        self.tenants.values().filter(|tenant| !tenant.deleted)
    }

    /// Nobody is told, not even who watches the tenant.
    pub(crate) fn update_tenant(
        &mut self,
        claims: &Claims,
        request: v1::UpdateTenantRequest,
        now: Timestamp,
    ) -> Result<v1::Tenant, Status> {
        let v1::UpdateTenantRequest {
            id,
            name,
            schema_version,
        } = request;
        let tenant = self.get_tenant(claims, &id)?;
        claims.may_administer()?;
        let (id, schema_id) = (tenant.id.clone(), tenant.schema_id.clone());
        let version = schema_version.map(|number| self.assignable(&schema_id, number));
        let version = version.transpose()?;
        let version = version.map(|version| (version.number, Arc::clone(&version.fields)));
        let new_name = name.as_deref().filter(|name| !name.is_empty());
        if let Some(name) = new_name {
            check_name(name)?;
            let taken = |other: &Tenant| other.name == name && other.id != id;
            if self.existing_tenants().any(taken) {
                return Err(Status::internal("failed to update tenant name"));
            }
        }
        if name.is_some() && new_name.is_none() && version.is_none() {
            return Ok(no_tenant()); // nothing was changed, and nothing is shown
        }
        let stale = self.stale_types;
        let tenant = self.tenant_mut(&id)?;
        if new_name.is_some() || version.is_some() {
            tenant.updated_at = now;
        }
        if let Some(name) = new_name {
            name.clone_into(&mut tenant.name);
        }
        if let Some((number, fields)) = version {
            tenant.schema_version = number;
            tenant.fields = fields;
            if !stale {
                tenant.types = Arc::clone(&tenant.fields);
            }
        }
        Ok(tenant.to_proto())
    }

    /// Open subscriptions stay open and silent.
    pub(crate) fn delete_tenant(
        &mut self,
        claims: &Claims,
        id_or_name: &str,
    ) -> Result<(), Status> {
        let id = self.get_tenant(claims, id_or_name)?.id.clone();
        claims.may_administer()?;
        self.tenant_mut(&id)?.deleted = true;
        Ok(())
    }

    /// Whether changes of a schema go unnoticed by reads. What was missed is seen when it ends.
    pub(crate) fn set_stale_types(&mut self, stale: bool) {
        self.stale_types = stale;
        if !stale {
            for tenant in self.tenants.values_mut() {
                tenant.types = Arc::clone(&tenant.fields);
            }
        }
    }

    /// A version of a schema that tenants may have, also if the schema was deleted.
    fn assignable(&self, schema_id: &str, number: i32) -> Result<&SchemaVersion, Status> {
        let schema = self.schemas.iter().find(|schema| schema.id == schema_id);
        let version = schema
            .and_then(|schema| schema.version(number))
            .ok_or_else(|| Status::not_found("schema version not found"))?;
        if version.published {
            Ok(version)
        } else {
            Err(Status::failed_precondition(
                "schema version must be published before assigning to a tenant",
            ))
        }
    }

    pub(crate) fn tenant_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .existing_tenants()
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
            .existing_tenants()
            .filter(|tenant| claims.sees(&tenant.id))
            .filter(|tenant| schema.is_none_or(|schema| tenant.schema_id == schema))
            .collect();
        tenants.sort_by_key(|tenant| {
            let Timestamp { seconds, nanos } = tenant.created_at;
            std::cmp::Reverse((seconds, nanos))
        });
        let (tenants, next_page_token) = page(tenants.into_iter(), start, asked.size(LARGEST_PAGE));
        let tenants = tenants.into_iter().map(Tenant::to_proto).collect();
        Ok(v1::ListTenantsResponse {
            tenants,
            next_page_token,
        })
    }
}

/// What the real server shows when it looked at no tenant.
fn no_tenant() -> v1::Tenant {
    let year_one = Some(Timestamp {
        seconds: -62_135_596_800,
        nanos: 0,
    });
    v1::Tenant {
        created_at: year_one,
        updated_at: year_one,
        ..v1::Tenant::default()
    }
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
