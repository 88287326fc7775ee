//! A connection to a server, as one caller for one tenant.

use std::{net::IpAddr, time::Duration};

use decree_proto::v1::{
    config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
};
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use super::{
    args::{Connect, Role},
    failure::Failure,
};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const LONGEST_MESSAGE: usize = 20 * 1024 * 1024;

/// What a command is going to do, for the role that goes with it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    Read,
    Write,
}

type Service = InterceptedService<Channel, Identity>;

#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) config: ConfigServiceClient<Service>,
    pub(super) schema: SchemaServiceClient<Service>,
    pub(super) server: String,
    pub(super) tenant: String,
}

impl Client {
    pub(super) async fn connect(
        connect: &Connect,
        tenant: &str,
        access: Access,
    ) -> Result<Self, Failure> {
        let server = &connect.server;
        let endpoint = endpoint(connect)?.connect_timeout(CONNECT_WITHIN);
        let channel = endpoint.connect().await;
        let channel = channel.map_err(|error| Failure::connect(server, &error))?;
        let identity = Identity::new(connect, tenant, access)?;
        let config = ConfigServiceClient::with_interceptor(channel.clone(), identity.clone());
        let schema = SchemaServiceClient::with_interceptor(channel, identity);
        Ok(Self {
            config: config.max_decoding_message_size(LONGEST_MESSAGE),
            schema: schema.max_decoding_message_size(LONGEST_MESSAGE),
            server: server.clone(),
            tenant: tenant.to_owned(),
        })
    }

    pub(super) fn failed(&self, status: &Status) -> Failure {
        Failure::call(&self.server, &self.tenant, status)
    }
}

/// A request that does not wait for ever. Not for streams, which do.
pub(super) fn soon<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(ANSWER_WITHIN);
    request
}

/// Plaintext stays on this machine unless it is asked for by name.
fn endpoint(connect: &Connect) -> Result<Endpoint, Failure> {
    let server = connect.server.as_str();
    let invalid = || Failure::new(format!("--server {server:?} is not host:port"));
    let (scheme, authority) = match server.split_once("://") {
        Some((scheme @ ("http" | "https"), authority)) => (Some(scheme), authority),
        Some(_) => return Err(invalid()),
        None => (None, server),
    };
    let plain = match scheme {
        Some("https") => false,
        _ => connect.insecure || is_loopback(authority),
    };
    if scheme == Some("http") && !plain {
        return Err(Failure::new(format!(
            "{server} would be talked to without TLS over the network; write https://, or --insecure if you mean it"
        )));
    }
    let scheme = if plain { "http" } else { "https" };
    let endpoint =
        Endpoint::from_shared(format!("{scheme}://{authority}")).map_err(|_| invalid())?;
    if plain {
        Ok(endpoint)
    } else {
        with_tls(endpoint, server)
    }
}

#[cfg(feature = "tls")]
fn with_tls(endpoint: Endpoint, server: &str) -> Result<Endpoint, Failure> {
    let tls = tonic::transport::ClientTlsConfig::new().with_native_roots();
    endpoint
        .tls_config(tls)
        .map_err(|error| Failure::new(format!("cannot use TLS for {server}: {error}")))
}

#[cfg(not(feature = "tls"))]
fn with_tls(_: Endpoint, server: &str) -> Result<Endpoint, Failure> {
    Err(Failure::new(format!(
        "{server} is not on this machine and decree-dev was built without the feature `tls`"
    )))
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// The headers that say who calls.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    subject: MetadataValue<Ascii>,
    role: &'static str,
    tenant: MetadataValue<Ascii>,
}

impl Identity {
    fn new(connect: &Connect, tenant: &str, access: Access) -> Result<Self, Failure> {
        let least = match access {
            Access::Read => Role::User,
            Access::Write => Role::Admin,
        };
        let header = |text: &str| {
            text.parse()
                .map_err(|_| Failure::new(format!("{text:?} does not fit into a header")))
        };
        Ok(Self {
            subject: header(&connect.subject)?,
            role: connect.role.unwrap_or(least).header(),
            tenant: header(tenant)?,
        })
    }
}

impl Interceptor for Identity {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let headers = request.metadata_mut();
        headers.insert("x-subject", self.subject.clone());
        headers.insert("x-role", MetadataValue::from_static(self.role));
        headers.insert("x-tenant-id", self.tenant.clone());
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(server: &str, insecure: bool) -> Result<String, String> {
        let (subject, server) = (String::new(), server.to_owned());
        let connect = Connect {
            server,
            subject,
            role: None,
            insecure,
        };
        let endpoint = endpoint(&connect).map_err(|failure| failure.to_string())?;
        Ok(endpoint.uri().to_string())
    }

    #[test]
    fn plaintext_stays_on_this_machine_unless_asked_for() {
        for (server, insecure, expected) in [
            ("localhost:9090", false, "http://localhost:9090/"),
            ("127.0.0.2:9090", false, "http://127.0.0.2:9090/"),
            ("[::1]:9090", false, "http://[::1]:9090/"),
            ("http://localhost:9090", false, "http://localhost:9090/"),
            ("https://localhost:9090", true, "https://localhost:9090/"),
            ("decree.example:443", true, "http://decree.example:443/"),
            (
                "localhost.example:443",
                true,
                "http://localhost.example:443/",
            ),
        ] {
            assert_eq!(uri(server, insecure).as_deref(), Ok(expected));
        }
        let refused = uri("http://decree.example:443", false).unwrap_err();
        assert!(refused.contains("--insecure"), "{refused}");
        for server in ["ftp://x", "a b", ""] {
            assert!(uri(server, true).is_err(), "{server:?}");
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn over_the_network_it_is_tls() {
        assert_eq!(
            uri("decree.example:443", false).unwrap(),
            "https://decree.example:443/"
        );
    }
}
