//! `ServerService`: what this server is.

use decree_proto::v1::{
    GetServerInfoRequest, GetServerInfoResponse, server_service_server::ServerService,
};
use tonic::{Request, Response, Status, async_trait};

#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerRpc {
    pub(crate) jwt: bool,
}

#[async_trait]
impl ServerService for ServerRpc {
    async fn get_server_info(
        &self,
        _request: Request<GetServerInfoRequest>,
    ) -> Result<Response<GetServerInfoResponse>, Status> {
        let features = [
            ("schema", true),
            ("config", true),
            ("audit", false),
            ("usage_tracking", false),
            ("jwt_auth", self.jwt),
            ("http_gateway", false),
        ];
        Ok(Response::new(GetServerInfoResponse {
            version: concat!("decree-dev-", env!("CARGO_PKG_VERSION")).to_owned(),
            commit: "unknown".to_owned(),
            features: features.map(|(name, on)| (name.to_owned(), on)).into(),
        }))
    }
}
