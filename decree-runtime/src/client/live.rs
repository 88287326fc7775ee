//! From nothing to a value that is ready.

use std::{
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    sync::OnceLock,
    time::Duration,
};

use tokio::time::Instant;
use tonic::Code;

use super::{
    Client,
    source::{Failed, TenantSource},
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

/// What a clock can still add to its time.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

impl<C> LiveBuilder<C> {
    pub(super) fn new(client: Client, tenant: String) -> Self {
        Self {
            client,
            tenant,
            start_timeout: Duration::from_secs(30),
            config: PhantomData,
        }
    }

    /// How long to try before giving up. Default 30 s: a thousand programs that start at once
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
        let call_timeout = self.client.shared.timeout;
        let source = TenantSource::new(self.client, self.tenant)?;
        let first = first_reading(&source, self.start_timeout, call_timeout).await?;
        let config = decode::<C>(&first).map_err(|error| {
            let message = format!("{} does not fit the program", source.place());
            Error::new(ErrorKind::Rejected, message).with_source(error)
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
    source: &TenantSource,
    start_timeout: Duration,
    call_timeout: Duration,
) -> Result<Reading, Error> {
    let started = Instant::now();
    let deadline = started + start_timeout.min(FOREVER);
    let mut retry = ReadRetry::new();
    let mut rng = fastrand::Rng::new();
    let mut quiet = true;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let failed = match source.read_all(call_timeout.min(left)).await {
            Ok(reading) => return Ok(reading),
            Err(failed) => failed,
        };
        let failure = source.failure("reading", &failed);
        let wait = match failure.cause {
            Cause::RateLimited => retry.refused(&mut rng),
            cause => retry.failed(cause == Cause::Connection, &mut rng),
        };
        let kind = kind(&failed, failure.cause);
        let give_up_at = if doubtful(kind) {
            deadline.min(started + DOUBT)
        } else {
            deadline
        };
        if Instant::now() + wait >= give_up_at {
            let message = format!("{}; {}", failure.message, cure(kind));
            return Err(Error::new(kind, message));
        }
        if std::mem::take(&mut quiet) {
            tracing::warn!(trouble = failure.message, "not ready yet; trying again");
        }
        tokio::time::sleep(wait).await;
    }
}

/// Whether more time would change nothing, unless the server is only half awake.
fn doubtful(kind: ErrorKind) -> bool {
    use ErrorKind::{PermissionDenied, Unauthenticated, UnknownTenant};
    matches!(kind, PermissionDenied | Unauthenticated | UnknownTenant)
}

fn kind(failed: &Failed, cause: Cause) -> ErrorKind {
    let Failed::Status(status) = failed else {
        return ErrorKind::Timeout;
    };
    match (cause, status.code()) {
        (Cause::Connection, _) | (_, Code::Unavailable) => ErrorKind::Unavailable,
        (Cause::RateLimited, _) => ErrorKind::RateLimited,
        (_, Code::Unauthenticated) => ErrorKind::Unauthenticated,
        (_, Code::PermissionDenied) => ErrorKind::PermissionDenied,
        (_, Code::NotFound | Code::InvalidArgument) => ErrorKind::UnknownTenant,
        (_, Code::DeadlineExceeded) => ErrorKind::Timeout,
        _ => ErrorKind::Server,
    }
}

fn cure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unavailable => "is the server running, and is this its address?",
        ErrorKind::Timeout => "is this the address of an OpenDecree server, and does TLS match?",
        ErrorKind::RateLimited => "raise the server's rate limit, or start fewer programs at once",
        ErrorKind::Unauthenticated => "give the client a subject, or a token that is valid",
        ErrorKind::PermissionDenied => "the caller needs access to this tenant",
        ErrorKind::UnknownTenant => {
            "create the tenant or correct its name; if it exists, the server's database is down"
        }
        _ => "see the server's log",
    }
}
