//! From nothing to a value that is ready.

use std::{
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use super::{
    Client,
    fallback::{Fallback, First},
    source::TenantSource,
    start::{NoFit, START_TIMEOUT, first_fit},
};
use crate::{
    decode::{DecreeConfig, decode, paths},
    error::Error,
    live::Live,
    snapshot::{About, Versioned},
    started::Started,
    status::Phase,
    watch::{BadFields, Consumer, Delivery, Fit, Look, Memory, Path},
};

/// Settings on their way; await it. Made by [`Client::live`].
///
/// As it is, it asks for the server: the start fails when the server cannot be read in time, or when
/// its newest version does not fit. A program that would rather run with something else says with
/// what, and [`Live::started`] tells what it became. In any case the watch goes on, and shows the
/// server's version as soon as there is one that fits.
///
/// | to begin with | |
/// |---|---|
/// | the server, or not at all | `client.live("acme").await` |
/// | else a copy on disk, an hour old at most | `client.live("acme").or_disk(HOUR).await` |
/// | else that, else the defaults of the struct | `client.live("acme").or_disk(HOUR).or_defaults().await` |
/// | else the defaults | `client.live("acme").or_defaults().await` |
#[must_use = "nothing is read before it is awaited"]
#[derive(Debug)]
pub struct LiveBuilder<C> {
    client: Client,
    tenant: String,
    start_timeout: Duration,
    fallback: Fallback,
    bad_fields: BadFields,
    config: PhantomData<fn() -> C>,
}

impl<C> LiveBuilder<C> {
    pub(super) fn new(client: Client, tenant: String) -> Self {
        Self {
            client,
            tenant,
            start_timeout: START_TIMEOUT,
            fallback: Fallback::default(),
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

    /// Begins with what an earlier process left on disk when the server fails, if the server confirmed
    /// that at most `max_age` ago. It needs a folder,
    /// [`ClientBuilder::cache_dir`](crate::ClientBuilder::cache_dir).
    ///
    /// How old settings may be is for the application to say, so there is no default. A secret is never
    /// on disk: such a field has its default then, or is `None`.
    #[cfg(feature = "cache")]
    pub fn or_disk(mut self, max_age: Duration) -> Self {
        self.fallback.disk = Some(max_age);
        self
    }

    /// Begins with the defaults of the struct when everything else fails. Every field needs one, or
    /// an `Option` type.
    ///
    /// The values are those of the program and not of the server: [`Live::started`] says why,
    /// [`Status::origin`](crate::Status::origin) whether they still are.
    pub fn or_defaults(mut self) -> Self {
        self.fallback.defaults = true;
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
        let Self {
            client,
            tenant,
            start_timeout,
            fallback,
            bad_fields,
            config: _,
        } = self;
        fallback.check::<C>(&client)?;
        let source = TenantSource::new(client.clone(), tenant)?;
        let fields = C::fields();
        let paths = paths(&fields);
        let start = first_fit(&client, &source, &paths, start_timeout, decode::<C>);
        let (live, look, memory) = match start.await {
            Ok((look, config)) => {
                let memory = Memory::new(&fields, &look.reading, bad_fields);
                (of_server(config, &look, &paths), look, memory)
            }
            Err(NoFit { error, look }) => {
                let first = fallback.first(&client, source.tenant(), error);
                let First {
                    shown,
                    reading,
                    started,
                } = first.await?;
                let look = look.unwrap_or_else(|| Arc::new(Look::nothing(source.tenant())));
                let phase = if look.answer.is_nothing() {
                    Phase::Recovering
                } else {
                    Phase::Following
                };
                let memory = Memory::new(&fields, &reading, bad_fields);
                (Live::started_with(shown, started, phase), look, memory)
            }
        };
        let delivery = Delivery::of_struct(&live, memory);
        let fit = match live.started() {
            Started::Live { .. } => Fit::Fits,
            // There is something to refuse.
            _ if !look.answer.is_nothing() => delivery.offer(&look.reading, None),
            _ => Fit::Fits,
        };
        let watch = client.watch_of(source, &look)?;
        watch.join(Box::new(delivery), look, fit);
        Ok(live)
    }
}

fn of_server<C>(config: C, look: &Look, paths: &[Path]) -> Live<C> {
    let version = look.answer.version;
    let first = Versioned::with(config, About::of(&look.reading, paths, None));
    Live::started_with(first, Started::Live { version }, Phase::Following)
}
