//! From messages of the wire to our own types, and nothing else.

use std::time::{Duration, SystemTime};

use decree_proto::v1;
use tonic::{Code, Status};

use super::{
    history::{Diff, Version, WhatChanged},
    judge::judge,
};
use crate::{
    reading::{Entry, Reading, SchemaField},
    snapshot::Written,
    value::{Kind, Value},
    watch::{Cause, Hint, Listing, Row},
};

/// A whole read of what the caller calls `tenant`. The checksums must be those of the stored texts.
pub(super) fn reading(tenant: &str, config: v1::Config) -> Reading {
    Reading {
        tenant_id: config.tenant_id.into(),
        tenant: tenant.into(),
        version: config.version,
        entries: config.values.into_iter().map(entry).collect(),
        part: None,
    }
}

/// One field of a read.
pub(super) fn entry(value: v1::ConfigValue) -> (String, Entry) {
    let stored = judge(value.value.and_then(typed), &value.checksum);
    let description = value.description.filter(|text| !text.is_empty());
    (
        value.field_path,
        Entry::new(stored, value.checksum, description),
    )
}

/// A value on its way to the server; `None` is null.
pub(super) fn untyped(value: Option<Value>) -> Option<v1::TypedValue> {
    use v1::typed_value::Kind;

    let kind = match value? {
        Value::Integer(value) => Kind::IntegerValue(value),
        Value::Number(value) => Kind::NumberValue(value),
        Value::String(text) => Kind::StringValue(text),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Time { seconds, nanos } => Kind::TimeValue(prost_types::Timestamp {
            seconds,
            nanos: nanos.try_into().unwrap_or(i32::MAX),
        }),
        Value::Duration { seconds, nanos } => {
            Kind::DurationValue(prost_types::Duration { seconds, nanos })
        }
        Value::Url(text) => Kind::UrlValue(text),
        Value::Json(text) => Kind::JsonValue(text),
    };
    Some(v1::TypedValue { kind: Some(kind) })
}

/// The text that the server stores for a value.
pub(super) fn canonical(value: &Value) -> String {
    let typed = untyped(Some(value.clone()));
    // Only null has none.
    let text = typed.and_then(|typed| decree_proto::text::canonical(&typed));
    text.unwrap_or_default()
}

/// A text as a value of a kind; `None` when it is none.
pub(super) fn parse(kind: Kind, text: &str) -> Option<Value> {
    use v1::FieldType;

    let field_type = match kind {
        Kind::Integer => FieldType::Int,
        Kind::Number => FieldType::Number,
        Kind::String => FieldType::String,
        Kind::Bool => FieldType::Bool,
        Kind::Time => FieldType::Time,
        Kind::Duration => FieldType::Duration,
        Kind::Url => FieldType::Url,
        Kind::Json => FieldType::Json,
    };
    typed(decree_proto::text::parse(field_type, text).ok()?)
}

/// The kind of a field; a type that we do not know is read as text, as the server does.
pub(super) fn kind(field_type: v1::FieldType) -> Kind {
    use v1::FieldType;

    match field_type {
        FieldType::Int => Kind::Integer,
        FieldType::Number => Kind::Number,
        FieldType::Bool => Kind::Bool,
        FieldType::Time => Kind::Time,
        FieldType::Duration => Kind::Duration,
        FieldType::Url => Kind::Url,
        FieldType::Json => Kind::Json,
        FieldType::String | FieldType::Unspecified => Kind::String,
    }
}

