//! From nothing to a value that is ready.

use std::{
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, OnceLock},
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
    watch::{BadFields, Delivery, Fit, Memory, Path},
};

/// Settings on their way; await it. Made by [`Client::live`].
#[must_use = "nothing is read before it is awaited"]
#[derive(Debug)]
pub struct LiveBuilder<C> {
    client: Client,
    tenant: String,
    start_timeout: Duration,
    bad_fields: BadFields,
    config: PhantomData<fn() -> C>,
}

impl<C> LiveBuilder<C> {
    pub(super) fn new(client: Client, tenant: String) -> Self {
        Self {
            client,
            tenant,
            start_timeout: START_TIMEOUT,
            bad_fields: BadFields::Reject,
            config: PhantomData,
        }
    }

    /// How long to try before giving up; the last try is just before the end. Default 30 s: a
    /// thousand programs that start at once behind the server's rate limit need 15 s.
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = timeout;
        self
    }

    /// Shows a later version although fields of it are bad: these keep their last good values, and
    /// the rest is applied. Without it such a version is rejected as a whole.
    ///
    /// It is the one exception to "one version, one swap": what readers see is then a mixture of
    /// versions, under the number of the newest. The validator of the struct judges the mixture; what
    /// it refuses is rejected as a whole. [`Status::rejection`](crate::Status::rejection) names each
    /// bad field, since when it is bad, and the version whose value it [keeps](crate::Blame::kept).
    ///
    /// At the start there are no last good values, and after another tenant took the name there are
    /// none of it: then a bad field is an error, or rejects the version.
    ///
    /// ```no_run
    /// # use decree_runtime::{Client, DecreeConfig, Error, Live};
    /// # #[derive(DecreeConfig)]
    /// # struct Payments {}
    /// # async fn example(client: Client) -> Result<(), Error> {
    /// let live: Live<Payments> = client.live("acme").keep_bad_fields().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn keep_bad_fields(mut self) -> Self {
        self.bad_fields = BadFields::Keep;
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
        let live = Live::new(
            Versioned {
                config,
                version: look.answer.version,
                tenant_id: Arc::clone(&look.answer.tenant_id),
                written: OnceLock::new(),
            },
            Phase::Following,
        );
        let watch = self.client.watch_of(source, &look)?;
        let memory = Memory::new(&fields, &look.reading, self.bad_fields);
        let delivery = Delivery::of_struct(&live, memory);
        watch.join(Box::new(delivery), look, Fit::Fits);
        Ok(live)
    }
}
