//! Tenants that change while somebody reads and watches them, always by a superadmin's hand. Streams
//! hear nothing of it.

use decree_proto::v1;
use tonic::Status;

use crate::{
    DevServer,
    auth::Claims,
    hub::now,
    seed::{self, SEEDER},
    yaml,
};

impl DevServer {
    /// Gives a tenant another name. The old one is free for [another](Self::add_tenant).
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn rename_tenant(&self, tenant: &str, name: &str) -> Result<(), Status> {
        self.update_tenant(v1::UpdateTenantRequest {
            id: tenant.to_owned(),
            name: Some(name.to_owned()),
            schema_version: None,
        })
    }

    /// Deletes a tenant.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn delete_tenant(&self, tenant: &str) -> Result<(), Status> {
        let superadmin = Claims::superadmin(SEEDER);
        self.hub.engine().delete_tenant(&superadmin, tenant)
    }

    /// Creates a tenant with the schema of another one and returns its id. It starts with the
    /// defaults of the schema.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn add_tenant(&self, name: &str, like: &str) -> Result<String, Status> {
        let superadmin = Claims::superadmin(SEEDER);
        let mut engine = self.hub.engine();
        let like = engine.get_tenant(&superadmin, like)?.to_proto();
        let request = v1::CreateTenantRequest {
            name: name.to_owned(),
            schema_id: like.schema_id,
            schema_version: like.schema_version,
        };
        Ok(engine.create_tenant(&superadmin, &request, now())?.id)
    }

    /// Deletes a tenant and creates another one of the same name and schema; returns the id of the
    /// new one, which starts with the defaults of the schema.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn replace_tenant(&self, tenant: &str) -> Result<String, Status> {
        let superadmin = Claims::superadmin(SEEDER);
        let mut engine = self.hub.engine();
        let old = engine.get_tenant(&superadmin, tenant)?.to_proto();
        engine.delete_tenant(&superadmin, &old.id)?;
        let request = v1::CreateTenantRequest {
            name: old.name,
            schema_id: old.schema_id,
            schema_version: old.schema_version,
        };
        Ok(engine.create_tenant(&superadmin, &request, now())?.id)
    }

    /// Makes a schema document the newest version of a tenant's schema, unless it is that already,
    /// and assigns it to the tenant. Returns the number of the schema's version. Values stay as they
    /// are, also those that do not fit.
    ///
    /// # Errors
    ///
    /// What a client would see, also for a document with the name of another schema.
    pub fn change_schema(&self, tenant: &str, schema_yaml: &str) -> Result<i32, Status> {
        let draft = yaml::schema_document(schema_yaml.as_bytes())
            .map_err(|error| Status::invalid_argument(format!("invalid schema YAML: {error}")))?;
        let superadmin = Claims::superadmin(SEEDER);
        let number = {
            let mut engine = self.hub.engine();
            let own = engine.get_tenant(&superadmin, tenant)?.to_proto().schema_id;
            let name = engine.get_schema(&own, None)?.name;
            if name != draft.name {
                return Err(Status::invalid_argument(format!(
                    "the schema of tenant {tenant} is {name:?}, the document is about {:?}; give it the name of the tenant's schema",
                    draft.name
                )));
            }
            seed::import_schema(&mut engine, &draft)?;
            let (_, version) = engine
                .published(&name)
                .ok_or_else(|| Status::not_found("schema version not found"))?;
            version.number
        };
        self.update_tenant(v1::UpdateTenantRequest {
            id: tenant.to_owned(),
            name: None,
            schema_version: Some(number),
        })?;
        Ok(number)
    }

    fn update_tenant(&self, request: v1::UpdateTenantRequest) -> Result<(), Status> {
        let superadmin = Claims::superadmin(SEEDER);
        let mut engine = self.hub.engine();
        engine.update_tenant(&superadmin, request, now()).map(drop)
    }
}
