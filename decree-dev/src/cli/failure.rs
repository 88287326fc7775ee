//! One line that says what went wrong, where, and what to do.

use std::{error::Error, fmt, io};

use tonic::{Code, Status};

#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        // A server's words may have line breaks of their own.
        Self(message.into().replace(['\n', '\r'], " "))
    }

    /// A call that the server refused, or that did not reach it.
    pub(super) fn call(server: &str, tenant: &str, status: &Status) -> Self {
        let message = status.message();
        Self::new(match status.code() {
            Code::Unavailable | Code::Unknown => format!("lost {server}: {}", deepest(status)),
            Code::DeadlineExceeded | Code::Cancelled => {
                format!("{server} did not answer in time; is it overloaded?")
            }
            Code::InvalidArgument if message == "failed to resolve tenant" => {
                format!("{server} has no tenant {tenant:?}; check the name and the server")
            }
            Code::NotFound if message == "tenant not found" => {
                format!("{server} has no tenant {tenant:?}, or it is not yours")
            }
            Code::PermissionDenied => format!("not allowed: {message}; see --role"),
            Code::Unauthenticated => {
                format!("not recognised: {message}; if the server wants a token, see --token")
            }
            Code::ResourceExhausted => format!("{message} (the limit is per tenant and role)"),
            _ => format!("{server} says: {message}"),
        })
    }

    pub(super) fn connect(server: &str, error: &tonic::transport::Error) -> Self {
        let refused = causes(error).any(|cause| {
            let io = cause.downcast_ref::<io::Error>();
            io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused)
        });
        Self::new(if refused {
            format!(
                "nothing listens at {server}; start a server with `decree-dev serve`, or name another with --server"
            )
        } else {
            format!("cannot reach {server}: {}; check --server", deepest(error))
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(format!("cannot write to the terminal: {error}"))
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        (*error).source()
    })
}

/// The innermost cause: the outer ones only say that something went wrong.
fn deepest(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
