//! [`DevServer`]: starting, stopping, and what it has seen.

use std::{net::SocketAddr, sync::Arc};

use http::HeaderMap;
use tonic::Status;

use crate::{DevServerBuilder, Pipe, StartError, builder, hub::Hub, net::Net, service::ConfigRpc};

/// A server in this process. It serves from the moment it exists until it is dropped.
///
/// Its data is in memory and goes with it.
#[derive(Debug)]
pub struct DevServer {
    pub(crate) hub: Arc<Hub>,
    pub(crate) config: ConfigRpc,
    pub(crate) net: Net,
    addr: Option<SocketAddr>,
}

impl DevServer {
    pub(crate) fn new(hub: Arc<Hub>, net: Net, addr: Option<SocketAddr>) -> Self {
        Self {
            config: ConfigRpc::new(Arc::clone(&hub)),
            hub,
            net,
            addr,
        }
    }

    /// What a server can be told before it starts.
    pub fn builder() -> DevServerBuilder {
        DevServerBuilder::default()
    }

    /// Where it listens; `None` for a server that is only in memory.
    #[must_use]
    pub fn addr(&self) -> Option<SocketAddr> {
        self.addr
    }

    /// Where it listens, for clients: `http://…`, or with TLS `https://…`; `None` for a server that
    /// is only in memory.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        let addr = self.addr?;
        Some(format!("{}://{addr}", self.net.scheme))
    }

    /// A way to it without a socket.
    #[must_use]
    pub fn pipe(&self) -> Pipe {
        Pipe::new(self.net.clone())
    }

    /// Names of the tenants, sorted.
    #[must_use]
    pub fn tenants(&self) -> Vec<String> {
        self.hub.engine().tenant_names()
    }

    /// The id of a tenant, by its name.
    #[must_use]
    pub fn tenant_id(&self, name: &str) -> Option<String> {
        self.hub.engine().tenant_id(name)
    }

    /// How often an RPC was called, by its name as in `GetConfig`. Refused calls count, too.
    #[must_use]
    pub fn calls(&self, method: &str) -> u64 {
        self.hub.seen.calls(method)
    }

    /// The headers of the last call of an RPC, by its name as in `GetConfig`.
    #[must_use]
    pub fn last_headers(&self, method: &str) -> Option<HeaderMap> {
        self.hub.seen.last_headers(method)
    }

    /// The idempotency key of the last `SetField` or `SetFields` that a client sent for a tenant;
    /// `None` also if it had none.
    #[must_use]
    pub fn last_idempotency_key(&self, tenant: &str) -> Option<String> {
        let id = self.hub.engine().tenant_id(tenant)?;
        self.hub.seen.last_key(&id)
    }

    /// How many subscriptions are open and hear of every write from now on.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.hub.subscribers()
    }

    /// Drops every connection and closes the listener, like a process that is killed. The data
    /// stays for [`revive`](Self::revive).
    ///
    /// # Cancel safety
    ///
    /// The connections are gone even if this is not awaited to the end.
    pub async fn kill(&self) {
        let mut tasks = self.net.down();
        // A new process would not remember who called how often.
        self.hub.limiter.forget();
        while tasks.join_next().await.is_some() {}
    }

    /// Serves again after [`kill`](Self::kill) or [`stop_gracefully`](Self::stop_gracefully), at the
    /// same address and with the same data. Does nothing while the server is up.
    ///
    /// # Errors
    ///
    /// The address was taken in the meantime.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before its end, the server stays down.
    pub async fn revive(&self) -> Result<(), StartError> {
        if self.net.is_open() {
            return Ok(());
        }
        let listener = match self.addr {
            Some(addr) => Some(builder::listen(addr).await?),
            None => None,
        };
        self.net.up(listener);
        Ok(())
    }

    /// Stops for good and waits until nothing of it runs any more.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before its end, everything is stopped but perhaps not finished.
    pub async fn shutdown(self) {
        self.kill().await;
    }

    /// Makes the next call of an RPC fail, by its name as in `GetConfig`; asked twice, the next two.
    pub fn fail_next(&self, method: &str, status: Status) {
        self.hub.lies.fail(method, status);
    }

    /// Ends every open subscription without an error, as servers do when they have enough.
    pub fn end_subscriptions(&self) {
        self.hub.end_subscriptions(None);
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        drop(self.net.down());
        self.hub.release();
        self.hub.end_subscriptions(None);
    }
}
