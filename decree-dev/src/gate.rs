//! The way in: every call passes here, is counted, says who it is, and pays the rate limit.

use std::{convert::Infallible, future::Future, sync::Arc};

use decree_proto::v1::{
    config_service_server::ConfigServiceServer, schema_service_server::SchemaServiceServer,
    server_service_server::ServerServiceServer,
};
use http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use tonic::{Status, body::Body, codegen::Service};
use tonic_health::{
    ServingStatus,
    pb::health_server::HealthServer,
    server::{HealthService, health_reporter},
};

use crate::{
    auth::{Auth, Claims},
    hub::Hub,
    limiter::Meter,
    service::{ConfigRpc, SchemaRpc, ServerRpc},
};

const LONGEST_MESSAGE: usize = 20 * 1024 * 1024;

const CONFIG: &str = "centralconfig.v1.ConfigService";
const SCHEMA: &str = "centralconfig.v1.SchemaService";
const SERVER: &str = "centralconfig.v1.ServerService";
const HEALTH: &str = "grpc.health.v1.Health";

#[derive(Debug, Clone)]
pub(crate) struct Gate {
    hub: Arc<Hub>,
    auth: Arc<Auth>,
    config: ConfigServiceServer<ConfigRpc>,
    schema: SchemaServiceServer<SchemaRpc>,
    server: ServerServiceServer<ServerRpc>,
    health: HealthServer<HealthService>,
}

impl Gate {
    pub(crate) async fn new(hub: Arc<Hub>, auth: Auth) -> Self {
        let (reporter, _) = health_reporter();
        for service in [CONFIG, SCHEMA] {
            reporter
                .set_service_status(service, ServingStatus::Serving)
                .await;
        }
        Self {
            config: ConfigServiceServer::new(ConfigRpc::new(Arc::clone(&hub)))
                .max_decoding_message_size(LONGEST_MESSAGE),
            schema: SchemaServiceServer::new(SchemaRpc::new(Arc::clone(&hub)))
                .max_decoding_message_size(LONGEST_MESSAGE),
            server: ServerServiceServer::new(ServerRpc { jwt: auth.is_jwt() }),
            health: HealthServer::new(HealthService::from_health_reporter(reporter)),
            auth: Arc::new(auth),
            hub,
        }
    }

    /// Answers one call. `peer` is what callers without a name are told apart by.
    pub(crate) fn call(
        &self,
        mut request: Request<Incoming>,
        peer: &str,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send + use<> {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let (service, method) = path.split_once('/').unwrap_or((&path, ""));
        self.hub.seen.call(method, request.headers());
        let admitted = self.admit(service, method, request.headers(), peer);
        let answer = admitted.and_then(|admission| {
            request.extensions_mut().insert(admission.meter);
            if let Some(claims) = admission.claims {
                request.extensions_mut().insert(claims);
            }
            // A clone is a few pointers.
            match service {
                CONFIG => Ok(self.config.clone().call(request)),
                SCHEMA => Ok(self.schema.clone().call(request)),
                SERVER => Ok(self.server.clone().call(request)),
                HEALTH => Ok(self.health.clone().call(request)),
                _ => Err(Status::unimplemented(format!(
                    "decree-dev does not have {path} yet"
                ))),
            }
        });
        async move {
            match answer {
                Ok(answer) => answer.await,
                Err(status) => Ok(status.into_http()),
            }
        }
    }

    fn admit(
        &self,
        service: &str,
        method: &str,
        headers: &HeaderMap,
        peer: &str,
    ) -> Result<Admission, Status> {
        if let Some(status) = self.hub.next_failure(method) {
            return Err(status);
        }
        let is_open = match service {
            // Watching the health is not exempt in the real server either.
            HEALTH => method != "Watch",
            SERVER => true,
            _ => false,
        };
        let claims = if is_open {
            None
        } else {
            Some(self.identify(headers)?)
        };
        let limiter = &self.hub.limiter;
        let meter = match &claims {
            _ if !self.hub.quirks.rate_limit || service == HEALTH => Meter::unlimited(),
            Some(claims) => limiter.meter(claims, method),
            None => limiter.anonymous(peer, method),
        };
        meter.take()?;
        Ok(Admission { claims, meter })
    }

    fn identify(&self, headers: &HeaderMap) -> Result<Claims, Status> {
        self.auth
            .claims(headers, |tenant| self.hub.engine().tenant_id(tenant))
    }
}

/// What a call carries on its way to the handler.
struct Admission {
    claims: Option<Claims>,
    meter: Meter,
}
