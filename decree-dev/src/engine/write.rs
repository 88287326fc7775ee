//! What writes do. The order of the checks is the server's: it decides which refusal a caller
//! sees, and whether an idempotency key is used up.

use std::collections::HashSet;

use decree_proto::{
    text,
    v1::{self, ConfigVersion, FieldUpdate, TypedValue},
};
use prost_types::Timestamp;
use tonic::Status;

use super::{
    Engine, Event, Tenant,
    event::{Change, REDACTED},
    guard::text_of,
    history::Write,
};
use crate::auth::Claims;

/// A version that was written, and what subscribers hear of it.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) version: ConfigVersion,
    pub(crate) event: Option<Event>,
}

/// A batch of writes that becomes one version. `SetField` is a batch of one.
#[derive(Debug, Clone, Default)]
pub(crate) struct SetFields {
    pub(crate) tenant: String,
    pub(crate) updates: Vec<FieldUpdate>,
    pub(crate) description: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

impl Engine {
    /// `Ok(None)` means that the idempotency key was used before.
    pub(crate) fn set_field(
        &mut self,
        claims: &Claims,
        request: v1::SetFieldRequest,
        now: Timestamp,
    ) -> Result<Option<Commit>, Status> {
        if request.field_path.is_empty() {
            return Err(Status::invalid_argument("field_path must not be empty"));
        }
        let id = self.writable(claims, &request.tenant_id)?;
        if let Some(tenant) = self.tenants.get(&id) {
            tenant.check_lock(claims, &request.field_path, request.value.as_ref())?;
        }
        let batch = SetFields {
            tenant: id,
            updates: vec![FieldUpdate {
                field_path: request.field_path,
                value: request.value,
                expected_checksum: request.expected_checksum,
                value_description: request.value_description,
            }],
            description: request.description,
            idempotency_key: request.idempotency_key,
        };
        self.write(claims, batch, now, "failed to set field")
    }

    /// `Ok(None)` means that the idempotency key was used before.
    pub(crate) fn set_fields(
        &mut self,
        claims: &Claims,
        mut batch: SetFields,
        now: Timestamp,
    ) -> Result<Option<Commit>, Status> {
        batch.tenant = self.writable(claims, &batch.tenant)?;
        if batch.updates.is_empty() {
            return Err(Status::invalid_argument("updates must not be empty"));
        }
        self.check_len(&batch.updates, "updates")?;
        self.write(claims, batch, now, "failed to set fields")
    }

    fn write(
        &mut self,
        claims: &Claims,
        batch: SetFields,
        now: Timestamp,
        failure: &str,
    ) -> Result<Option<Commit>, Status> {
        let id = (self.new_id)();
        let burn = self.quirks.burned_idempotency_keys;
        let tenant = self.tenant_mut(&batch.tenant)?;
        let key = batch.idempotency_key.filter(|key| !key.is_empty());
        if let Some(key) = &key {
            if tenant.used_keys.contains(key) {
                return Ok(None);
            }
            if burn {
                tenant.used_keys.insert(key.clone());
            }
        }
        tenant.check_updates(claims, &batch.updates)?;

        let changes = batch.updates.iter().map(|update| {
            let new = text_of(update.value.as_ref());
            tenant.change(&update.field_path, new)
        });
        let changes = changes.collect();
        let writes = batch.updates.into_iter().map(|update| Write {
            value: text_of(update.value.as_ref()),
            path: update.field_path,
            description: update.value_description.filter(|text| !text.is_empty()),
        });
        let description = batch.description.unwrap_or_default();
        let version = tenant.version(id, description, claims, now);
        tenant.commit(version.clone(), writes.collect(), failure)?;
        tenant.used_keys.extend(key);
        let event = Some(tenant.event(&version, changes));
        Ok(Some(Commit { version, event }))
    }

