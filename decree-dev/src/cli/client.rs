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
        with_tls(endpoint, connect)
    }
}

#[cfg(feature = "tls")]
fn with_tls(endpoint: Endpoint, connect: &Connect) -> Result<Endpoint, Failure> {
    use tonic::transport::{Certificate, ClientTlsConfig};

    let mut tls = ClientTlsConfig::new().with_native_roots();
    if let Some(file) = &connect.ca_cert {
        let pem = std::fs::read(file)
            .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
        tls = tls.ca_certificate(Certificate::from_pem(pem));
    }
    let server = &connect.server;
    endpoint
        .tls_config(tls)
        .map_err(|error| Failure::new(format!("cannot use TLS for {server}: {error}")))
}

#[cfg(not(feature = "tls"))]
fn with_tls(_: Endpoint, connect: &Connect) -> Result<Endpoint, Failure> {
    Err(Failure::new(format!(
        "{} wants TLS and decree-dev was built without the feature `tls`",
        connect.server
    )))
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// The headers that say who calls: a token, or plain words.
#[derive(Debug, Clone)]
pub(super) struct Identity(Vec<(&'static str, MetadataValue<Ascii>)>);

impl Identity {
    fn new(connect: &Connect, tenant: &str, access: Access) -> Result<Self, Failure> {
        let header = |text: &str| {
            text.parse::<MetadataValue<Ascii>>()
                .map_err(|_| Failure::new(format!("{text:?} does not fit into a header")))
        };
        if let Some(token) = connect.token.as_deref().filter(|token| !token.is_empty()) {
            let bearer = format!("Bearer {token}").parse::<MetadataValue<Ascii>>();
            let mut bearer =
                bearer.map_err(|_| Failure::new("the token does not fit into a header"))?;
            bearer.set_sensitive(true);
            return Ok(Self(vec![("authorization", bearer)]));
        }
        let least = match access {
            Access::Read => Role::User,
            Access::Write => Role::Admin,
        };
        let role = connect.role.unwrap_or(least).header();
        Ok(Self(vec![
            ("x-subject", header(&connect.subject)?),
            ("x-role", MetadataValue::from_static(role)),
            ("x-tenant-id", header(tenant)?),
        ]))
    }
}

impl Interceptor for Identity {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        for (name, value) in &self.0 {
            request.metadata_mut().insert(*name, value.clone());
        }
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
            token: None,
            #[cfg(feature = "tls")]
            ca_cert: None,
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
