//! The connection to a server. The only module that names types of tonic and prost.

mod address;
mod builder;
mod connection;
mod connector;
mod identity;
mod judge;
mod live;
mod source;
mod wire;
mod zero;

use std::sync::Arc;

pub use self::{builder::ClientBuilder, identity::Role, live::LiveBuilder};
use self::{connection::Connection, identity::Identity};

/// A connection to an OpenDecree server, and who asks.
///
/// Cheap to clone: clones share the connection. It dials when it is first used, and again whenever
/// that is needed.
///
/// ```no_run
/// # async fn example() -> Result<(), decree_runtime::Error> {
/// use decree_runtime::{Client, DecreeConfig, Live};
///
/// #[derive(DecreeConfig)]
/// struct Payments {
///     #[decree(key = "payments.fee", default = 0.01)]
///     fee: f64,
/// }
///
/// let client = Client::builder("localhost:9090").subject("shop").build()?;
/// let live: Live<Payments> = client.live("acme").await?;
/// println!("{}", live.load().fee);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    connection: Connection,
    identity: Identity,
    timeout: std::time::Duration,
}

impl Client {
    /// A client of the server at `address`: `host:port`, `http://host:port` or `https://host:port`.
    pub fn builder(address: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(address.into())
    }

    /// Settings of `tenant`, a name or an id, that stay current.
    ///
    /// Await the result: it resolves to a value that is ready, or to an error that names the cause.
    pub fn live<C>(&self, tenant: impl Into<String>) -> LiveBuilder<C> {
        LiveBuilder::new(self.clone(), tenant.into())
    }
}
