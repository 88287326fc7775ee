//! Histories that lose their newest versions, as after a failover or from a backup.

use decree_proto::v1::FieldUpdate;
use prost_types::Timestamp;
use tonic::Status;

use super::{Engine, SetFields, Tenant};
use crate::auth::Claims;

impl Engine {
    /// Forgets the newest versions and returns what is the newest now. Nobody is told.
    pub(crate) fn lose_versions(&mut self, tenant: &str, count: usize) -> Result<i32, Status> {
        let tenant = self.tenant_named(tenant)?;
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        let kept = tenant.history.latest().saturating_sub(count).max(0);
        tenant.history.forget_after(kept);
        Ok(kept)
    }

    /// Puts others in the place of as many of the newest versions: the same numbers, other ids.
    /// All or nothing, and nobody is told.
    pub(crate) fn rewrite_versions(
        &mut self,
        claims: &Claims,
        tenant: &str,
        versions: Vec<Vec<FieldUpdate>>,
        now: Timestamp,
    ) -> Result<i32, Status> {
        let before = self.tenant_named(tenant)?.history.clone();
        self.lose_versions(tenant, versions.len())?;
        for updates in versions {
            let batch = SetFields {
                tenant: tenant.to_owned(),
                updates,
                ..SetFields::default()
            };
            if let Err(refused) = self.set_fields(claims, batch, now) {
                self.tenant_named(tenant)?.history = before;
                return Err(refused);
            }
        }
        Ok(self.tenant_named(tenant)?.history.latest())
    }

    fn tenant_named(&mut self, id_or_name: &str) -> Result<&mut Tenant, Status> {
        let id = self.resolve(id_or_name)?;
        self.tenant_mut(&id)
    }
}
