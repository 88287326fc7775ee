//! Texts at the edge of a kind, and what the server reads from them.

use decree_proto::{text, v1::FieldType};
use decree_runtime::{Problem, Role};

use crate::conformance::{Target, Tenant};

/// Field, text, and the canonical text of what it means; `None` if it means nothing.
const EDGES: &[(&str, &str, Option<&str>)] = &[
    ("all.duration", "0", Some("0s")),
    ("all.duration", "0s", Some("0s")),
    ("all.duration", "1h30m", Some("1h30m0s")),
    ("all.duration", "1.5h", Some("1h30m0s")),
    ("all.duration", "-1h", Some("-1h0m0s")),
    ("all.duration", "+1h", Some("1h0m0s")),
    ("all.duration", "24h", Some("24h0m0s")),
    ("all.duration", "500ms", Some("500ms")),
    ("all.duration", "1us", Some("1\u{b5}s")),
    ("all.duration", "1\u{b5}s", Some("1\u{b5}s")),
    ("all.duration", "1\u{3bc}s", Some("1\u{b5}s")),
    ("all.duration", "100ns", Some("100ns")),
    ("all.duration", ".5s", Some("500ms")),
    ("all.duration", "1.s", Some("1s")),
    ("all.duration", "1h1h", Some("2h0m0s")),
    ("all.duration", "2540400h10m10s", Some("2540400h10m10s")),
    ("all.duration", "1h 30m", None),
    ("all.duration", " 1s", None),
    ("all.duration", "1s ", None),
    ("all.duration", "1H", None),
    ("all.duration", "1d", None),
    ("all.duration", "h", None),
    ("all.duration", "1", None),
    ("all.duration", "1.5.5s", None),
    ("all.duration", "1e3s", None),
    ("all.duration", "9999999999h", None),
    ("all.duration", "\u{663}s", None),
    ("all.bool", "true", Some("true")),
    ("all.bool", "True", Some("true")),
    ("all.bool", "TRUE", Some("true")),
    ("all.bool", "t", Some("true")),
    ("all.bool", "T", Some("true")),
    ("all.bool", "1", Some("true")),
    ("all.bool", "0", Some("false")),
    ("all.bool", "false", Some("false")),
    ("all.bool", "False", Some("false")),
    ("all.bool", "FALSE", Some("false")),
    ("all.bool", "f", Some("false")),
    ("all.bool", "F", Some("false")),
    ("all.bool", "tRuE", None),
    ("all.bool", "yes", None),
    ("all.bool", "no", None),
    ("all.bool", "on", None),
    ("all.bool", " true", None),
    ("all.bool", "2", None),
    ("all.integer", "42", Some("42")),
    ("all.integer", "-1", Some("-1")),
    ("all.integer", "+5", Some("5")),
    ("all.integer", "007", Some("7")),
    ("all.integer", "-0", Some("0")),
    (
        "all.integer",
        "9223372036854775807",
        Some("9223372036854775807"),
    ),
    (
        "all.integer",
        "-9223372036854775808",
        Some("-9223372036854775808"),
    ),
    ("all.integer", " 42 ", None),
    ("all.integer", "4_2", None),
    ("all.integer", "3.0", None),
    ("all.integer", "1e3", None),
    ("all.integer", "0x10", None),
    ("all.integer", "0b11", None),
    ("all.integer", "9223372036854775808", None),
    ("all.integer", "99999999999999999999", None),
    ("all.integer", "\u{664}", None),
    ("all.number", "5", Some("5")),
    ("all.number", ".5", Some("0.5")),
    ("all.number", "1e21", Some("1000000000000000000000")),
    ("all.number", "1e-7", Some("0.0000001")),
    ("all.number", "-0", Some("-0")),
    ("all.number", "0.0", Some("0")),
    ("all.number", "0x1p3", Some("8")),
    ("all.number", "1,5", None),
    ("all.number", "1e400", None),
    ("all.number", "abc", None),
    (
        "all.time",
        "2025-01-15T09:30:00Z",
        Some("2025-01-15T09:30:00Z"),
    ),
    (
        "all.time",
        "2025-01-15T10:30:00+01:00",
        Some("2025-01-15T09:30:00Z"),
    ),
    (
        "all.time",
        "2025-01-15T09:30:00.000000001Z",
        Some("2025-01-15T09:30:00.000000001Z"),
    ),
    (
        "all.time",
        "2025-01-15T09:30:00.500Z",
        Some("2025-01-15T09:30:00.5Z"),
    ),
    (
        "all.time",
        "0001-01-01T00:00:00Z",
        Some("0001-01-01T00:00:00Z"),
    ),
    ("all.time", "2025-01-15", None),
    ("all.time", "2025-01-15T09:30:00", None),
    ("all.time", "2025-01-15t09:30:00z", None),
    ("all.time", "2025-01-15 09:30:00Z", None),
    ("all.time", "2025-01-15T24:00:00Z", None),
    ("all.time", "2025-01-15T09:30:60Z", None),
    ("all.time", "10000-01-01T00:00:00Z", None),
];

fn declared(path: &str) -> FieldType {
    match path {
        "all.duration" => FieldType::Duration,
        "all.bool" => FieldType::Bool,
        "all.integer" => FieldType::Int,
        "all.number" => FieldType::Number,
        _ => FieldType::Time,
    }
}

/// What our own parser makes of them.
pub fn our_parser_reads_them() {
    for (path, typed, meaning) in EDGES {
        let parsed = text::parse(declared(path), typed).ok();
        let canonical = parsed.as_ref().and_then(text::canonical);
        assert_eq!(canonical.as_deref(), *meaning, "{path}: {typed:?}");
    }
}

/// What the server makes of them, which is what our parser must make of them: an import stores
/// them as they are, and a read parses.
pub async fn the_server_reads_them(target: &impl Target) {
    let Tenant { name, id } = target.tenant("edges").await;
    let client = target.client(Role::Admin, &id).build();
    let client = client.expect("the options are sound");
    for (path, typed, meaning) in EDGES {
        match target.admin().import(&name, path, typed).await {
            Ok(()) => {}
            // Too large for any number is all that an import refuses.
            Err(_) if meaning.is_none() => continue,
            Err(status) => panic!("{path}: {typed:?}: {status}"),
        }
        let read = client.read(&name).await.expect("read");
        let entry = read.entry(path).expect("written");
        assert_eq!(
            entry.checksum(),
            text::checksum(typed),
            "it is stored as it is"
        );
        if let Some(meaning) = meaning {
            assert_eq!(entry.text().as_deref(), Some(*meaning), "{path}: {typed:?}");
        } else {
            let problem = entry.get::<decree_runtime::Value>();
            assert!(
                matches!(problem, Err(Problem::Unreadable(_))),
                "{path}: {typed:?}: {problem:?}"
            );
        }
    }
}
