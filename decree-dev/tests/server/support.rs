//! A raw client of the contract over the pipe, and a small shop to talk about.

use decree_dev::{DevServer, Pipe, Quirks};
use decree_proto::v1::{
    ConfigChange, ConfigValue, GetConfigRequest, SubscribeRequest, SubscribeResponse, TypedValue,
    config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
    typed_value::Kind,
};
use hyper_util::rt::TokioIo;
use tonic::{
    Request, Status, Streaming,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint, Uri},
};

pub(crate) const SHOP: &str = include_str!("shop.yaml");

pub(crate) async fn shop() -> DevServer {
    shop_with(Quirks::default()).await
}

pub(crate) async fn shop_with(quirks: Quirks) -> DevServer {
    DevServer::builder()
        .seed_yaml(SHOP)
        .quirks(quirks)
        .start_in_memory()
        .await
        .unwrap()
}

pub(crate) async fn channel(pipe: Pipe) -> Channel {
    let connector = tower::service_fn(move |_: Uri| {
        let pipe = pipe.clone();
        async move { pipe.connect().await.map(TokioIo::new) }
    });
    Endpoint::from_static("http://decree")
        .connect_with_connector(connector)
        .await
        .unwrap()
}

/// Headers of a caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct As {
    pub(crate) role: &'static str,
    pub(crate) tenant: &'static str,
}

pub(crate) const USER: As = As {
    role: "user",
    tenant: "acme",
};
pub(crate) const ADMIN: As = As {
    role: "admin",
    tenant: "acme",
};
pub(crate) const SUPERADMIN: As = As {
    role: "superadmin",
    tenant: "",
};

impl Interceptor for As {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let headers = request.metadata_mut();
        headers.insert("x-subject", MetadataValue::from_static("tester"));
        headers.insert("x-role", MetadataValue::from_static(self.role));
        headers.insert("x-tenant-id", MetadataValue::from_static(self.tenant));
        Ok(request)
    }
}

pub(crate) type Config = ConfigServiceClient<InterceptedService<Channel, As>>;
pub(crate) type Schema = SchemaServiceClient<InterceptedService<Channel, As>>;

pub(crate) async fn config(server: &DevServer, caller: As) -> Config {
    ConfigServiceClient::with_interceptor(channel(server.pipe()).await, caller)
}

pub(crate) async fn schema(server: &DevServer, caller: As) -> Schema {
    SchemaServiceClient::with_interceptor(channel(server.pipe()).await, caller)
}

#[allow(clippy::unnecessary_wraps, reason = "messages hold it so")]
pub(crate) fn value(kind: Kind) -> Option<TypedValue> {
    Some(TypedValue { kind: Some(kind) })
}

pub(crate) fn subscribe_request() -> SubscribeRequest {
    SubscribeRequest {
        tenant_id: "acme".to_owned(),
        ..SubscribeRequest::default()
    }
}

pub(crate) async fn next(stream: &mut Streaming<SubscribeResponse>) -> ConfigChange {
    stream.message().await.unwrap().unwrap().change.unwrap()
}

pub(crate) fn of(tenant: &str) -> GetConfigRequest {
    GetConfigRequest {
        tenant_id: tenant.to_owned(),
        ..GetConfigRequest::default()
    }
}

/// One field of a whole read.
pub(crate) async fn read(client: &mut Config, path: &str, describe: bool) -> ConfigValue {
    let request = GetConfigRequest {
        tenant_id: "acme".to_owned(),
        include_descriptions: describe,
        ..GetConfigRequest::default()
    };
    let config = client
        .get_config(request)
        .await
        .unwrap()
        .into_inner()
        .config
        .unwrap();
    config
        .values
        .into_iter()
        .find(|value| value.field_path == path)
        .unwrap()
}