    pub(crate) fn rollback(
        &mut self,
        claims: &Claims,
        request: &v1::RollbackToVersionRequest,
        now: Timestamp,
    ) -> Result<Commit, Status> {
        let id = self.writable(claims, &request.tenant_id)?;
        let silent = self.quirks.silent_rollback;
        let version_id = (self.new_id)();
        let empty = || Status::not_found("target version not found or empty");
        let tenant = self.tenants.get_mut(&id).ok_or_else(empty)?;

        let rows = tenant
            .history
            .full(request.version)
            .map(|(path, row)| Write {
                path: path.to_owned(),
                value: row.value.clone(),
                description: row.description.clone(),
            });
        let writes: Vec<Write> = rows.collect();
        if writes.is_empty() {
            return Err(empty());
        }
        for Write { path, value, .. } in &writes {
            let value = value.as_deref().map(|text| tenant.meant(path, text));
            tenant.check_lock(claims, path, value.as_ref())?;
            tenant.check_value(path, value.as_ref())?;
        }
        for write in &writes {
            tenant.check_attributes(&write.path)?;
        }

        let changes = writes
            .iter()
            .map(|write| tenant.change(&write.path, write.value.clone()))
            .collect();
        let description = request.description.clone();
        let description =
            description.unwrap_or_else(|| format!("Rollback to version {}", request.version));
        let version = tenant.version(version_id, description, claims, now);
        tenant.commit(version.clone(), writes, "failed to rollback")?;
        let event = (!silent).then(|| tenant.event(&version, changes));
        Ok(Commit { version, event })
    }

    /// Writes texts of a seed file verbatim, those that differ from what is there. The caller has
    /// parsed them; no event, because nobody can be listening yet.
    pub(crate) fn import(
        &mut self,
        claims: &Claims,
        tenant: &str,
        description: String,
        writes: Vec<Write>,
        now: Timestamp,
    ) -> Result<(), Status> {
        let id = self.writable(claims, tenant)?;
        let version_id = (self.new_id)();
        let tenant = self.tenant_mut(&id)?;
        for Write { path, value, .. } in &writes {
            let value = value.as_deref().map(|text| tenant.meant(path, text));
            tenant.check_value(path, value.as_ref())?;
        }
        let is_new = |write: &Write| {
            let text = write.value.as_deref().unwrap_or_default();
            text != tenant.history.current_text(&write.path)
        };
        let writes: Vec<Write> = writes.into_iter().filter(is_new).collect();
        for write in &writes {
            tenant.check_attributes(&write.path)?;
        }
        if writes.is_empty() {
            return Ok(());
        }
        let version = tenant.version(version_id, description, claims, now);
        tenant.commit(version, writes, "failed to import config")
    }

    fn writable(&self, claims: &Claims, id_or_name: &str) -> Result<String, Status> {
        let id = self.resolve(id_or_name)?;
        claims.may_write(&id)?;
        Ok(id)
    }
}

impl Tenant {
    pub(super) fn version(
        &self,
        id: String,
        description: String,
        claims: &Claims,
        now: Timestamp,
    ) -> ConfigVersion {
        ConfigVersion {
            id,
            tenant_id: self.id.clone(),
            version: self.history.latest() + 1,
            description,
            created_by: claims.subject.clone(),
            created_at: Some(now),
        }
    }

    /// Writes all or nothing. What a database would refuse is an internal error, as it is there.
    pub(super) fn commit(
        &mut self,
        version: ConfigVersion,
        writes: Vec<Write>,
        failure: &str,
    ) -> Result<(), Status> {
        let mut paths = HashSet::new();
        let has_nul = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains('\0'));
        let unfit = |write: &Write| has_nul(&write.value) || has_nul(&write.description);
        if version.description.contains('\0')
            || writes.iter().any(unfit)
            || !writes.iter().all(|write| paths.insert(&write.path))
        {
            return Err(Status::internal(failure));
        }
        self.check_dependents(&writes)?;
        self.history.push(version, writes);
        Ok(())
    }

    /// A stored text as the schema has it, which reads may not know yet.
    fn meant(&self, path: &str, text: &str) -> TypedValue {
        text::read(self.fields.kind(path), text)
    }

    fn change(&self, path: &str, new: Option<String>) -> Change {
        let path = path.to_owned();
        if self.fields.is_sensitive(&path) {
            return Change {
                path,
                old: REDACTED.to_owned(),
                new: Some(REDACTED.to_owned()),
            };
        }
        let old = self.history.current_text(&path).to_owned();
        Change { path, old, new }
    }

    fn event(&self, version: &ConfigVersion, changes: Vec<Change>) -> Event {
        Event {
            tenant: self.id.clone(),
            version: version.version,
            changes,
            by: version.created_by.clone(),
            at: version.created_at.unwrap_or_default(),
        }
    }
}
