//! What differs between two versions.

use std::collections::BTreeSet;

use decree_proto::v1::{self, ChangeType, FieldDiff};
use tonic::Status;

use super::{Engine, Tenant, history::Row};
use crate::auth::Claims;

impl Engine {
    /// The real server shows secrets here in clear; this one does not.
    pub(crate) fn diff_versions(
        &self,
        claims: &Claims,
        request: &v1::DiffVersionsRequest,
    ) -> Result<Vec<FieldDiff>, Status> {
        let id = self.readable(claims, &request.tenant_id)?;
        let v1::DiffVersionsRequest {
            from_version: from,
            to_version: to,
            ..
        } = *request;
        let tenant = self.tenants.get(&id);
        let with_version = |number: i32| tenant.filter(|t| t.history.version(number).is_some());
        with_version(from).ok_or_else(|| Status::not_found("from version not found"))?;
        let tenant = with_version(to).ok_or_else(|| Status::not_found("to version not found"))?;
        Ok(tenant.diff(from, to))
    }
}

impl Tenant {
    fn diff(&self, from: i32, to: i32) -> Vec<FieldDiff> {
        let full = |version| self.history.full(version).map(|(path, _)| path);
        let paths: BTreeSet<&str> = full(from).chain(full(to)).collect();
        let diff = |path| self.field_diff(path, from, to);
        paths.into_iter().filter_map(diff).collect()
    }

    /// Null is an empty text, so the two do not differ.
    fn field_diff(&self, path: &str, from: i32, to: i32) -> Option<FieldDiff> {
        let stored = |row: &Row| row.value.clone().unwrap_or_default();
        let old = self.history.at(path, from);
        let new = self.history.at(path, to);
        let change = match (old, new) {
            (Some(old), Some(new)) if stored(old) == stored(new) => return None,
            (Some(_), Some(_)) => ChangeType::Modified,
            (Some(_), None) => ChangeType::Removed,
            (None, _) => ChangeType::Added,
        };
        let shown = |row: Option<&Row>| {
            let text = row.and_then(|row| self.shown(path, row));
            text.unwrap_or_default().to_owned()
        };
        Some(FieldDiff {
            field_path: path.to_owned(),
            change_type: change.into(),
            old_value: shown(old),
            new_value: shown(new),
        })
    }
}
