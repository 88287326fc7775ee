//! Waiting for a version.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    live::Live,
    rejection::Rejection,
    snapshot::Snapshot,
    status::{Phase, Status, StopReason},
};

/// Why a version is not shown. Returned by
/// [`Live::wait_for_version`](crate::Live::wait_for_version).
///
/// Printed it says which version, what readers see instead, and what to look at.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// It, or a later one, does not fit the struct.
    #[error("version {wanted} is not shown: {rejection}")]
    Rejected {
        /// The version that was waited for.
        wanted: i32,
        /// What is wrong with it.
        #[source]
        rejection: Arc<Rejection>,
    },
    /// It did not come in time.
    #[error("version {wanted} is not shown after {timeout:?}: {}", Cause(status))]
    TimedOut {
        /// The version that was waited for.
        wanted: i32,
        /// For how long.
        timeout: Duration,
        /// What the watch knew then: what is shown, what was seen, what goes wrong.
        status: Box<Status>,
    },
    /// The watch has ended, so nothing comes any more.
    #[error("version {wanted} is not shown: {reason}, and version {shown} stays")]
    Stopped {
        /// The version that was waited for.
        wanted: i32,
        /// The version that stays.
        shown: i32,
        /// Why it has ended.
        reason: StopReason,
    },
    /// It was made by [`Live::fixed`](crate::Live::fixed), and follows no server.
    #[error("version {wanted} is never shown: the value is fixed")]
    Fixed {
        /// The version that was waited for.
        wanted: i32,
    },
}

/// What a status says of a version that is not shown.
struct Cause<'a>(&'a Status);

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.0;
        let Status { version, seen, .. } = status;
        write!(f, "readers see version {version}")?;
        if seen != version {
            write!(f, ", the server answered with {seen}")?;
        }
        if let Some(deciding) = &status.deciding {
            let (waits, since) = (deciding.version, deciding.elapsed());
            write!(
                f,
                "; version {waits} waits for a conversion since {since:.0?}"
            )?;
        }
        if let Some(rejection) = &status.rejection {
            write!(f, "; {rejection}")?;
        }
        if let Some(trouble) = &status.trouble {
            let (message, times) = (&trouble.message, trouble.times);
            write!(f, "; {message} ({times} times in a row)")?;
        }
        match status.phase {
            Phase::Following => f.write_str(
                "; the server is followed: is this the tenant, and was that version written?",
            ),
            Phase::Behind => f.write_str("; the server answers with older versions than before"),
            Phase::Displaced => f.write_str("; the name means another tenant now"),
            phase => write!(f, "; the phase is {phase:?}"),
        }
    }
}

impl<C> Live<C> {
    /// Waits until readers see `version` or a later one: for what was just written, in tests and
    /// after a deployment. Looks [at once](Self#what-an-observer-sees-first).
    ///
    /// The watch is told that somebody waits, and reads now, so that a version that no event told of
    /// need not wait for the next tick. That is one read, however many wait; a version that does not
    /// exist yet is shown when it is announced.
    ///
    /// # Errors
    ///
    /// [`WaitError::Rejected`] as soon as that version or a later one is refused,
    /// [`WaitError::TimedOut`] after `timeout`, [`WaitError::Stopped`] and [`WaitError::Fixed`] as
    /// soon as nothing can come any more.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn example(
    /// #     client: decree_runtime::Client,
    /// #     live: decree_runtime::Live<f64>,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let version = client.set("acme", "payments.fee", 0.02).await?;
    /// live.wait_for_version(version, Duration::from_secs(10)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_for_version(
        &self,
        version: i32,
        timeout: Duration,
    ) -> Result<Snapshot<C>, WaitError> {
        let mut status = self.watch_status();
        let announced = status.borrow().announced;
        if announced < version
            && let Some(line) = self.line()
        {
            line.ask_for(version);
        }
        let decided = async {
            loop {
                let decided = outcome(&status.borrow_and_update(), version);
                match decided {
                    Some(Err(error)) => return Err(error),
                    Some(Ok(())) => return Ok(self.load()),
                    // The sender is ours: it does not end before this does.
                    None => drop(status.changed().await),
                }
            }
        };
        let decided = tokio::time::timeout(timeout, decided);
        decided.await.unwrap_or_else(|_| {
            Err(WaitError::TimedOut {
                wanted: version,
                timeout,
                status: Box::new(self.status()),
            })
        })
    }
}

/// What is to be said of a version that somebody waits for; `None` while that is open.
fn outcome(status: &Status, wanted: i32) -> Option<Result<(), WaitError>> {
    if status.version >= wanted {
        return Some(Ok(()));
    }
    let error = match (status.phase, &status.rejection) {
        (Phase::Fixed, _) => WaitError::Fixed { wanted },
        (_, Some(rejection)) if rejection.error.version() >= wanted => WaitError::Rejected {
            wanted,
            rejection: Arc::clone(rejection),
        },
        (Phase::Stopped, _) => WaitError::Stopped {
            wanted,
            shown: status.version,
            reason: status.stopped.unwrap_or(StopReason::Ended),
        },
        _ => return None,
    };
    Some(Err(error))
}
