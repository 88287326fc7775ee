//! What stands between a write and its version.

use std::collections::HashSet;

use decree_proto::{
    text,
    v1::{FieldUpdate, TypedValue},
};
use tonic::Status;

use super::{Tenant, history::Write, validate::validate};
use crate::auth::Claims;

impl Tenant {
    pub(super) fn check_updates(
        &self,
        claims: &Claims,
        updates: &[FieldUpdate],
    ) -> Result<(), Status> {
        for update in updates {
            if update.field_path.is_empty() {
                return Err(Status::invalid_argument("field_path must not be empty"));
            }
            self.check_lock(claims, &update.field_path, update.value.as_ref())?;
            self.check_value(&update.field_path, update.value.as_ref())?;
        }
        for update in updates {
            self.check_attributes(&update.field_path)?;
        }
        for update in updates {
            self.check_checksum(update)?;
        }
        Ok(())
    }

    pub(super) fn check_lock(
        &self,
        claims: &Claims,
        path: &str,
        value: Option<&TypedValue>,
    ) -> Result<(), Status> {
        let Some(values) = self.locks.get(path).filter(|_| !claims.is_superadmin()) else {
            return Ok(());
        };
        if values.is_empty() {
            return Err(Status::failed_precondition(format!(
                "field {path} is locked"
            )));
        }
        let text = text_of(value).unwrap_or_default();
        if values.contains(&text) {
            let message = format!("value {text:?} for field {path} is locked");
            return Err(Status::failed_precondition(message));
        }
        Ok(())
    }

    pub(super) fn check_value(&self, path: &str, value: Option<&TypedValue>) -> Result<(), Status> {
        let Some(field) = self.fields.get(path) else {
            let message = format!("field {path} is not defined in the schema");
            return Err(Status::invalid_argument(message));
        };
        validate(field, value).map_err(Status::invalid_argument)
    }

    /// Even superadmins are bound by these. A tenant that is gone is found out only here.
    pub(super) fn check_attributes(&self, path: &str) -> Result<(), Status> {
        self.check_exists()?;
        let Some(field) = self.fields.get(path) else {
            return Ok(());
        };
        if field.spec.read_only {
            let message = format!("field {path} is read-only and cannot be modified");
            return Err(Status::failed_precondition(message));
        }
        if field.spec.write_once && !self.history.current_text(path).is_empty() {
            let message = format!("field {path} is write-once and already has a value");
            return Err(Status::failed_precondition(message));
        }
        Ok(())
    }

    /// A field never written has no checksum to differ from.
    fn check_checksum(&self, update: &FieldUpdate) -> Result<(), Status> {
        let path = &update.field_path;
        let Some(expected) = &update.expected_checksum else {
            return Ok(());
        };
        let Some(row) = self.history.at(path, self.history.latest()) else {
            return Ok(());
        };
        let got = row.checksum();
        if got == *expected {
            return Ok(());
        }
        let message = format!("checksum mismatch for {path}: expected {expected}, got {got}");
        Err(Status::aborted(message))
    }

    /// Rules between fields look at the configuration as it will be.
    pub(super) fn check_dependents(&self, writes: &[Write]) -> Result<(), Status> {
        let full = self.history.full(self.history.latest());
        let mut present: HashSet<&str> = full
            .filter(|(_, row)| row.value.is_some())
            .map(|(path, _)| path)
            .collect();
        for write in writes {
            if write.value.is_some() {
                present.insert(&write.path);
            } else {
                present.remove(write.path.as_str());
            }
        }
        self.fields
            .check_dependents(&present)
            .map_err(Status::invalid_argument)
    }
}

pub(super) fn text_of(value: Option<&TypedValue>) -> Option<String> {
    text::canonical(value?)
}
