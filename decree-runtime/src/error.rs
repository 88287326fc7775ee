//! What goes wrong when a program talks to a server.

use std::{error::Error as StdError, fmt, time::Duration};

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
    /// The server limits the rate of calls; [`Error::retry_after`] says how long to wait.
    RateLimited,
    /// The server does not know who calls.
    Unauthenticated,
    /// The server knows who calls, and says no.
    PermissionDenied,
    /// The server knows no such tenant. A server whose database is down says the same.
    UnknownTenant,
    /// The tenant has no such thing: a value that was never written, or a version.
    NotFound,
    /// The thing exists already.
    AlreadyExists,
    /// The server refuses the input: an unknown field, or a value outside of its constraints.
    InvalidArgument,
    /// The field, or this value of it, is locked.
    Locked,
    /// The schema lets nobody write the field.
    ReadOnly,
    /// The schema lets the field be written once, and it was.
    WriteOnce,
    /// Somebody else wrote the field since it was read.
    ChecksumMismatch,
    /// Others wrote to the tenant at the same moment, several times in a row.
    WriteConflict,
    /// The value is of another kind, or out of the range of the type.
    TypeMismatch,
    /// The value is null, and the type has no use for null.
    Null,
    /// The server hides the value from everybody, because its schema says `sensitive`.
    Redacted,
    /// What the server shows stands for a text that it cannot parse, or that it hides.
    Unreadable,
    /// The newest version does not fit the struct; the source says why.
    Rejected,
    /// The message is larger than the server, or this client, takes.
    TooLarge,
    /// The write may have happened or not, and reading did not tell; read before writing again.
    OutcomeUnknown,
    /// The server is of another version than this client speaks to, or lacks the service.
    IncompatibleServer,
    /// The client was closed.
    Closed,
    /// A blocking call on the thread that would have to answer it.
    Deadlock,
    /// Any other answer of the server.
    Server,
}

type Source = Box<dyn StdError + Send + Sync>;

/// A failed call: what was tried, on which tenant and server, what came of it, and what to do.
///
/// `{}` prints one line; the causes follow by [`source`](StdError::source). `{:?}`, which is what
/// `fn main() -> Result<(), Box<dyn Error>>` prints, is that line and every cause under it that
/// the line does not name already.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    tenant: Option<String>,
    path: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Source>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            tenant: None,
            path: None,
            retry_after: None,
            source: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn about(mut self, tenant: Option<&str>, path: Option<&str>) -> Self {
        self.0.tenant = tenant.map(str::to_owned);
        self.0.path = path.map(str::to_owned);
        self
    }

    /// Says more.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.0.message.push_str("; ");
        self.0.message.push_str(more);
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The tenant of the call, as it was typed.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.0.tenant.as_deref()
    }

    /// The field of the call, if it was about one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// How long the server asks to wait before the next call; it does so with
    /// [`ErrorKind::RateLimited`].
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
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
            let text = error.to_string();
            if !self.0.message.contains(&text) {
                write!(f, "\n  caused by: {}", text.replace('\n', "\n  "))?;
            }
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
