//! From a failed call to an [`Error`] that says what, where, why and what to do.

use std::{error::Error as StdError, fmt, time::Duration};

use tonic::{Code, Status};

use super::{
    call::{About, Failed},
    other_end::other_end,
    wire,
};
use crate::error::{Error, ErrorKind};

/// `tried` is how often; more than once is said.
pub(super) fn error(about: &About<'_>, address: &str, failed: Failed, tried: u32) -> Error {
    let (kind, found) = match &failed {
        Failed::Status(status) => (kind(status), wire::words(status)),
        Failed::Timeout(limit) => (ErrorKind::Timeout, no_answer(*limit)),
        Failed::Unsent(_) => (ErrorKind::Closed, String::new()),
    };
    let tried = match tried {
        0 | 1 => String::new(),
        times => format!("; tried {times} times"),
    };
    let cure = match &failed {
        Failed::Status(status) if wire::is_from_connection(status) => other_end(&found),
        _ => None,
    }
    .unwrap_or_else(|| cure(kind));
    let cure = if cure.is_empty() {
        cure.to_owned()
    } else {
        format!("; {cure}")
    };
    let place = Place(about, address);
    let wait = failed.retry_after();
    let error = match failed {
        Failed::Unsent(error) => error,
        Failed::Timeout(_) => Error::new(kind, format!("{place}: {found}{tried}{cure}")),
        Failed::Status(status) => {
            Error::new(kind, format!("{place}: {found}{tried}{cure}")).with_source(Answer(status))
        }
    };
    error.about(about.tenant, about.path).with_retry_after(wait)
}

pub(super) fn no_answer(limit: Duration) -> String {
    format!("no answer within {limit:?}")
}

/// What an answer means. Several causes share a code on this server; its words tell them apart.
fn kind(status: &Status) -> ErrorKind {
    if wire::is_from_connection(status) {
        return ErrorKind::Unavailable;
    }
    let says = |words: &str| status.message().contains(words);
    match status.code() {
        Code::Unauthenticated => ErrorKind::Unauthenticated,
        Code::PermissionDenied => ErrorKind::PermissionDenied,
        Code::Unavailable => ErrorKind::Unavailable,
        Code::DeadlineExceeded => ErrorKind::Timeout,
        Code::Unimplemented => ErrorKind::IncompatibleServer,
        Code::AlreadyExists => ErrorKind::AlreadyExists,
        Code::NotFound if says("tenant not found") => ErrorKind::UnknownTenant,
        Code::NotFound => ErrorKind::NotFound,
        Code::InvalidArgument if says("failed to resolve tenant") => ErrorKind::UnknownTenant,
        // Of a name the server says what it means; of an id it says this.
        Code::Internal if says("validator lookup failed") => ErrorKind::UnknownTenant,
        Code::InvalidArgument if says(": expected ") && says(" value") => ErrorKind::TypeMismatch,
        Code::InvalidArgument => ErrorKind::InvalidArgument,
        Code::FailedPrecondition if says("is locked") => ErrorKind::Locked,
        Code::FailedPrecondition if says("is read-only") => ErrorKind::ReadOnly,
        Code::FailedPrecondition if says("is write-once") => ErrorKind::WriteOnce,
        Code::Aborted if says("checksum mismatch") => ErrorKind::ChecksumMismatch,
        Code::Aborted => ErrorKind::WriteConflict,
        Code::ResourceExhausted if wire::retry_after(status).is_some() => ErrorKind::RateLimited,
        Code::ResourceExhausted | Code::OutOfRange if wire::is_too_large(status) => {
            ErrorKind::TooLarge
        }
        _ => ErrorKind::Server,
    }
}

pub(super) fn cure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unavailable => "is the server running, and is this its address?",
        ErrorKind::Timeout => "is this the address of an OpenDecree server, and does TLS match?",
        ErrorKind::RateLimited => "call less often, or raise the server's rate limit",
        ErrorKind::Unauthenticated => "give the client a subject, or a token that is valid",
        ErrorKind::PermissionDenied => {
            "the caller needs access to this tenant, and role admin to write"
        }
        ErrorKind::UnknownTenant => {
            "create the tenant or correct its name; if it exists, the server's database is down"
        }
        ErrorKind::NotFound => "nothing was ever written there, or its name is spelled otherwise",
        ErrorKind::Locked => "unlock it, or ask who locked it",
        ErrorKind::ReadOnly => "only the schema's default sets it",
        ErrorKind::WriteOnce => "it keeps its first value",
        ErrorKind::ChecksumMismatch => "somebody else wrote it: read it again, then decide again",
        ErrorKind::WriteConflict => "others write to this tenant: try again",
        ErrorKind::TypeMismatch => "write the kind that the schema says, or use `set_text`",
        ErrorKind::TooLarge => "read or write less at once",
        ErrorKind::IncompatibleServer => {
            "the server lacks this service or is of another version: see its ENABLE_SERVICES"
        }
        ErrorKind::Server => "see the server's log",
        _ => "",
    }
}

