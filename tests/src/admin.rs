//! Writing to a server as its administrator, on the bare wire.

use std::collections::BTreeMap;

use decree_proto::v1::{
    self, config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
    typed_value::Kind,
};
use decree_runtime::Value;
use tonic::{
    Request, Status,
    metadata::{MetadataMap, MetadataValue},
    transport::Channel,
};

/// An administrator of a server.
#[derive(Clone, Debug)]
pub struct Admin {
    config: ConfigServiceClient<Channel>,
    schema: SchemaServiceClient<Channel>,
    headers: MetadataMap,
}

/// A value for the wire.
#[must_use]
pub fn typed(kind: Kind) -> Option<v1::TypedValue> {
    Some(v1::TypedValue { kind: Some(kind) })
}

/// A value of the client for the wire.
#[must_use]
pub fn kind(value: Value) -> Kind {
    match value {
        Value::Integer(value) => Kind::IntegerValue(value),
        Value::Number(value) => Kind::NumberValue(value),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Time { seconds, nanos } => Kind::TimeValue(prost_types::Timestamp {
            seconds,
            nanos: i32::try_from(nanos).unwrap_or_default(),
        }),
        Value::Duration { seconds, nanos } => {
            Kind::DurationValue(prost_types::Duration { seconds, nanos })
        }
        Value::String(text) => Kind::StringValue(text),
        Value::Url(text) => Kind::UrlValue(text),
        Value::Json(text) => Kind::JsonValue(text),
        other => panic!("{other} is of a kind that the tests do not know"),
    }
}

impl Admin {
    /// Over a channel that is dialed already, or will be.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        let mut headers = MetadataMap::new();
        headers.insert("x-subject", MetadataValue::from_static("root"));
        headers.insert("x-role", MetadataValue::from_static("superadmin"));
        Self {
            config: ConfigServiceClient::new(channel.clone()),
            schema: SchemaServiceClient::new(channel),
            headers,
        }
    }

    /// With a token, as it stands in the header.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        let token = token.parse().expect("it fits into a header");
        self.headers.insert("authorization", token);
        self
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        *request.metadata_mut() = self.headers.clone();
        request
    }

    /// Imports a schema of `fields`, which is the YAML under `fields:`, and makes a tenant of it.
    /// Both are called `name`; the answer is the id of the tenant.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn create(&self, name: &str, fields: &str) -> Result<String, Status> {
        let yaml = format!("spec_version: v1\nname: {name}\nfields:\n{fields}");
        let import = v1::ImportSchemaRequest {
            yaml_content: yaml.into_bytes(),
            auto_publish: true,
        };
        let imported = self
            .schema
            .clone()
            .import_schema(self.request(import))
            .await?;
        let schema = imported.into_inner().schema.unwrap_or_default();
        let create = v1::CreateTenantRequest {
            name: name.to_owned(),
            schema_id: schema.id,
            schema_version: schema.version,
        };
        let created = self
            .schema
            .clone()
            .create_tenant(self.request(create))
            .await?;
        Ok(created.into_inner().tenant.unwrap_or_default().id)
    }

    /// Writes one value, or null; the answer is the new version.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn set(
        &self,
        tenant: &str,
        path: &str,
        value: Option<v1::TypedValue>,
    ) -> Result<i32, Status> {
        let set = v1::SetFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: path.to_owned(),
            value,
            ..Default::default()
        };
        let answer = self.config.clone().set_field(self.request(set)).await?;
        Ok(answer
            .into_inner()
            .config_version
            .unwrap_or_default()
            .version)
    }

    /// Writes several values in one version.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn set_many(
        &self,
        tenant: &str,
        values: BTreeMap<String, Kind>,
    ) -> Result<i32, Status> {
        let update = |(field_path, kind)| v1::FieldUpdate {
            field_path,
            value: typed(kind),
            ..Default::default()
        };
        let set = v1::SetFieldsRequest {
            tenant_id: tenant.to_owned(),
            updates: values.into_iter().map(update).collect(),
            ..Default::default()
        };
        let answer = self.config.clone().set_fields(self.request(set)).await?;
        Ok(answer
            .into_inner()
            .config_version
            .unwrap_or_default()
            .version)
    }

    /// Stores a text as the value of a field, whatever it is: imports do not check it.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn import(&self, tenant: &str, path: &str, text: &str) -> Result<(), Status> {
        // JSON is YAML, too.
        let quoted = serde_json::Value::from(text);
        let yaml = format!("spec_version: v1\nvalues:\n  {path}: {{ value: {quoted} }}\n");
        let import = v1::ImportConfigRequest {
            tenant_id: tenant.to_owned(),
            yaml_content: yaml.into_bytes(),
            mode: v1::ImportMode::Replace.into(),
            ..Default::default()
        };
        self.config
            .clone()
            .import_config(self.request(import))
            .await?;
        Ok(())
    }

    /// Locks a field, or some values of it.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn lock(
        &self,
        tenant: &str,
        path: &str,
        locked_values: Vec<String>,
    ) -> Result<(), Status> {
        let lock = v1::LockFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: path.to_owned(),
            locked_values,
        };
        self.schema.clone().lock_field(self.request(lock)).await?;
        Ok(())
    }

    /// Makes a new version of an old one.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn rollback(&self, tenant: &str, version: i32) -> Result<i32, Status> {
        let rollback = v1::RollbackToVersionRequest {
            tenant_id: tenant.to_owned(),
            version,
            description: None,
        };
        let answer = self
            .config
            .clone()
            .rollback_to_version(self.request(rollback))
            .await?;
        Ok(answer
            .into_inner()
            .config_version
            .unwrap_or_default()
            .version)
    }
}
