//! What goes wrong when a program talks to a server.

use std::{error::Error as StdError, fmt};

/// The kind of an [`Error`], for programs that decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option of the builder, or a name, that can never work.
    InvalidOption,
    /// Nobody answered: nothing listens there, or the connection broke.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// The server limits the rate of calls.
    RateLimited,
    /// The server does not know who calls.
    Unauthenticated,
    /// The server knows who calls, and says no.
    PermissionDenied,
    /// The server knows no such tenant. A server whose database is down says the same.
    UnknownTenant,
    /// The newest version does not fit the struct; the source says why.
    Rejected,
    /// Any other answer of the server.
    Server,
}

type Source = Box<dyn StdError + Send + Sync>;

/// A failed call: what was tried, on which tenant and server, what came of it, and what to do.
///
/// `{}` prints one line; the causes follow by [`source`](StdError::source). `{:?}`, which is what
/// `fn main() -> Result<(), Box<dyn Error>>` prints, is that line and every cause under it.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    source: Option<Source>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            source: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "\n  caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
