//! The way in: every call passes here, is counted, says who it is, and pays the rate limit.

use std::{convert::Infallible, sync::Arc};

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
    deadline,
    faults::Verdict,
    hub::Hub,
    limiter::Meter,
    service::{ConfigRpc, LONGEST_MESSAGE, SchemaRpc, ServerRpc},
};

const CONFIG: &str = "centralconfig.v1.ConfigService";
const SCHEMA: &str = "centralconfig.v1.SchemaService";
const SERVER: &str = "centralconfig.v1.ServerService";
const HEALTH: &str = "grpc.health.v1.Health";

#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) hub: Arc<Hub>,
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
        request: Request<Incoming>,
        peer: &str,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send + use<> {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let (_, method) = path.split_once('/').unwrap_or((&path, ""));
        self.hub.seen.call(method, request.headers());
        // A clone is a few pointers.
        let (gate, peer) = (self.clone(), peer.to_owned());
        async move {
            let asked = deadline::asked(request.headers());
            let within = asked.or_else(|| gate.hub.lies.look(|faults| faults.default_timeout));
            let answer = gate.answer(request, &path, &peer);
            Ok(match within {
                Some(within) => deadline::keep(within, answer).await,
                None => answer.await,
            })
        }
    }

    async fn answer(
        mut self,
        mut request: Request<Incoming>,
        path: &str,
        peer: &str,
    ) -> Response<Body> {
        let (service, method) = path.split_once('/').unwrap_or((path, ""));
        match self.hub.lies.verdict(method) {
            Some(Verdict::Fail(status)) => return status.into_http(),
            Some(Verdict::Hang(hold)) => hold.released().await,
            None => {}
        }
        let admission = match self.admit(service, method, request.headers(), peer) {
            Ok(admission) => admission,
            Err(status) => return status.into_http(),
        };
        request.extensions_mut().insert(admission.meter);
        if let Some(claims) = admission.claims {
            request.extensions_mut().insert(claims);
        }
        let Ok(response) = match service {
            CONFIG => self.config.call(request).await,
            SCHEMA => self.schema.call(request).await,
            SERVER => self.server.call(request).await,
            HEALTH => self.health.call(request).await,
            _ => {
                let message = format!("decree-dev does not have {path} yet");
                Ok(Status::unimplemented(message).into_http())
            }
        };
        response
    }

    fn admit(
        &self,
        service: &str,
        method: &str,
        headers: &HeaderMap,
        peer: &str,
    ) -> Result<Admission, Status> {
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
