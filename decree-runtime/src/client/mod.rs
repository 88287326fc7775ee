//! The connection to a server. The only module that names types of tonic and prost.

mod address;
mod builder;
mod call;
mod check;
mod closing;
mod connection;
mod connector;
mod deadline;
mod describe;
mod env;
mod explain;
mod fallback;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod history;
mod identity;
mod judge;
mod live;
mod name;
mod other_end;
mod parts;
mod read;
mod retry;
mod schema;
mod send;
mod server;
mod silence;
mod source;
mod start;
mod streams;
mod text;
mod tls;
mod token;
mod transport;
mod types;
mod update;
mod watcher;
mod watches;
mod wire;
mod write;
mod zero;

use std::{fmt, sync::Arc, time::Duration};

pub use self::{
    builder::ClientBuilder,
    history::{Diff, Version, Versions, WhatChanged},
    identity::Role,
    live::LiveBuilder,
    read::AtVersion,
    retry::RetryPolicy,
    server::ServerInfo,
    tls::Roots,
    token::TokenRequest,
    transport::{Body, Transport},
    update::ForUpdate,
    watcher::Watcher,
    write::Write,
};
use self::{
    closing::Closing, connection::Connection, identity::Identity, server::ServerCheck,
    types::Schemas, watches::Watches,
};
use crate::{decode::DecreeConfig, error::Error, watch::WatchTiming};

/// A connection to an OpenDecree server, and who asks.
///
/// Cheap to clone: clones share the connection. It dials when it is first used, and again whenever
/// that is needed.
///
/// ```no_run
/// # async fn example() -> Result<(), decree_runtime::Error> {
/// use decree_runtime::{Client, DecreeConfig, Live, Role};
///
/// #[derive(DecreeConfig)]
/// struct Payments {
///     #[decree(key = "payments.fee", default = 0.01)]
///     fee: f64,
/// }
///
/// let client = Client::builder("localhost:9090").subject("shop").role(Role::Admin).build()?;
/// let live: Live<Payments> = client.live("acme").await?;
/// println!("{}", live.load().fee);
///
/// let fee: f64 = client.get("acme", "payments.fee").await?;
/// let version = client.set("acme", "payments.fee", fee * 2.0).await?;
/// println!("version {version}");
/// # Ok(())
/// # }
/// ```
///
/// | to | use |
/// |---|---|
/// | follow a struct | [`live`](Self::live) |
/// | follow fields by their names | [`watch`](Self::watch) |
/// | read one field, several, all | [`get`](Self::get), [`get_fields`](Self::get_fields), [`get_all`](Self::get_all), [`read`](Self::read) |
/// | read an old version | [`at_version`](Self::at_version) |
/// | write | [`set`](Self::set), [`set_null`](Self::set_null), [`set_many`](Self::set_many), [`set_text`](Self::set_text), [`write`](Self::write) |
/// | write what depends on what is there | [`update`](Self::update), [`get_for_update`](Self::get_for_update) |
/// | see what can be written | [`schema`](Self::schema) |
/// | look at history | [`versions`](Self::versions), [`version`](Self::version), [`diff`](Self::diff), [`rollback`](Self::rollback) |
///
/// Writing needs [`Role::Admin`]; the default may read and no more.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    timeout: Duration,
}

/// Adds headers to a call.
type Decorate = Arc<dyn Fn(&mut http::HeaderMap) + Send + Sync>;

struct Shared {
    /// Where its connections and watches run.
    runtime: tokio::runtime::Handle,
    connection: Connection,
    identity: Identity,
    retry: RetryPolicy,
    server: ServerCheck,
    schemas: Schemas,
    decorate: Option<Decorate>,
    closing: Closing,
    watches: Watches,
    watch_timing: WatchTiming,
    #[cfg(feature = "cache")]
    cache: Option<crate::cache::Cache>,
}

impl Client {
    /// A client of the server at `address`: `host:port`, `http://host:port` or `https://host:port`.
    pub fn builder(address: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(address.into())
    }

    /// A client as the variables of the official command line say: `DECREE_SERVER`,
    /// `DECREE_SUBJECT`, `DECREE_ROLE`, `DECREE_TENANT_ID`, `DECREE_TOKEN`, `DECREE_INSECURE`.
    ///
    /// See [`ClientBuilder::from_env`], which also lets you add to them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidOption`](crate::ErrorKind::InvalidOption), naming the variable.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// The same client, with another limit for each attempt of its calls.
    ///
    /// ```no_run
    /// # async fn example(client: decree_runtime::Client) -> Result<(), decree_runtime::Error> {
    /// use std::time::Duration;
    ///
    /// let fee: f64 = client.with_timeout(Duration::from_secs(1)).get("acme", "payments.fee").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            timeout,
        }
    }

    /// Settings of `tenant`, a name or an id, that stay current.
    ///
    /// Await the result: it resolves to a value that is ready, or to an error that names the cause.
    pub fn live<C: DecreeConfig>(&self, tenant: impl Into<String>) -> LiveBuilder<C> {
        LiveBuilder::new(self.clone(), tenant.into())
    }

    /// Fields of `tenant`, a name or an id, that stay current and are named while the program runs.
    ///
    /// Touches no network before [`Watcher::start`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidOption`](crate::ErrorKind::InvalidOption) for a tenant that can be none.
    pub fn watch(&self, tenant: impl Into<String>) -> Result<Watcher, Error> {
        Watcher::new(self.clone(), tenant.into())
    }

    /// Ends this client and all its clones: calls in flight and later ones fail with
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed). Its watches end, too, whoever holds them;
    /// it waits until they are gone.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the client is closed all the same.
    pub async fn close(&self) {
        self.shared.closing.close();
        self.shared.watches.end_all().await;
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.shared.connection.address())
            .field("identity", &self.shared.identity)
            .field("timeout", &self.timeout)
            .field("closed", &self.shared.closing.is_closed())
            .finish_non_exhaustive()
    }
}
