//! One line that says what went wrong, where, and what to do at a command line.

use std::{error::Error as _, fmt, io};

use decree_runtime::{Error, ErrorKind};

use super::program;

#[derive(Debug)]
pub(crate) enum Failure {
    Said(String),
    /// Whoever read what is printed has enough of it, as `head` has after its lines.
    Unread,
}

/// What options of the client are called here.
const OPTIONS: [(&str, &str); 3] = [
    ("the option `plaintext_token`", "--insecure"),
    ("the option `plaintext`", "--insecure"),
    ("address \"", "--server \""),
];

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        // A server's words may have line breaks of their own.
        Self::Said(message.into().replace(['\n', '\r'], " "))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(message) => f.write_str(message),
            Self::Unread => f.write_str("nobody reads what is printed"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut message = format!("{error:?}").replace("\n  caused by: ", ": ");
        match error.kind() {
            ErrorKind::InvalidOption => {
                for (there, here) in OPTIONS {
                    message = message.replace(there, here);
                }
            }
            ErrorKind::Unavailable if !is_refused(&error) => {
                message += "; see --server, --insecure and --ca-cert";
            }
            ErrorKind::Unavailable => {
                let serve = program::command("serve");
                message.extend([format!("; `{serve}` starts one, --server names another")]);
            }
            ErrorKind::PermissionDenied => message += "; see --role",
            ErrorKind::Unauthenticated => message += "; see --token",
            _ => {}
        }
        Self::new(message)
    }
}

/// Whether nobody listens at the address.
fn is_refused(error: &Error) -> bool {
    let first = error.source();
    let mut causes = std::iter::successors(first, |cause| (*cause).source());
    causes.any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused)
    })
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::new(format!("cannot write to the terminal: {error}")),
        }
    }
}
