//! From nothing to a value that is ready.

use std::{
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    time::Duration,
};

use super::{
    Client,
    source::TenantSource,
    start::{START_TIMEOUT, first_fit},
};
use crate::{
    decode::{DecreeConfig, decode},
    error::Error,
    live::Live,
    snapshot::Versioned,
    status::Phase,
    watch::{Delivery, Fit, Path},
};

/// Settings on their way; await it. Made by [`Client::live`].
#[must_use = "nothing is read before it is awaited"]
#[derive(Debug)]
pub struct LiveBuilder<C> {
    client: Client,
    tenant: String,
    start_timeout: Duration,
    config: PhantomData<fn() -> C>,
}

impl<C> LiveBuilder<C> {
    pub(super) fn new(client: Client, tenant: String) -> Self {
        Self {
            client,
            tenant,
            start_timeout: START_TIMEOUT,
            config: PhantomData,
        }
    }

    /// How long to try before giving up; the last try is just before the end. Default 30 s: a
    /// thousand programs that start at once behind the server's rate limit need 15 s.
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = timeout;
        self
    }
}

/// # Errors
///
/// [`ErrorKind::Rejected`](crate::ErrorKind::Rejected) at once when the newest version does not fit the struct, naming every
/// bad field; [`ErrorKind::InvalidOption`](crate::ErrorKind::InvalidOption) at once for a tenant that can be none; after two seconds
/// what the server says of an unknown tenant or caller; after the start timeout anything else.
///
/// # Cancel safety
///
/// Cancel safe: dropping it leaves nothing behind.
impl<C: DecreeConfig> IntoFuture for LiveBuilder<C> {
    type Output = Result<Live<C>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.start())
    }
}

impl<C: DecreeConfig> LiveBuilder<C> {
    async fn start(self) -> Result<Live<C>, Error> {
        let source = TenantSource::new(self.client.clone(), self.tenant)?;
        let fields = C::fields();
        let paths: Vec<Path> = fields.iter().map(|field| field.path().into()).collect();
        let start = first_fit(
            &self.client,
            &source,
            &paths,
            self.start_timeout,
            decode::<C>,
        );
        let (look, config) = start.await?;
        let first = Versioned::of(config, &look.reading, &paths, None);
        let live = Live::new(first, Phase::Following);
        let watch = self.client.watch_of(source, &look)?;
        watch.join(Box::new(Delivery::of_struct(&live)), look, Fit::Fits);
        Ok(live)
    }
}
