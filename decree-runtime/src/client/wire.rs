//! From messages of the wire to our own types, and nothing else.

use std::time::SystemTime;

use decree_proto::v1;
use tonic::{Code, Status};

use super::judge::judge;
use crate::{
    reading::{Entry, Reading},
    snapshot::Written,
    value::Value,
    watch::{Cause, Hint, Row},
};

/// A whole read. The checksums must be those of the stored texts.
pub(crate) fn reading(config: v1::Config) -> Reading {
    let entry = |value: v1::ConfigValue| {
        let entry = Entry {
            stored: judge(value.value.and_then(typed), &value.checksum),
            checksum: value.checksum,
        };
        (value.field_path, entry)
    };
    Reading {
        tenant_id: config.tenant_id.into(),
        version: config.version,
        entries: config.values.into_iter().map(entry).collect(),
    }
}

/// `None` is null.
fn typed(value: v1::TypedValue) -> Option<Value> {
    use v1::typed_value::Kind;

    Some(match value.kind? {
        Kind::IntegerValue(value) => Value::Integer(value),
        Kind::NumberValue(value) => Value::Number(value),
        Kind::StringValue(text) => Value::String(text),
        Kind::BoolValue(value) => Value::Bool(value),
        Kind::TimeValue(time) => Value::Time {
            seconds: time.seconds,
            nanos: time.nanos.try_into().unwrap_or(0),
        },
        Kind::DurationValue(span) => Value::Duration {
            seconds: span.seconds,
            nanos: span.nanos,
        },
        Kind::UrlValue(text) => Value::Url(text),
        Kind::JsonValue(text) => Value::Json(text),
    })
}

/// One line of the list of versions.
pub(crate) fn row(version: v1::ConfigVersion) -> Row {
    Row {
        version: version.version,
        id: version.id,
        written: Written {
            by: version.created_by,
            at: version.created_at.and_then(system_time),
        },
    }
}

/// What an event tells: that a version exists, and who wrote it. Its values are not used.
pub(crate) fn hint(change: v1::ConfigChange) -> Hint {
    Hint {
        version: change.version,
        written: Some(Written {
            by: change.changed_by,
            at: change.changed_at.and_then(system_time),
        }),
    }
}

fn system_time(timestamp: prost_types::Timestamp) -> Option<SystemTime> {
    SystemTime::try_from(timestamp).ok()
}

/// What a failed call means to the watch.
pub(crate) fn cause(status: &Status) -> Cause {
    // A status that tonic made of a broken connection has the break as its source; one that the
    // server sent has none. The code would not do: it depends on the features tonic was built with.
    if std::error::Error::source(status).is_some() {
        return Cause::Connection;
    }
    match status.code() {
        // The server attaches how long to wait; an answer that is too large has no such detail.
        Code::ResourceExhausted if !status.details().is_empty() => Cause::RateLimited,
        Code::InvalidArgument if status.message().contains("exceeds limit of") => {
            Cause::TooManyPaths
        }
        _ => Cause::Server,
    }
}

/// A failed call in words: the code and the message, and what is under them.
pub(crate) fn words(status: &Status) -> String {
    use std::fmt::Write as _;

    let mut text = code_name(status.code()).to_owned();
    let mut add = |words: &dyn std::fmt::Display| {
        let words = words.to_string();
        if !words.is_empty() && !text.contains(&words) {
            // Writing to a string does not fail.
            let _infallible = write!(text, ": {words}");
        }
    };
    add(&status.message());
    let mut source = std::error::Error::source(status);
    while let Some(error) = source {
        add(&error);
        source = error.source();
    }
    text
}

/// The name of a code as gRPC spells it.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
