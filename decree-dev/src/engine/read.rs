//! What reads answer.

use std::sync::Arc;

use decree_proto::{
    text,
    v1::{self, ConfigValue, ConfigVersion, TypedValue},
};
use tonic::Status;

use super::{
    Engine, Event, Fields, Sight, Tenant,
    event::{Change, REDACTED},
    history::Row,
};
use crate::auth::Claims;

pub(crate) const LONGEST_LIST: usize = 1000;
const DEFAULT_PAGE: usize = 50;
pub(super) const LARGEST_PAGE: usize = 500;

impl Engine {
    pub(crate) fn get_config(
        &self,
        claims: &Claims,
        request: &v1::GetConfigRequest,
        sight: Sight,
    ) -> Result<v1::Config, Status> {
        let id = self.readable(claims, &request.tenant_id)?;
        let tenant = self.tenant(&id)?;
        tenant.check_exists()?;
        let history = &tenant.history;
        let version = request.version.unwrap_or_else(|| sight.number(history));
        let content = version.min(sight.content(history));
        let values = history.full(content).map(|(path, row)| {
            let shown = tenant.shown(path, row);
            // Two different tables of the same thing, because the server has them.
            let stored = request.include_descriptions || !self.quirks.checksums_of_shown_text;
            ConfigValue {
                field_path: path.to_owned(),
                value: if self.quirks.null_as_zero {
                    Some(tenant.typed(path, shown.unwrap_or_default()))
                } else {
                    shown.map(|text| tenant.typed(path, text))
                },
                checksum: if stored {
                    row.checksum()
                } else {
                    text::checksum(shown.unwrap_or_default())
                },
                description: row
                    .description
                    .clone()
                    .filter(|_| request.include_descriptions),
            }
        });
        Ok(v1::Config {
            values: values.collect(),
            tenant_id: id.clone(),
            version,
        })
    }

    pub(crate) fn get_field(
        &self,
        claims: &Claims,
        request: &v1::GetFieldRequest,
        sight: Sight,
    ) -> Result<ConfigValue, Status> {
        let id = self.readable(claims, &request.tenant_id)?;
        let not_found = || Status::not_found("field not found");
        let tenant = self.tenants.get(&id).ok_or_else(not_found)?;
        check_path(&request.field_path)?;
        let version = tenant.content(request.version, sight);
        let value = tenant
            .value(&request.field_path, version, request.include_description)
            .ok_or_else(not_found)?;
        tenant.check_exists()?;
        Ok(value)
    }

    pub(crate) fn get_fields(
        &self,
        claims: &Claims,
        request: &v1::GetFieldsRequest,
        sight: Sight,
    ) -> Result<Vec<ConfigValue>, Status> {
        self.check_len(&request.field_paths, "field_paths")?;
        let id = self.readable(claims, &request.tenant_id)?;
        let tenant = self.tenant(&id)?;
        for path in &request.field_paths {
            check_path(path)?;
        }
        let version = tenant.content(request.version, sight);
        let value = |path: &String| tenant.value(path, version, request.include_descriptions);
        let values: Vec<_> = request.field_paths.iter().filter_map(value).collect();
        if !values.is_empty() {
            tenant.check_exists()?;
        }
        Ok(values)
    }

    pub(crate) fn get_version(
        &self,
        claims: &Claims,
        request: &v1::GetVersionRequest,
        sight: Sight,
    ) -> Result<ConfigVersion, Status> {
        let id = self.readable(claims, &request.tenant_id)?;
        self.tenants
            .get(&id)
            .filter(|tenant| request.version <= sight.number(&tenant.history))
            .and_then(|tenant| tenant.history.version(request.version))
            .cloned()
            .ok_or_else(|| Status::not_found("version not found"))
    }

    pub(crate) fn list_versions(
        &self,
        claims: &Claims,
        request: &v1::ListVersionsRequest,
        sight: Sight,
    ) -> Result<v1::ListVersionsResponse, Status> {
        let id = self.readable(claims, &request.tenant_id)?;
        let asked = PageRequest {
            size: request.page_size,
            token: &request.page_token,
        };
        let start = asked.start()?;
        let versions = self.tenants.get(&id).into_iter().flat_map(|tenant| {
            let newest = sight.number(&tenant.history);
            let versions = tenant.history.newest_first();
            versions.skip_while(move |version| version.version > newest)
        });
        let (versions, next_page_token) = page(versions, start, asked.size(LARGEST_PAGE));
        let versions = versions.into_iter().cloned().collect();
        Ok(v1::ListVersionsResponse {
            versions,
            next_page_token,
        })
    }

