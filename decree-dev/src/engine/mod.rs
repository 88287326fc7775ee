//! The heart of the server: what is stored, what a call answers, what it refuses.
//!
//! No IO and no clock: the time is an argument, ids come from a function given at the start.
//! Answers and refusals are those of the real server, word for word, because clients read them.

mod diff;
mod event;
mod fields;
mod guard;
mod history;
mod locks;
mod lost;
mod read;
mod schema;
mod schemas;
mod sight;
mod tenants;
mod url;
mod validate;
mod write;

use std::{collections::BTreeMap, fmt};

use tonic::Status;

use self::schema::Schema;
pub(crate) use self::{
    event::Event,
    fields::{Draft, Fields},
    history::Write,
    read::{LONGEST_LIST, PageRequest},
    sight::Sight,
    tenants::Tenant,
    validate::name as type_name,
    write::{Commit, SetFields},
};
use crate::{Quirks, auth::Claims};

pub(crate) struct Engine {
    quirks: Quirks,
    /// How many paths or values a call may name.
    pub(crate) longest_list: usize,
    /// Reads go by the types from before the last change of a tenant's schema.
    stale_types: bool,
    new_id: Box<dyn FnMut() -> String + Send>,
    schemas: Vec<Schema>,
    tenants: BTreeMap<String, Tenant>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (schemas, tenants) = (self.schemas.len(), self.tenants.len());
        f.debug_struct("Engine")
            .field("schemas", &schemas)
            .field("tenants", &tenants)
            .finish_non_exhaustive()
    }
}

impl Engine {
    pub(crate) fn new(quirks: Quirks, new_id: impl FnMut() -> String + Send + 'static) -> Self {
        let (schemas, tenants) = (Vec::new(), BTreeMap::new());
        Self {
            quirks,
            longest_list: LONGEST_LIST,
            stale_types: false,
            new_id: Box::new(new_id),
            schemas,
            tenants,
        }
    }

    /// The id behind the name or id of a tenant. An id is not looked up.
    pub(crate) fn tenant_id(&self, id_or_name: &str) -> Option<String> {
        if is_uuid(id_or_name) {
            return Some(id_or_name.to_owned());
        }
        self.existing_tenants()
            .find(|tenant| tenant.name == id_or_name)
            .map(|tenant| tenant.id.clone())
    }

    /// The newest version of a tenant, by its id; zero while there is none.
    pub(crate) fn latest_version(&self, id: &str) -> i32 {
        let tenant = self.tenants.get(id);
        tenant.map_or(0, |tenant| tenant.history.latest())
    }

    fn resolve(&self, id_or_name: &str) -> Result<String, Status> {
        if id_or_name.is_empty() {
            return Err(Status::invalid_argument("tenant id or name required"));
        }
        self.tenant_id(id_or_name)
            .ok_or_else(|| Status::not_found("tenant not found"))
    }

    fn readable(&self, claims: &Claims, id_or_name: &str) -> Result<String, Status> {
        let id = self.resolve(id_or_name)?;
        claims.may_read(&id)?;
        Ok(id)
    }

    /// The real server trips over an unknown id only when it looks for its schema.
    fn tenant(&self, id: &str) -> Result<&Tenant, Status> {
        self.tenants.get(id).ok_or_else(unknown_id)
    }

    fn tenant_mut(&mut self, id: &str) -> Result<&mut Tenant, Status> {
        self.tenants.get_mut(id).ok_or_else(unknown_id)
    }
}

fn unknown_id() -> Status {
    Status::internal("validator lookup failed")
}

/// Lower-case and hyphenated; the server takes anything else for a name.
pub(crate) fn is_uuid(text: &str) -> bool {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => is_hex(byte),
        })
}

/// Lower-case letters, digits and inner hyphens, at most 63.
pub(crate) fn is_slug(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// What a schema or a tenant may be called.
fn check_name(name: &str) -> Result<(), Status> {
    if name.is_empty() {
        return Err(Status::invalid_argument("name is required"));
    }
    if !is_slug(name) {
        return Err(Status::invalid_argument(
            "name must be a slug: lowercase alphanumeric and hyphens, 1-63 chars",
        ));
    }
    Ok(())
}
