//! The channels to one server.

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use decree_proto::v1::{
    config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
    server_service_client::ServerServiceClient,
};
use tokio::sync::watch;
use tonic::transport::Endpoint;

use super::{
    address::{Address, Security},
    connector::{Connector, Dial},
    silence::Silence,
    streams::{Numbers, Place, Streams},
    tls::{self, Tls},
    transport::{Stub, Transport, Wrap},
};
use crate::{
    error::{Error, ErrorKind},
    watch::Dials,
};

/// The server sends answers of up to 20 MiB; what is larger never arrives.
const ANSWER_MAX: usize = 21 * 1024 * 1024;

/// Far above what any message needs; above the default of 16 KiB, an answer with more breaks the
/// connection.
const HEADERS_MAX: u32 = 4 * 1024 * 1024;

/// Calls and streams on channels of their own: a peer may cap the streams of a connection, and a
/// read that waits behind a stream waits for ever.
pub(crate) struct Connection {
    address: Address,
    dialing: Dialing,
    channels: ArcSwap<Channels>,
    /// Of calls.
    dials: watch::Sender<Dials>,
}

/// How to make a channel.
#[derive(Clone)]
struct Dialing {
    endpoint: Endpoint,
    dial: Dial,
    wrap: Option<Wrap>,
    streams: Numbers,
}

/// What is dialed at one time.
#[derive(Debug)]
pub(super) struct Channels {
    calls: Transport,
    streams: Streams,
    /// Of calls.
    pub(super) silence: Silence,
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

    /// For one stream, on a channel that is newer than `after`.
    pub(super) fn stream(&self, after: Option<u64>) -> (ConfigServiceClient<Stub>, Place) {
        let place = self.streams.place(after);
        let stub = ConfigServiceClient::new(Stub(place.transport.clone()))
            .max_decoding_message_size(ANSWER_MAX);
        (stub, place)
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
            .connect_timeout(connect_timeout);
        if address.security == Security::Tls && connector.is_none() {
            endpoint = tls::secure(endpoint, &address, tls)?;
        }
        let dialing = Dialing {
            endpoint,
            dial: Dial::new(connector, connect_timeout),
            wrap,
            streams: Numbers::default(),
        };
        let dials = watch::Sender::new(Dials::default());
        Ok(Self {
            address,
            channels: ArcSwap::from_pointee(dialing.channels(&dials)),
            dialing,
            dials,
        })
    }

    /// The present channels.
    pub(super) fn channels(&self) -> Arc<Channels> {
        self.channels.load_full()
    }

    /// Leaves the present connections: a channel stays on one that hangs until TCP gives up.
    fn redial(&self) {
        let fresh = self.dialing.channels(&self.dials);
        self.channels.store(Arc::new(fresh));
    }

    /// The connections of calls: one more means that calls left theirs, and that the process at its
    /// other end may be going.
    pub(super) fn dials(&self) -> watch::Receiver<Dials> {
        self.dials.subscribe()
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

impl Dialing {
    fn channels(&self, dials: &watch::Sender<Dials>) -> Channels {
        let dialing = self.clone();
        let stream = move || dialing.channel(dialing.dial.clone());
        Channels {
            calls: self.channel(self.dial.counted(dials)),
            streams: Streams::new(Arc::clone(&self.streams), stream),
            silence: Silence::new(),
        }
    }

    fn channel(&self, dial: Dial) -> Transport {
        let (dial, users) = dial.of_users();
        let channel = self.endpoint.connect_with_connector_lazy(dial);
        let channel = Transport::new(channel, users);
        match &self.wrap {
            Some(wrap) => wrap(channel),
            None => channel,
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("address", &self.address.shown)
            .finish_non_exhaustive()
    }
}
