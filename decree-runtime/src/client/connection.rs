//! The channels to one server.

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use decree_proto::v1::{
    config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
    server_service_client::ServerServiceClient,
};
use tonic::transport::Endpoint;

use super::{
    address::{Address, Security},
    connector::{Connector, Dial},
    tls::{self, Tls},
    transport::{Stub, Transport, Wrap},
};
use crate::error::{Error, ErrorKind};

/// The server sends answers of up to 20 MiB; what is larger never arrives.
const ANSWER_MAX: usize = 21 * 1024 * 1024;

/// Far above what any message needs; above the default of 16 KiB, an answer with more breaks the
/// connection.
const HEADERS_MAX: u32 = 4 * 1024 * 1024;

/// Calls and streams on a channel each: a peer may cap the streams of a connection, and a read that
/// waits behind a stream waits for ever.
pub(crate) struct Connection {
    address: Address,
    endpoint: Endpoint,
    connector: Option<Connector>,
    wrap: Option<Wrap>,
    channels: ArcSwap<Channels>,
}

/// What is dialed at one time.
#[derive(Debug)]
pub(super) struct Channels {
    calls: Transport,
    streams: Transport,
}

impl Channels {
    pub(super) fn config(&self) -> ConfigServiceClient<Stub> {
        ConfigServiceClient::new(Stub(self.calls.clone())).max_decoding_message_size(ANSWER_MAX)
    }

    pub(super) fn schema(&self) -> SchemaServiceClient<Stub> {
        SchemaServiceClient::new(Stub(self.calls.clone())).max_decoding_message_size(ANSWER_MAX)
    }

    pub(super) fn server(&self) -> ServerServiceClient<Stub> {
        ServerServiceClient::new(Stub(self.calls.clone()))
    }

    pub(super) fn streams(&self) -> ConfigServiceClient<Stub> {
        ConfigServiceClient::new(Stub(self.streams.clone())).max_decoding_message_size(ANSWER_MAX)
    }
}

impl Connection {
    pub(super) fn new(
        address: Address,
        tls: &Tls,
        connect_timeout: Duration,
        connector: Option<Connector>,
        wrap: Option<Wrap>,
    ) -> Result<Self, Error> {
        // HTTP/2 pings stay off: the server closes a connection that pings more than every 5 min.
        let mut endpoint = Endpoint::from(address.uri.clone())
            .user_agent(concat!("decree-rust/", env!("CARGO_PKG_VERSION")))
            .map_err(|error| {
                let message = format!("the user agent for {} cannot be used", address.shown);
                Error::new(ErrorKind::InvalidOption, message).with_source(error)
            })?
            // The server's words travel in a header, and repeat the path and the value.
            .http2_max_header_list_size(HEADERS_MAX)
            .connect_timeout(connect_timeout)
            .tcp_keepalive(Some(Duration::from_secs(20)))
            .tcp_keepalive_interval(Some(Duration::from_secs(5)))
            .tcp_keepalive_retries(Some(3))
            .tcp_nodelay(true);
        if address.security == Security::Tls && connector.is_none() {
            endpoint = tls::secure(endpoint, &address, tls)?;
        }
        let channels = dial(&endpoint, connector.as_ref(), wrap.as_ref());
        Ok(Self {
            address,
            endpoint,
            connector,
            wrap,
            channels: ArcSwap::from_pointee(channels),
        })
    }

    /// The present channels.
    pub(super) fn channels(&self) -> Arc<Channels> {
        self.channels.load_full()
    }

    /// Leaves the present connections: a channel stays on one that hangs until TCP gives up.
    pub(super) fn redial(&self) {
        let fresh = dial(&self.endpoint, self.connector.as_ref(), self.wrap.as_ref());
        self.channels.store(Arc::new(fresh));
    }

    /// Leaves `hanging`, unless somebody did already.
    pub(super) fn leave(&self, hanging: &Arc<Channels>) {
        if Arc::ptr_eq(&self.channels.load(), hanging) {
            self.redial();
        }
    }

    /// The address as it was typed.
    pub(super) fn address(&self) -> &str {
        &self.address.shown
    }
}

fn dial(endpoint: &Endpoint, connector: Option<&Connector>, wrap: Option<&Wrap>) -> Channels {
    let channel = || {
        let channel = Transport::new(match connector {
            Some(connector) => endpoint.connect_with_connector_lazy(Dial(Arc::clone(connector))),
            None => endpoint.connect_lazy(),
        });
        match wrap {
            Some(wrap) => wrap(channel),
            None => channel,
        }
    };
    Channels {
        calls: channel(),
        streams: channel(),
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("address", &self.address.shown)
            .finish_non_exhaustive()
    }
}
