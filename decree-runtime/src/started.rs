//! How a program came by its first settings.

use std::{fmt, sync::Arc, time::Duration};

use crate::error::Error;

/// What a [`Live`](crate::Live) began with. [`Live::started`](crate::Live::started) tells, for as long
/// as it lives; what it shows now is [`Status::origin`](crate::Status::origin).
///
/// ```no_run
/// # use std::time::Duration;
/// # use decree_runtime::{Client, DecreeConfig, Error, Live, Started};
/// # async fn example<Payments: DecreeConfig>(client: Client) -> Result<(), Error> {
/// let live: Live<Payments> = client
///     .live("acme")
///     .start_timeout(Duration::from_secs(5))
///     .or_defaults()
///     .await?;
/// match live.started() {
///     Started::Live { version } => println!("version {version}"),
///     degraded => eprintln!("careful: {degraded}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Started {
    /// The newest version of the server.
    Live {
        /// Its number.
        version: i32,
    },
    /// The copy that an earlier process left on disk.
    FromDisk {
        /// The version that it is of.
        version: i32,
        /// How long before the start the server last confirmed it, by the clock of this machine.
        age: Duration,
        /// Why it is not the newest version of the server.
        why: Arc<Error>,
    },
    /// The defaults of the struct.
    Defaults {
        /// Why it is not the newest version of the server, nor the copy on disk.
        why: Arc<Error>,
    },
    /// A value of the program, by [`Live::fixed`](crate::Live::fixed).
    Fixed,
}

impl fmt::Display for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live { version } => write!(f, "started with version {version} of the server"),
            Self::FromDisk { version, age, why } => {
                let age = age.as_secs();
                write!(
                    f,
                    "started from disk with version {version}, confirmed {age} s before: {why}"
                )
            }
            Self::Defaults { why } => write!(f, "started with defaults: {why}"),
            Self::Fixed => f.write_str("started with a fixed value"),
        }
    }
}