    /// The tenant that a subscription is for, and the types its values will have.
    pub(crate) fn subscription(
        &self,
        claims: &Claims,
        request: &v1::SubscribeRequest,
    ) -> Result<(String, Arc<Fields>), Status> {
        self.check_len(&request.field_paths, "field_paths")?;
        let id = self.readable(claims, &request.tenant_id)?;
        let types = Arc::clone(&self.tenant(&id)?.types);
        Ok((id, types))
    }

    pub(super) fn check_len<T>(&self, list: &[T], name: &str) -> Result<(), Status> {
        let (len, longest) = (list.len(), self.longest_list);
        if len <= longest {
            return Ok(());
        }
        Err(Status::invalid_argument(format!(
            "request has {len} {name}, exceeds limit of {longest}"
        )))
    }

    /// What a subscription starts with: everything since a version, and the version up to which
    /// live events are already told.
    ///
    /// The real server replays secrets in clear; this one does not.
    pub(crate) fn replay(&self, tenant: &str, start: i32) -> Result<(Vec<Event>, i32), Status> {
        let tenant = self.tenant(tenant)?;
        let latest = tenant.history.latest();
        if latest == 0 && self.quirks.replay_needs_a_version {
            return Err(Status::internal(
                "failed to determine latest version for replay",
            ));
        }
        let events = tenant.history.since(start).into_iter().map(|(path, row)| {
            let version = tenant
                .history
                .version(row.version)
                .cloned()
                .unwrap_or_default();
            let change = Change {
                path: path.to_owned(),
                old: String::new(),
                new: tenant.shown(path, row).map(str::to_owned),
            };
            Event {
                tenant: tenant.id.clone(),
                version: row.version,
                changes: vec![change],
                by: version.created_by,
                at: version.created_at.unwrap_or_default(),
            }
        });
        Ok((events.collect(), latest))
    }
}

impl Tenant {
    /// The text that a caller sees; `None` is null.
    pub(super) fn shown<'a>(&self, path: &str, row: &'a Row) -> Option<&'a str> {
        if self.fields.is_sensitive(path) {
            Some(REDACTED)
        } else {
            row.value.as_deref()
        }
    }

    fn typed(&self, path: &str, text: &str) -> TypedValue {
        text::read(self.types.kind(path), text)
    }

    /// The version whose content a read shows that asks for one, or for none.
    fn content(&self, asked: Option<i32>, sight: Sight) -> i32 {
        let content = sight.content(&self.history);
        asked.unwrap_or(content).min(content)
    }

    fn value(&self, path: &str, version: i32, describe: bool) -> Option<ConfigValue> {
        let row = self.history.at(path, version)?;
        Some(ConfigValue {
            field_path: path.to_owned(),
            value: self.shown(path, row).map(|text| self.typed(path, text)),
            checksum: row.checksum(),
            description: row.description.clone().filter(|_| describe),
        })
    }
}

/// What the database of the real server trips over.
fn check_path(path: &str) -> Result<(), Status> {
    if path.contains('\0') {
        return Err(Status::internal("failed to get field"));
    }
    Ok(())
}

/// Which page of a list a caller asks for. The token is opaque to callers; here it is an offset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageRequest<'a> {
    pub(crate) size: i32,
    pub(crate) token: &'a str,
}

impl PageRequest<'_> {
    pub(super) fn start(self) -> Result<usize, Status> {
        if self.token.is_empty() {
            return Ok(0);
        }
        let offset = self
            .token
            .strip_prefix("v1:")
            .and_then(|offset| offset.parse().ok());
        offset.ok_or_else(|| Status::invalid_argument("invalid page token"))
    }

    pub(super) fn size(self, largest: usize) -> usize {
        match usize::try_from(self.size) {
            Ok(0) | Err(_) => DEFAULT_PAGE,
            Ok(size) => size.min(largest),
        }
    }
}

/// One page, and the token of the next one if there is more.
pub(super) fn page<T>(
    items: impl Iterator<Item = T>,
    start: usize,
    size: usize,
) -> (Vec<T>, String) {
    let mut items = items.skip(start);
    let page = items.by_ref().take(size).collect();
    let next = items.next().map(|_| format!("v1:{}", start + size));
    (page, next.unwrap_or_default())
}
