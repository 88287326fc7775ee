//! Locks: fields, or some of their values, that only superadmins may write.

use decree_proto::v1::{self, FieldLock};
use tonic::Status;

use super::{Engine, PageRequest, Tenant, read::page};
use crate::auth::Claims;

const LARGEST_PAGE: usize = 200;

impl Engine {
    /// No values lock the whole field. Nobody asks whether the schema has it.
    pub(crate) fn lock_field(
        &mut self,
        claims: &Claims,
        request: v1::LockFieldRequest,
    ) -> Result<(), Status> {
        let v1::LockFieldRequest {
            tenant_id,
            field_path,
            locked_values,
        } = request;
        let tenant = self.lockable(claims, &tenant_id, &field_path)?;
        if field_path.contains('\0') {
            return Err(Status::internal("failed to lock field"));
        }
        tenant.locks.insert(field_path, locked_values);
        Ok(())
    }

    pub(crate) fn unlock_field(
        &mut self,
        claims: &Claims,
        request: &v1::UnlockFieldRequest,
    ) -> Result<(), Status> {
        let path = &request.field_path;
        let tenant = self.lockable(claims, &request.tenant_id, path)?;
        tenant.locks.remove(path);
        Ok(())
    }

    pub(crate) fn list_field_locks(
        &self,
        claims: &Claims,
        request: &v1::ListFieldLocksRequest,
    ) -> Result<v1::ListFieldLocksResponse, Status> {
        let tenant = self.get_tenant(claims, &request.tenant_id)?;
        let asked = PageRequest {
            size: request.page_size,
            token: &request.page_token,
        };
        let locks = tenant.locks.iter().map(|(path, values)| FieldLock {
            tenant_id: tenant.id.clone(),
            field_path: path.clone(),
            locked_values: values.clone(),
        });
        let (locks, next_page_token) = page(locks, asked.start()?, asked.size(LARGEST_PAGE));
        Ok(v1::ListFieldLocksResponse {
            locks,
            next_page_token,
        })
    }

    fn lockable(
        &mut self,
        claims: &Claims,
        tenant: &str,
        path: &str,
    ) -> Result<&mut Tenant, Status> {
        if path.is_empty() {
            return Err(Status::invalid_argument("field_path must not be empty"));
        }
        let id = self.get_tenant(claims, tenant)?.id.clone();
        claims.may_write(&id)?;
        self.tenant_mut(&id)
    }
}
