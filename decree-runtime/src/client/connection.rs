//! The channels to one server.

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use decree_proto::v1::config_service_client::ConfigServiceClient;
use tonic::transport::{Channel, Endpoint};

use super::{
    address::{Address, Security},
    builder::Tls,
    connector::{Connector, Dial},
};
use crate::error::{Error, ErrorKind};

/// The server sends answers of up to 20 MiB; what is larger never arrives.
const ANSWER_MAX: usize = 21 * 1024 * 1024;

/// Calls and streams on a channel each: a peer may cap the streams of a connection, and a read that
/// waits behind a stream waits for ever.
pub(crate) struct Connection {
    address: Address,
    endpoint: Endpoint,
    connector: Option<Connector>,
    channels: ArcSwap<Channels>,
}

struct Channels {
    calls: Channel,
    streams: Channel,
}

impl Connection {
    pub(crate) fn new(
        address: Address,
        tls: &Tls,
        connect_timeout: Duration,
        connector: Option<Connector>,
    ) -> Result<Self, Error> {
        // HTTP/2 pings stay off: the server closes a connection that pings more than every 5 min.
        let mut endpoint = Endpoint::from(address.uri.clone())
            .user_agent(concat!("decree-rust/", env!("CARGO_PKG_VERSION")))
            .map_err(|error| invalid(&address, "user agent").with_source(error))?
            .connect_timeout(connect_timeout)
            .tcp_keepalive(Some(Duration::from_secs(20)))
            .tcp_keepalive_interval(Some(Duration::from_secs(5)))
            .tcp_keepalive_retries(Some(3))
            .tcp_nodelay(true);
        if address.security == Security::Tls && connector.is_none() {
            endpoint = secure(endpoint, &address, tls)?;
        }
        let channels = ArcSwap::from_pointee(dial(&endpoint, connector.as_ref()));
        Ok(Self {
            address,
            endpoint,
            connector,
            channels,
        })
    }

    /// For single calls.
    pub(crate) fn calls(&self) -> ConfigServiceClient<Channel> {
        stub(self.channels.load().calls.clone())
    }

    /// For streams.
    pub(crate) fn streams(&self) -> ConfigServiceClient<Channel> {
        stub(self.channels.load().streams.clone())
    }

    /// Leaves the present connections: a channel stays on one that hangs until TCP gives up.
    pub(crate) fn redial(&self) {
        let fresh = dial(&self.endpoint, self.connector.as_ref());
        self.channels.store(Arc::new(fresh));
    }

    /// The address as it was typed.
    pub(crate) fn address(&self) -> &str {
        &self.address.shown
    }
}

fn stub(channel: Channel) -> ConfigServiceClient<Channel> {
    ConfigServiceClient::new(channel).max_decoding_message_size(ANSWER_MAX)
}

fn dial(endpoint: &Endpoint, connector: Option<&Connector>) -> Channels {
    let channel = || match connector {
        Some(connector) => endpoint.connect_with_connector_lazy(Dial(Arc::clone(connector))),
        None => endpoint.connect_lazy(),
    };
    Channels {
        calls: channel(),
        streams: channel(),
    }
}

fn invalid(address: &Address, what: &str) -> Error {
    let message = format!("{what} for {} cannot be used", address.shown);
    Error::new(ErrorKind::InvalidOption, message)
}

#[cfg(feature = "tls")]
fn secure(endpoint: Endpoint, address: &Address, tls: &Tls) -> Result<Endpoint, Error> {
    use tonic::transport::{Certificate, ClientTlsConfig, Identity};

    let mut config = ClientTlsConfig::new().with_native_roots();
    if let Some(pem) = &tls.ca_pem {
        config = config.ca_certificate(Certificate::from_pem(pem));
    }
    if let Some((certificate, key)) = &tls.identity_pem {
        config = config.identity(Identity::from_pem(certificate, key));
    }
    if let Some(name) = &tls.server_name {
        config = config.domain_name(name);
    }
    endpoint
        .tls_config(config)
        .map_err(|error| invalid(address, "TLS").with_source(error))
}

#[cfg(not(feature = "tls"))]
fn secure(_: Endpoint, address: &Address, _: &Tls) -> Result<Endpoint, Error> {
    let message = format!(
        "{} needs TLS: turn on feature `tls` of decree-runtime, or call `plaintext()`",
        address.shown
    );
    Err(Error::new(ErrorKind::InvalidOption, message))
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("address", &self.address.shown)
            .finish_non_exhaustive()
    }
}