/// A field of a schema, by its path.
pub(super) fn declared(field: v1::SchemaField) -> (String, SchemaField) {
    let (kind, sensitive) = (kind(field.r#type()), field.sensitive);
    (field.path, SchemaField { kind, sensitive })
}

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// `None` is null.
fn typed(value: v1::TypedValue) -> Option<Value> {
    use v1::typed_value::Kind;

    Some(match value.kind? {
        Kind::IntegerValue(value) => Value::Integer(value),
        Kind::NumberValue(value) => Value::Number(value),
        Kind::StringValue(text) => Value::String(text),
        Kind::BoolValue(value) => Value::Bool(value),
        Kind::TimeValue(time) => {
            let nanos = i64::from(time.nanos);
            Value::Time {
                seconds: time
                    .seconds
                    .saturating_add(nanos.div_euclid(NANOS_PER_SECOND)),
                nanos: nanos.rem_euclid(NANOS_PER_SECOND).try_into().unwrap_or(0),
            }
        }
        Kind::DurationValue(span) => Value::Duration {
            seconds: span.seconds,
            nanos: span.nanos,
        },
        Kind::UrlValue(text) => Value::Url(text),
        Kind::JsonValue(text) => Value::Json(text),
    })
}

/// What the server knows about a version.
pub(super) fn version(version: v1::ConfigVersion) -> Version {
    Version {
        number: version.version,
        id: version.id,
        description: version.description,
        written: Written {
            by: version.created_by,
            at: version.created_at.and_then(system_time),
        },
    }
}

/// Versions as the watch looks at them.
pub(super) fn listing(versions: Vec<v1::ConfigVersion>) -> Listing {
    let tenant_id = versions
        .first()
        .map(|newest| newest.tenant_id.as_str().into());
    let rows = versions.into_iter().map(row).collect();
    Listing { tenant_id, rows }
}

fn row(listed: v1::ConfigVersion) -> Row {
    let known = version(listed);
    Row {
        version: known.number,
        id: known.id,
        written: known.written,
    }
}

/// What changed in a field. The wire has no other sign for "no value" than the kind of the change.
pub(super) fn diff(diff: v1::FieldDiff, hidden: bool) -> Diff {
    use v1::ChangeType;

    let what = match diff.change_type() {
        ChangeType::Added => WhatChanged::Added,
        ChangeType::Removed => WhatChanged::Removed,
        ChangeType::Modified | ChangeType::Unspecified => WhatChanged::Modified,
    };
    let shown =
        |text: String, absent_if: WhatChanged| (!hidden && what != absent_if).then_some(text);
    Diff {
        what,
        old: shown(diff.old_value, WhatChanged::Added),
        new: shown(diff.new_value, WhatChanged::Removed),
        path: diff.field_path,
        hidden,
    }
}

/// What an event tells: that a version exists, and who wrote it. Its values are not used.
pub(super) fn hint(change: v1::ConfigChange) -> Hint {
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

/// Whether the status was made here, of a broken connection: then the break is its source, which
/// one that the server sent has none of. The code would not do: it depends on the features that
/// tonic was built with.
pub(super) fn is_from_connection(status: &Status) -> bool {
    std::error::Error::source(status).is_some()
}

/// Whether no connection came about, so that nothing was sent.
pub(super) fn is_unsent(status: &Status) -> bool {
    let mut source = std::error::Error::source(status);
    while let Some(error) = source {
        if error.is::<tonic::ConnectError>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// How long the server asks to wait: the detail of a refusal for the rate. An answer that is too
/// large has the same code and no such detail.
pub(super) fn retry_after(status: &Status) -> Option<Duration> {
    use prost::Message as _;

    if status.code() != Code::ResourceExhausted {
        return None;
    }
    let details = RpcStatus::decode(status.details()).ok()?.details;
    let info = details
        .iter()
        .find(|detail| detail.type_url.ends_with("/google.rpc.RetryInfo"))?;
    let delay = RetryInfo::decode(&*info.value).ok()?.retry_delay;
    Some(Duration::try_from(delay.unwrap_or_default()).unwrap_or_default())
}

/// `google.rpc.Status`, as far as we read it.
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<prost_types::Duration>,
}

/// Whether an answer, or a request, is larger than one end takes.
pub(super) fn is_too_large(status: &Status) -> bool {
    let says = |words: &str| status.message().contains(words);
    says("larger than") || says("too large")
}

/// What a failed call means to the watch.
pub(super) fn cause(status: &Status) -> Cause {
    if is_from_connection(status) {
        return Cause::Connection;
    }
    match status.code() {
        Code::ResourceExhausted if retry_after(status).is_some() => Cause::RateLimited,
        // The server's word for too large, and that of this client.
        Code::ResourceExhausted | Code::OutOfRange if is_too_large(status) => Cause::TooLarge,
        Code::InvalidArgument if status.message().contains("exceeds limit of") => {
            Cause::TooManyPaths
        }
        Code::NotFound if status.message().contains("tenant not found") => Cause::NoTenant,
        Code::Unimplemented => Cause::Unsupported,
        _ => Cause::Server,
    }
}

/// A failed call in words: the code and the message, and what is under them.
pub(super) fn words(status: &Status) -> String {
    use std::fmt::Write as _;

    let mut text = code_name(status.code()).to_owned();
    let mut add = |words: &dyn std::fmt::Display| {
        let words = words.to_string();
        if !words.is_empty() && !text.contains(&words) {
            let shown: String = words.chars().take(WORDS_SHOWN).collect();
            let rest = if shown.len() < words.len() { "…" } else { "" };
            // Writing to a string does not fail.
            let _infallible = write!(text, ": {shown}{rest}");
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

/// The server repeats what it was sent, which may be a megabyte.
const WORDS_SHOWN: usize = 600;

/// The name of a code as gRPC spells it.
pub(super) fn code_name(code: Code) -> &'static str {
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