/// What was tried and where: `` reading `a.b` of tenant `acme` on localhost:9090 ``.
pub(super) struct Place<'a>(pub(super) &'a About<'a>, pub(super) &'a str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(about, address) = self;
        f.write_str(about.doing)?;
        if let Some(path) = about.path {
            // It comes from the caller and may hold anything.
            let shown: String = path.chars().take(PATH_SHOWN).collect();
            write!(f, " `{}` of", shown.escape_debug())?;
        }
        if let Some(tenant) = about.tenant {
            write!(f, " tenant `{tenant}`")?;
        }
        write!(f, " on {address}")
    }
}

/// Paths longer than this are cut in messages.
const PATH_SHOWN: usize = 120;

/// What came back, as the cause of an error: the type of the status stays inside.
#[derive(Debug)]
struct Answer(Status);

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = wire::code_name(self.0.code());
        write!(f, "{code}: {}", self.0.message())
    }
}

impl StdError for Answer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(code: Code, message: &str) -> Error {
        let about = About::tenant("writing", "acme").unwrap().path("pay.fee");
        let failed = Failed::Status(Status::new(code, message));
        error(&about, "localhost:9090", failed, 1)
    }

    /// The words are those that the real server was seen to say.
    #[test]
    fn each_cause_has_its_kind() {
        use ErrorKind as K;
        for (code, message, kind) in [
            (Code::NotFound, "field not found", K::NotFound),
            (Code::NotFound, "version not found", K::NotFound),
            (Code::NotFound, "tenant not found", K::UnknownTenant),
            (
                Code::InvalidArgument,
                "failed to resolve tenant",
                K::UnknownTenant,
            ),
            (Code::Internal, "validator lookup failed", K::UnknownTenant),
            (
                Code::InvalidArgument,
                "field a: expected integer value",
                K::TypeMismatch,
            ),
            (
                Code::InvalidArgument,
                "field a is not defined in the schema",
                K::InvalidArgument,
            ),
            (Code::FailedPrecondition, "field a is locked", K::Locked),
            (
                Code::FailedPrecondition,
                "value \"x\" for field a is locked",
                K::Locked,
            ),
            (
                Code::FailedPrecondition,
                "field a is read-only and cannot be modified",
                K::ReadOnly,
            ),
            (
                Code::FailedPrecondition,
                "field a is write-once and already has a value",
                K::WriteOnce,
            ),
            (
                Code::Aborted,
                "checksum mismatch for a: expected x, got y",
                K::ChecksumMismatch,
            ),
            (
                Code::Aborted,
                "concurrent write conflict; retry with the latest checksum",
                K::WriteConflict,
            ),
            (
                Code::PermissionDenied,
                "admin or superadmin required",
                K::PermissionDenied,
            ),
            (
                Code::Unauthenticated,
                "x-subject header is required",
                K::Unauthenticated,
            ),
            (Code::Unavailable, "", K::Unavailable),
            (Code::DeadlineExceeded, "", K::Timeout),
            (Code::AlreadyExists, "no changes to apply", K::AlreadyExists),
            (
                Code::Unimplemented,
                "unknown service",
                K::IncompatibleServer,
            ),
            (
                Code::ResourceExhausted,
                "grpc: received message larger than max (1 vs. 2)",
                K::TooLarge,
            ),
            (Code::Internal, "failed to get config", K::Server),
        ] {
            assert_eq!(explained(code, message).kind(), kind, "{message}");
        }
    }

    #[test]
    fn an_error_names_the_thing_the_place_the_answer_and_the_cure() {
        let error = explained(Code::FailedPrecondition, "field pay.fee is locked");
        assert_eq!(
            error.to_string(),
            "writing `pay.fee` of tenant `acme` on localhost:9090: FAILED_PRECONDITION: \
             field pay.fee is locked; unlock it, or ask who locked it"
        );
        assert_eq!(
            (error.tenant(), error.path()),
            (Some("acme"), Some("pay.fee"))
        );
        let source = StdError::source(&error).unwrap();
        assert_eq!(
            source.to_string(),
            "FAILED_PRECONDITION: field pay.fee is locked"
        );
        // The line says it already.
        assert_eq!(format!("{error:?}"), error.to_string());
    }

    #[test]
    fn a_path_full_of_anything_makes_one_readable_line() {
        let path = "\u{7}\n".repeat(100_000);
        let about = About::tenant("reading", "acme").unwrap().path(&path);
        let error = error(&about, "h:1", Failed::Timeout(Duration::from_secs(15)), 3);
        let text = error.to_string();
        assert!(text.len() < 1_000 && !text.contains('\n'), "{text}");
        assert!(
            text.contains("no answer within 15s; tried 3 times"),
            "{text}"
        );
    }
}
