//! From nothing to a value that is ready.

use std::{
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    sync::OnceLock,
    time::Duration,
};

use tokio::time::Instant;

use super::{
    Client,
    call::{FOREVER, Failed, closed},
    deadline,
    source::TenantSource,
};
use crate::{
    decode::{DecreeConfig, decode},
    error::{Error, ErrorKind},
    live::{Live, Publisher},
    reading::Reading,
    snapshot::Versioned,
    status::Phase,
    watch::{self, Cause, ReadRetry, Timing},
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

/// How long an answer like "no such tenant" is doubted at start: a server whose database is just
/// coming up gives it, too.
const DOUBT: Duration = Duration::from_secs(2);

impl<C> LiveBuilder<C> {
    pub(super) fn new(client: Client, tenant: String) -> Self {
        Self {
            client,
            tenant,
            start_timeout: Duration::from_secs(30),
            config: PhantomData,
        }
    }

    /// How long to try before giving up; the last try is just before the end. Default 30 s: a thousand programs that start at once
    /// behind the server's rate limit need 15 s.
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = timeout;
        self
    }
}

/// # Errors
///
/// [`ErrorKind::Rejected`] at once when the newest version does not fit the struct, naming every
/// bad field; [`ErrorKind::InvalidOption`] at once for a tenant that can be none; after two seconds
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
        let call_timeout = self.client.timeout;
        let source = TenantSource::new(self.client.clone(), self.tenant)?;
        let first = first_reading(&self.client, &source, self.start_timeout).await?;
        let config = decode::<C>(&first).map_err(|error| {
            let message = format!("{} does not fit the program", source.place());
            Error::new(ErrorKind::Rejected, message)
                .about(Some(source.tenant()), None)
                .with_source(error.of_named_tenant())
        })?;
        let live = Live::new(
            Versioned {
                config,
                version: first.version,
                tenant_id: first.tenant_id.clone(),
                written: OnceLock::new(),
            },
            Phase::Following,
        );
        let paths = C::fields()
            .iter()
            .map(crate::decode::FieldSpec::path)
            .collect();
        let timing = Timing {
            read_timeout: call_timeout,
            ..Timing::default()
        };
        watch::start(source, &first, paths, timing, |task| {
            Publisher::attach(&live, task)
        });
        Ok(live)
    }
}

async fn first_reading(
    client: &Client,
    source: &TenantSource,
    start_timeout: Duration,
) -> Result<Reading, Error> {
    let started = Instant::now();
    let deadline = started + start_timeout.min(FOREVER);
    let mut retry = ReadRetry::new();
    let mut rng = fastrand::Rng::new();
    let mut tried = 0;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let failed = match read_once(client, source, client.timeout.min(left)).await {
            Ok(reading) => return Ok(reading),
            Err(failed) => failed,
        };
        tried += 1;
        let failure = source.failure("reading", &failed);
        let wait = match failure.cause {
            Cause::RateLimited => retry.refused(&mut rng),
            cause => retry.failed(cause == Cause::Connection, &mut rng),
        };
        let error = source.error("reading", failed, tried);
        let give_up_at = match certainty(error.kind()) {
            Certainty::Final => started,
            Certainty::Doubtful => deadline.min(started + DOUBT),
            Certainty::Passing => deadline,
        };
        let left = give_up_at.saturating_duration_since(Instant::now());
        let Some(wait) = deadline::shortened(wait, left) else {
            return Err(error);
        };
        if tried == 1 {
            tracing::warn!(trouble = failure.message, "not ready yet; trying again");
        }
        tokio::select! {
            biased;
            () = client.shared.closing.closed() => return Err(closed()),
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn read_once(
    client: &Client,
    source: &TenantSource,
    limit: Duration,
) -> Result<Reading, Failed> {
    client.check_server().await.map_err(Failed::Unsent)?;
    source.read_all(limit).await
}

/// What more time would change.
enum Certainty {
    Final,
    /// Nothing, unless the server is only half awake.
    Doubtful,
    Passing,
}

fn certainty(kind: ErrorKind) -> Certainty {
    match kind {
        ErrorKind::Closed | ErrorKind::IncompatibleServer | ErrorKind::InvalidOption => {
            Certainty::Final
        }
        ErrorKind::PermissionDenied
        | ErrorKind::Unauthenticated
        | ErrorKind::UnknownTenant
        | ErrorKind::InvalidArgument => Certainty::Doubtful,
        _ => Certainty::Passing,
    }
}
