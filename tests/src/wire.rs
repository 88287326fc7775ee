//! Calls on the bare wire, as anybody.

use decree_proto::v1::{
    self, config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
};
use tonic::{
    Request,
    metadata::MetadataMap,
    transport::{Channel, Endpoint},
};

/// A caller of a server.
#[derive(Clone, Debug)]
pub struct Caller {
    channel: Channel,
    headers: MetadataMap,
}

impl Caller {
    /// Role `user` of a tenant, which is a name or an id.
    #[must_use]
    pub fn user(address: &str, tenant: &str) -> Self {
        Self::new(address, &[("x-role", "user"), ("x-tenant-id", tenant)])
    }

    /// Whom the server does not limit.
    #[must_use]
    pub fn superadmin(address: &str) -> Self {
        Self::new(address, &[("x-role", "superadmin")])
    }

    fn new(address: &str, who: &[(&'static str, &str)]) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}"));
        let mut headers = MetadataMap::new();
        for (name, value) in [("x-subject", "wire")].iter().chain(who) {
            headers.insert(*name, value.parse().expect("it fits into a header"));
        }
        Self {
            channel: endpoint.expect("an address").connect_lazy(),
            headers,
        }
    }

    /// Values, however large.
    #[must_use]
    pub fn config(&self) -> ConfigServiceClient<Channel> {
        ConfigServiceClient::new(self.channel.clone()).max_decoding_message_size(usize::MAX)
    }

    /// Schemas and tenants.
    #[must_use]
    pub fn schema(&self) -> SchemaServiceClient<Channel> {
        SchemaServiceClient::new(self.channel.clone())
    }

    /// A message with who sends it.
    #[must_use]
    pub fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        *request.metadata_mut() = self.headers.clone();
        request
    }
}

/// The number of the newest version of a tenant.
pub async fn newest(address: &str, tenant: &str) -> i32 {
    let caller = Caller::superadmin(address);
    let list = v1::ListVersionsRequest {
        tenant_id: tenant.to_owned(),
        page_size: 1,
        ..Default::default()
    };
    let answer = caller.config().list_versions(caller.request(list)).await;
    let versions = answer.expect("they are listed").into_inner().versions;
    versions.first().map_or(0, |newest| newest.version)
}
