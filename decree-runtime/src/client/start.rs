//! The first read of a tenant: tried until it succeeds, or until it never will.

use std::{ops::Range, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    Client,
    call::{FOREVER, Failed, closed},
    deadline,
    source::TenantSource,
};
use crate::{
    decode::DecodeError,
    error::{Error, ErrorKind},
    reading::Reading,
    watch::{Cause, Look, Path, ReadRetry, Scope, within},
};

/// How long to try before giving up, unless said: a thousand programs that start at once behind the
/// server's rate limit need 15 s.
pub(super) const START_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an answer like "no such tenant" is doubted at start: a server whose database is just
/// coming up gives it, too.
const DOUBT: Duration = Duration::from_secs(2);

/// How long a reading waits for the types of the schema, which only matter when the process that
/// answers has old ones, or a secret is a zero. The watch learns them in any case.
const TYPES_PATIENCE: Duration = Duration::from_secs(1);

/// From one try to the next while a process of the server answers with old types.
const ELSEWHERE: Range<Duration> = Duration::from_millis(500)..Duration::from_millis(1_500);

/// Why there is no look that fits the program.
pub(super) struct NoFit {
    pub(super) error: Error,
    /// The one that does not fit, if there is any.
    pub(super) look: Option<Arc<Look>>,
}

impl From<Error> for NoFit {
    fn from(error: Error) -> Self {
        Self { error, look: None }
    }
}

impl From<NoFit> for Error {
    fn from(no_fit: NoFit) -> Self {
        no_fit.error
    }
}

/// A look that fits the program, and what `fit` makes of it. `paths` are read alone when the whole is
/// too large for one answer.
pub(super) async fn first_fit<T>(
    client: &Client,
    source: &TenantSource,
    paths: &[Path],
    start_timeout: Duration,
    fit: impl Fn(&Reading) -> Result<T, DecodeError>,
) -> Result<(Arc<Look>, T), NoFit> {
    let deadline = Instant::now() + start_timeout.min(FOREVER);
    let mut rng = fastrand::Rng::new();
    loop {
        let channels = client.shared.connection.channels();
        let look = first_look(client, source, paths, deadline).await?;
        let error = match fit(&look.reading) {
            Ok(fit) => return Ok((look, fit)),
            Err(error) => error,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        match deadline::shortened(within(&ELSEWHERE, &mut rng), left) {
            Some(wait) if error.has_stale_types() => pause(client, wait).await?,
            _ => {
                return Err(NoFit {
                    error: does_not_fit(source, error),
                    look: Some(look),
                });
            }
        }
        // Another process of the server, perhaps; unless somebody else has left this one.
        client.shared.connection.leave(&channels);
    }
}

async fn first_look(
    client: &Client,
    source: &TenantSource,
    paths: &[Path],
    deadline: Instant,
) -> Result<Arc<Look>, Error> {
    let started = Instant::now();
    let timing = &client.shared.watch_timing;
    let mut retry = ReadRetry::default();
    let mut rng = fastrand::Rng::new();
    let mut tried = 0;
    let mut scope = Scope::Whole;
    loop {
        let asked = Instant::now();
        let left = deadline.saturating_duration_since(asked);
        let failed = match read_once(client, source, &scope, client.timeout.min(left)).await {
            Ok(reading) => return Ok(Arc::new(Look::new(reading, asked))),
            Err(failed) => failed,
        };
        tried += 1;
        let failure = source.failure("reading", &failed);
        if failure.cause == Cause::TooLarge && scope == Scope::Whole {
            scope = Scope::Parts(paths.into());
            continue;
        }
        let wait = match failure.cause {
            Cause::RateLimited => retry.refused(timing, &mut rng),
            cause => retry.failed(cause == Cause::Connection, timing, &mut rng),
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
        pause(client, wait).await?;
    }
}

/// Waits, unless the client is closed.
async fn pause(client: &Client, wait: Duration) -> Result<(), Error> {
    tokio::select! {
        biased;
        () = client.shared.closing.closed() => Err(closed()),
        () = tokio::time::sleep(wait) => Ok(()),
    }
}

async fn read_once(
    client: &Client,
    source: &TenantSource,
    scope: &Scope,
    limit: Duration,
) -> Result<Reading, Failed> {
    client.check_server().await.map_err(Failed::Unsent)?;
    let learning = tokio::time::timeout(TYPES_PATIENCE.min(limit), source.describe_named(limit));
    let learning = async { Ok(learning.await) };
    let (mut reading, learned) = tokio::try_join!(source.read_scope(scope, limit), learning)?;
    match learned {
        Ok(Ok(_)) => source.mend(&mut reading),
        Ok(Err(failed)) => {
            let reason = source.failure("looking at", &failed).message;
            tracing::debug!(reason, "started without the types of the schema");
        }
        Err(_) => tracing::debug!("started without the types of the schema: no answer in time"),
    }
    Ok(reading)
}

/// The newest version does not fit what the program reads.
fn does_not_fit(source: &TenantSource, error: DecodeError) -> Error {
    let message = format!("{} does not fit the program", source.place());
    Error::new(ErrorKind::Rejected, message)
        .about(Some(source.tenant()), None)
        .with_source(error.of_named_tenant())
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
