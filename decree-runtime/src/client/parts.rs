//! Reading a tenant that is too large for one answer.

use std::{collections::BTreeMap, time::Duration};

use decree_proto::v1;
use tokio::time::Instant;
use tonic::Status;

use super::{call::Failed, source::TenantSource, wire};
use crate::{
    reading::{Entry, Reading},
    watch::{Cause, Path},
};

impl TenantSource {
    /// Reads `paths` of the newest version, in as many calls as it takes.
    ///
    /// Only a whole read is one look at the database. These calls may be answered by several
    /// replicas, so it is done twice, and what two passes show is believed.
    pub(super) async fn read_parts(
        &self,
        paths: &[Path],
        limit: Duration,
    ) -> Result<Reading, Failed> {
        let deadline = Instant::now() + limit;
        let listing = self.list(limit).await?;
        let (Some(tenant_id), Some(newest)) = (listing.tenant_id, listing.rows.first()) else {
            let message = "the tenant has no versions";
            return Err(Failed::Status(Status::internal(message)));
        };
        let first = self.pass(newest.version, paths, deadline).await?;
        let entries = self.pass(newest.version, paths, deadline).await?;
        if first != entries {
            let message = "two reads of the same version differ";
            return Err(Failed::Status(Status::aborted(message)));
        }
        Ok(Reading {
            tenant_id,
            tenant: self.tenant().into(),
            version: newest.version,
            entries: entries.into_iter().collect(),
            part: Some(paths.iter().cloned().collect()),
        })
    }

    async fn pass(
        &self,
        version: i32,
        paths: &[Path],
        deadline: Instant,
    ) -> Result<BTreeMap<String, Entry>, Failed> {
        let mut entries = BTreeMap::new();
        let mut left = vec![paths];
        while let Some(part) = left.pop() {
            match self.fields(version, part, deadline).await {
                Ok(values) => entries.extend(values.into_iter().map(wire::entry)),
                Err(failed) if part.len() > 1 && asks_for_too_much(&failed) => {
                    let (head, tail) = part.split_at(part.len() / 2);
                    left.extend([tail, head]);
                }
                Err(failed) => return Err(failed),
            }
        }
        Ok(entries)
    }

    async fn fields(
        &self,
        version: i32,
        paths: &[Path],
        deadline: Instant,
    ) -> Result<Vec<v1::ConfigValue>, Failed> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let message = v1::GetFieldsRequest {
            tenant_id: self.tenant().to_owned(),
            field_paths: paths.iter().map(ToString::to_string).collect(),
            version: Some(version),
            include_descriptions: true,
        };
        let about = self.about("reading fields of");
        let limit = deadline.saturating_duration_since(Instant::now());
        let answer = self
            .client()
            .attempt(&about, limit, message, |stubs, request| async move {
                stubs.config().get_fields(request).await
            });
        Ok(answer.await?.values)
    }
}

/// Whether fewer paths would be answered.
fn asks_for_too_much(failed: &Failed) -> bool {
    let Failed::Status(status) = failed else {
        return false;
    };
    matches!(wire::cause(status), Cause::TooLarge | Cause::TooManyPaths)
}
