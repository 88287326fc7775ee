//! Writing from the process that runs the server, always as a superadmin.

use decree_proto::{text, v1};
use tonic::Status;

use crate::{
    DevServer,
    auth::Claims,
    engine::SetFields,
    hub::now,
    seed::{self, SEEDER},
    yaml,
};

impl DevServer {
    /// Writes a value, given as text in the grammar of the field's type, and returns the new
    /// version. Like all writes from here it is a superadmin's `SetFields`.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn set(&self, tenant: &str, path: &str, text: &str) -> Result<i32, Status> {
        self.set_many(tenant, &[(path, text)])
    }

    /// Writes several values as one version.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn set_many(&self, tenant: &str, values: &[(&str, &str)]) -> Result<i32, Status> {
        let values = values.iter().map(|(path, text)| (*path, Some(*text)));
        self.write(tenant, values.collect())
    }

    /// Writes null.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn set_null(&self, tenant: &str, path: &str) -> Result<i32, Status> {
        self.write(tenant, vec![(path, None)])
    }

    /// Makes a new version out of an old one.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn rollback(&self, tenant: &str, version: i32) -> Result<i32, Status> {
        let request = v1::RollbackToVersionRequest {
            tenant_id: tenant.to_owned(),
            version,
            description: None,
        };
        let version = self
            .config
            .roll_back(&Claims::superadmin(SEEDER), &request)?;
        Ok(version.version)
    }

    /// Locks a field against everybody but superadmins; with values, locks only these.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn lock(&self, tenant: &str, path: &str, values: &[&str]) -> Result<(), Status> {
        let request = v1::LockFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: path.to_owned(),
            locked_values: values.iter().map(|&value| value.to_owned()).collect(),
        };
        let superadmin = Claims::superadmin(SEEDER);
        self.hub.engine().lock_field(&superadmin, request)
    }

    /// Takes a lock away, if there is one.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn unlock(&self, tenant: &str, path: &str) -> Result<(), Status> {
        let request = v1::UnlockFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: path.to_owned(),
        };
        let superadmin = Claims::superadmin(SEEDER);
        self.hub.engine().unlock_field(&superadmin, &request)
    }

    /// Creates a tenant, and first its schema, given as a schema document. A schema that is known
    /// gets a new version, unless its fields are the same. Returns the id of the tenant.
    ///
    /// # Errors
    ///
    /// What a client would see.
    pub fn create(&self, schema_yaml: &str, tenant: &str) -> Result<String, Status> {
        let draft = yaml::schema_document(schema_yaml.as_bytes())
            .map_err(|error| Status::invalid_argument(format!("invalid schema YAML: {error}")))?;
        let mut engine = self.hub.engine();
        seed::import_schema(&mut engine, &draft)?;
        let (schema, version) = engine
            .published(&draft.name)
            .ok_or_else(|| Status::not_found("schema version not found"))?;
        let request = v1::CreateTenantRequest {
            name: tenant.to_owned(),
            schema_id: schema.id.clone(),
            schema_version: version.number,
        };
        let created = engine.create_tenant(&Claims::superadmin(SEEDER), &request, now())?;
        Ok(created.id)
    }

    fn write(&self, tenant: &str, values: Vec<(&str, Option<&str>)>) -> Result<i32, Status> {
        let batch = SetFields {
            tenant: tenant.to_owned(),
            updates: self.updates(tenant, values)?,
            ..SetFields::default()
        };
        let version = self.config.write(&Claims::superadmin(SEEDER), batch)?;
        Ok(version.map_or(0, |version| version.version)) // there is always one without a key
    }

    /// Texts as values of the types that the tenant's schema says; no text is null.
    pub(crate) fn updates(
        &self,
        tenant: &str,
        values: Vec<(&str, Option<&str>)>,
    ) -> Result<Vec<v1::FieldUpdate>, Status> {
        let superadmin = Claims::superadmin(SEEDER);
        let typed = |(path, text): (&str, Option<&str>)| {
            let kind = self
                .hub
                .engine()
                .get_tenant(&superadmin, tenant)?
                .fields
                .kind(path);
            let value = text.map(|text| text::parse(kind, text)).transpose();
            let value = value.map_err(|error| {
                Status::invalid_argument(format!("field {path}: {error}: {:?}", text.unwrap_or("")))
            })?;
            let field_path = path.to_owned();
            Ok(v1::FieldUpdate {
                field_path,
                value,
                ..v1::FieldUpdate::default()
            })
        };
        values.into_iter().map(typed).collect()
    }
}
