//! [`DevServer`]: starting, stopping, and writing from the process that runs it.

use std::{net::SocketAddr, sync::Arc};

use decree_proto::{text, v1};
use http::HeaderMap;
use tonic::Status;

use crate::{
    DevServerBuilder, Pipe, StartError,
    auth::Claims,
    builder,
    engine::SetFields,
    hub::{Hub, now},
    net::Net,
    seed::{self, SEEDER},
    service::ConfigRpc,
    yaml,
};

/// A server in this process. It serves from the moment it exists until it is dropped.
///
/// Its data is in memory and goes with it.
#[derive(Debug)]
pub struct DevServer {
    hub: Arc<Hub>,
    config: ConfigRpc,
    net: Net,
    addr: Option<SocketAddr>,
}

impl DevServer {
    pub(crate) fn new(hub: Arc<Hub>, net: Net, addr: Option<SocketAddr>) -> Self {
        Self {
            config: ConfigRpc::new(Arc::clone(&hub)),
            hub,
            net,
            addr,
        }
    }

    /// What a server can be told before it starts.
    pub fn builder() -> DevServerBuilder {
        DevServerBuilder::default()
    }

    /// Where it listens; `None` for a server that is only in memory.
    #[must_use]
    pub fn addr(&self) -> Option<SocketAddr> {
        self.addr
    }

    /// Where it listens, for clients: `http://…`, or with TLS `https://…`; `None` for a server that
    /// is only in memory.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        let addr = self.addr?;
        Some(format!("{}://{addr}", self.net.scheme))
    }

    /// A way to it without a socket.
    #[must_use]
    pub fn pipe(&self) -> Pipe {
        Pipe::new(self.net.clone())
    }

    /// Names of the tenants, sorted.
    #[must_use]
    pub fn tenants(&self) -> Vec<String> {
        self.hub.engine().tenant_names()
    }

    /// The id of a tenant, by its name.
    #[must_use]
    pub fn tenant_id(&self, name: &str) -> Option<String> {
        self.hub.engine().tenant_id(name)
    }

    /// How often an RPC was called, by its name as in `GetConfig`. Refused calls count, too.
    #[must_use]
    pub fn calls(&self, method: &str) -> u64 {
        self.hub.seen.calls(method)
    }

    /// The headers of the last call of an RPC, by its name as in `GetConfig`.
    #[must_use]
    pub fn last_headers(&self, method: &str) -> Option<HeaderMap> {
        self.hub.seen.last_headers(method)
    }

    /// The idempotency key of the last `SetField` or `SetFields` that a client sent for a tenant;
    /// `None` also if it had none.
    #[must_use]
    pub fn last_idempotency_key(&self, tenant: &str) -> Option<String> {
        let id = self.hub.engine().tenant_id(tenant)?;
        self.hub.seen.last_key(&id)
    }

    /// How many subscriptions are open and hear of every write from now on.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.hub.subscribers()
    }

    /// Drops every connection and closes the listener, like a process that is killed. The data
    /// stays for [`revive`](Self::revive).
    ///
    /// # Cancel safety
    ///
    /// The connections are gone even if this is not awaited to the end.
    pub async fn kill(&self) {
        let mut tasks = self.net.down();
        // A new process would not remember who called how often.
        self.hub.limiter.forget();
        while tasks.join_next().await.is_some() {}
    }

    /// Serves again after [`kill`](Self::kill), at the same address and with the same data. Does
    /// nothing while the server is up.
    ///
    /// # Errors
    ///
    /// The address was taken in the meantime.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before its end, the server stays down.
    pub async fn revive(&self) -> Result<(), StartError> {
        if self.net.is_up() {
            return Ok(());
        }
        let listener = match self.addr {
            Some(addr) => Some(builder::listen(addr).await?),
            None => None,
        };
        self.net.up(listener);
        Ok(())
    }

    /// Stops for good and waits until nothing of it runs any more.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before its end, everything is stopped but perhaps not finished.
    pub async fn shutdown(self) {
        self.kill().await;
    }

    /// Makes the next call of an RPC fail, by its name as in `GetConfig`; asked twice, the next two.
    pub fn fail_next(&self, method: &str, status: Status) {
        self.hub.fail(method, status);
    }

    /// Ends every open subscription without an error, as servers do when they have enough.
    pub fn end_subscriptions(&self) {
        self.hub.end_subscriptions();
    }

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
        let batch = SetFields {
            tenant: tenant.to_owned(),
            updates: values
                .into_iter()
                .map(typed)
                .collect::<Result<_, Status>>()?,
            ..SetFields::default()
        };
        let version = self.config.write(&superadmin, batch)?;
        Ok(version.map_or(0, |version| version.version)) // there is always one without a key
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        drop(self.net.down());
        self.hub.end_subscriptions();
    }
}
