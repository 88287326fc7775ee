//! What a test does to a server: in general, to its connections, and to its data.

use tonic::Status;

use super::{Faults, Streams};
use crate::{DevServer, auth::Claims, hub::now, seed::SEEDER};

impl DevServer {
    /// Changes what goes wrong from now on.
    pub fn misbehave(&self, change: impl FnOnce(&mut Faults)) {
        self.hub.misbehave(change);
    }

    /// Nothing goes wrong any more: there are no faults, no failures of
    /// [`fail_next`](Self::fail_next), and what is held back is [released](Self::release). What was
    /// done to connections, data and tenants stays done.
    pub fn behave(&self) {
        self.hub.misbehave(|faults| *faults = Faults::default());
        self.hub.lies.forget_failures();
        self.release();
    }

    /// Lets go what is held back: calls and connections that hang, and events that wait for the
    /// next one.
    pub fn release(&self) {
        self.hub.release();
    }

    /// Ends every open subscription with a status. Events that a stream has not sent yet come first,
    /// unless they are delayed.
    pub fn end_subscriptions_with(&self, status: &Status) {
        self.hub.end_subscriptions(Some(status));
    }

    /// How many connections are open. One that hangs while connecting counts; one that is frozen
    /// counts until the client closes it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.net.connections.count()
    }

    /// Makes every open connection silent for ever, like a cable that is cut: what a client sends is
    /// swallowed, nothing comes back, and nobody closes. New connections work.
    pub fn freeze_connections(&self) {
        self.net.connections.freeze();
    }

    /// Drops every open connection without a word, and the streams with it. New ones work.
    pub fn cut_connections(&self) {
        self.net.connections.cut();
    }

    /// Asks the clients of every open connection to leave (GOAWAY). Streams stay until they end;
    /// new calls go to new connections, as to a second process at the same address.
    pub fn goaway(&self, streams: Streams) {
        self.net.connections.leave(streams);
    }

    /// Stops like a process that is asked to: new connections are refused, clients of open ones are
    /// asked to leave (GOAWAY), and streams go on until they end or [`kill`](Self::kill) comes.
    /// [`revive`](Self::revive) lets clients in again.
    ///
    /// # Cancel safety
    ///
    /// Also dropped before its end it stops the server.
    pub async fn stop_gracefully(&self) {
        let closing = self.net.close();
        self.net.connections.leave(Streams::Delivering);
        if let Some(listener) = closing {
            while !listener.is_finished() {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Forgets the newest versions of a tenant, as a server does that was restored from a backup,
    /// and returns the number of the one that is the newest now. Streams hear nothing.
    ///
    /// # Errors
    ///
    /// There is no such tenant.
    pub fn lose_versions(&self, tenant: &str, count: usize) -> Result<i32, Status> {
        self.hub.engine().lose_versions(tenant, count)
    }

    /// Puts others in the place of the newest versions of a tenant, as many as are given: the same
    /// numbers, with other ids and this content. So it is after a failover to a replica that had
    /// not got all. Returns the number of the newest version. Streams hear nothing.
    ///
    /// ```
    /// # use decree_dev::DevServer;
    /// # fn example(server: &DevServer) -> Result<(), tonic::Status> {
    /// // The two newest versions are others now.
    /// server.rewrite_versions("acme", &[&[("cart.limit", "41")], &[("cart.limit", "42")]])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such tenant, or it does not take the values; then nothing is changed.
    pub fn rewrite_versions(
        &self,
        tenant: &str,
        versions: &[&[(&str, &str)]],
    ) -> Result<i32, Status> {
        let versions = versions.iter().map(|values| {
            let values = values.iter().map(|(path, text)| (*path, Some(*text)));
            self.updates(tenant, values.collect())
        });
        let versions = versions.collect::<Result<_, _>>()?;
        let superadmin = Claims::superadmin(SEEDER);
        let mut engine = self.hub.engine();
        engine.rewrite_versions(&superadmin, tenant, versions, now())
    }
}
