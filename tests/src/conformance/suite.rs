// The suite itself. It stands here once and is compiled twice: `call!` awaits an async call in one
// module, and makes a blocking one in the other.

use std::time::{Duration, SystemTime};

use decree_runtime::{
    DecreeConfig, Entry, ErrorKind, Json, Mismatch, Problem, Role, Value, WhatChanged, Write,
};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Target, Tenant, kind_of};

#[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
struct Document {
    limits: Vec<u8>,
    name: String,
}

/// Every kind is written as its Rust types, and comes back as each of them.
pub async fn every_kind_round_trips(target: &impl Target) {
    let Tenant { name, id } = target.tenant("kinds").await;
    let client = client(target, Role::Admin, &id);
    let url = Url::parse("https://example.com/a?b=c").expect("a url");
    let document = serde_json::json!({ "limits": [1, 2], "name": "x" });
    let at: Timestamp = "2026-11-24T14:44:23.000000001Z".parse().expect("a time");

    let mut versions = vec![
        call!(client.set(&name, "all.integer", -7)).expect("written"),
        call!(client.set(&name, "all.number", 0.1)).expect("written"),
        call!(client.set(&name, "all.text", "grüße\n")).expect("written"),
        call!(client.set(&name, "all.bool", true)).expect("written"),
        call!(client.set(&name, "all.time", at)).expect("written"),
        call!(client.set(&name, "all.duration", Duration::from_millis(1_500))).expect("written"),
        call!(client.set(&name, "all.url", url.clone())).expect("written"),
        call!(client.set(&name, "all.json", document.clone())).expect("written"),
    ];
    let first = versions[0];
    assert_eq!(versions, (first..first + 8).collect::<Vec<_>>());

    assert_eq!(call!(client.get::<i8>(&name, "all.integer")).expect("read"), -7);
    assert_eq!(call!(client.get::<i128>(&name, "all.integer")).expect("read"), -7);
    assert_eq!(call!(client.get::<f64>(&name, "all.number")).expect("read"), 0.1);
    assert_eq!(call!(client.get::<f32>(&name, "all.number")).expect("read"), 0.1);
    assert_eq!(call!(client.get::<String>(&name, "all.text")).expect("read"), "grüße\n");
    assert!(call!(client.get::<bool>(&name, "all.bool")).expect("read"));
    assert_eq!(call!(client.get::<Timestamp>(&name, "all.time")).expect("read"), at);
    let system: SystemTime = call!(client.get(&name, "all.time")).expect("read");
    let since = system.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    assert_eq!(i128::try_from(since.as_nanos()), Ok(at.as_nanosecond()));
    let chrono: chrono::DateTime<chrono::Utc> =
        call!(client.get(&name, "all.time")).expect("read");
    assert_eq!(chrono.timestamp_nanos_opt(), i64::try_from(at.as_nanosecond()).ok());
    let duration: Duration = call!(client.get(&name, "all.duration")).expect("read");
    assert_eq!(duration, Duration::from_millis(1_500));
    assert_eq!(call!(client.get::<Url>(&name, "all.url")).expect("read"), url);
    let read: serde_json::Value = call!(client.get(&name, "all.json")).expect("read");
    assert_eq!(read, document);
    let Json(typed): Json<Document> = call!(client.get(&name, "all.json")).expect("read");
    assert_eq!(typed.limits, [1, 2]);
    versions.push(call!(client.set(&name, "all.json", Json(typed))).expect("written"));

    // What std cannot hold: a negative span.
    let negative = SignedDuration::new(-1, -500_000_000);
    call!(client.set(&name, "all.duration", negative)).expect("written");
    assert_eq!(call!(client.get::<SignedDuration>(&name, "all.duration")).expect("read"), negative);
    let error = call!(client.get::<Duration>(&name, "all.duration")).expect_err("negative");
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);

    // Limits, and the zeros that the server also shows for what it hides.
    for integer in [i64::MIN, i64::MAX, 0] {
        call!(client.set(&name, "all.integer", integer)).expect("written");
        assert_eq!(call!(client.get::<i64>(&name, "all.integer")).expect("read"), integer);
    }
    for number in [0.0, -0.0, f64::MIN_POSITIVE, f64::MAX, 1e21, 1e-7] {
        call!(client.set(&name, "all.number", number)).expect("written");
        let read: f64 = call!(client.get(&name, "all.number")).expect("read");
        assert_eq!(read.to_bits(), number.to_bits());
    }
    call!(client.set(&name, "all.bool", false)).expect("written");
    assert!(!call!(client.get::<bool>(&name, "all.bool")).expect("read"));
    call!(client.set(&name, "all.duration", Duration::ZERO)).expect("written");
    assert!(call!(client.get::<Duration>(&name, "all.duration")).expect("read").is_zero());
    let year_one: Timestamp = "0001-01-01T00:00:00Z".parse().expect("a time");
    call!(client.set(&name, "all.time", year_one)).expect("written");
    assert_eq!(call!(client.get::<Timestamp>(&name, "all.time")).expect("read"), year_one);
}

/// Kinds are strict on both ways, and the error names what was expected and found.
pub async fn kinds_are_strict(target: &impl Target) {
    let Tenant { name, id } = target.tenant("strict").await;
    let client = client(target, Role::Admin, &id);
    call!(client.set(&name, "all.integer", 300)).expect("written");
    call!(client.set(&name, "all.text", "5")).expect("written");

    let error = call!(client.get::<u8>(&name, "all.integer")).expect_err("out of range");
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    for part in ["`all.integer`", &format!("`{name}`"), "0 to 255", "integer 300"] {
        assert!(error.to_string().contains(part), "{part} is not in {error}");
    }
    let source = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref());
    let mismatch: &Mismatch = source.expect("the mismatch is the cause");
    assert_eq!(mismatch.found(), "integer 300");

    let wrong = [
        kind_of(call!(client.get::<f64>(&name, "all.integer"))),
        kind_of(call!(client.get::<String>(&name, "all.integer"))),
        kind_of(call!(client.get::<i64>(&name, "all.text"))),
        kind_of(call!(client.set(&name, "all.integer", 1.0))),
        kind_of(call!(client.set(&name, "all.number", 1))),
        kind_of(call!(client.set(&name, "all.integer", "1"))),
        kind_of(call!(client.set(&name, "all.url", "https://example.com"))),
        kind_of(call!(client.set(&name, "all.integer", u64::MAX))),
    ];
    assert_eq!(wrong, [ErrorKind::TypeMismatch; 8]);
    let read: Value = call!(client.get(&name, "all.integer")).expect("read");
    assert_eq!(read, Value::Integer(300), "nothing was written");
}

/// Null, absent, empty and zero are four things.
pub async fn null_is_told_from_all_else(target: &impl Target) {
    let Tenant { name, id } = target.tenant("null").await;
    let client = client(target, Role::Admin, &id);
    // Never written: also for an `Option`, or a path that is spelled wrong would read as null.
    let absent = call!(client.get::<Option<i64>>(&name, "all.integer")).expect_err("absent");
    assert_eq!(absent.kind(), ErrorKind::NotFound);

    for path in ["all.integer", "all.number", "all.text", "all.bool", "all.time", "all.duration", "all.url", "all.json"] {
        call!(client.set_null(&name, path)).expect("written");
        let error = call!(client.get::<Value>(&name, path)).expect_err("null");
        assert_eq!(error.kind(), ErrorKind::Null, "{path}");
        assert_eq!(call!(client.get::<Option<Value>>(&name, path)).expect("read"), None, "{path}");
    }
    call!(client.set(&name, "all.integer", 0)).expect("written");
    assert_eq!(call!(client.get::<Option<i64>>(&name, "all.integer")).expect("read"), Some(0));
    call!(client.set(&name, "all.text", "")).expect("written");
    assert_eq!(call!(client.get::<Option<String>>(&name, "all.text")).expect("read").as_deref(), Some(""));
    call!(client.set(&name, "all.bool", None::<bool>)).expect("written");

    let all = call!(client.get_all(&name)).expect("read");
    let all: Vec<_> = all.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(all, [("all.integer", "0"), ("all.text", ""), ("only.fixed", "eu")]);
    let read = call!(client.read(&name)).expect("read");
    assert!(read.entry("all.bool").is_some_and(Entry::is_null));
    assert!(read.entry("all.bool").is_some_and(|entry| entry.checksum().is_empty()));
    assert!(read.entry("no.such").is_none());

    let error = call!(client.set_null(&name, "some.limit")).expect_err("not nullable");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

/// Several fields at once, all of them, and an old version.
pub async fn whole_reads_and_old_versions(target: &impl Target) {
    let Tenant { name, id } = target.tenant("whole").await;
    let client = client(target, Role::Admin, &id);
    let write = Write::new()
        .set("all.number", 1_000_000.0)
        .note("a million")
        .set("all.duration", Duration::from_secs(90))
        .description("both");
    let old = call!(client.write(&name, write)).expect("written");
    let values = [("all.number", 0.5), ("some.share", 0.25)];
    let new = call!(client.set_many(&name, values)).expect("written");
    assert_eq!(new, old + 1);

    let read = call!(client.read(&name)).expect("read");
    assert_eq!((read.version(), read.tenant_id()), (new, id.as_str()));
    assert_eq!(read.get::<f64>("all.number"), Ok(0.5));
    let missing = read.get::<f64>("no.such").expect_err("never written");
    assert_eq!((missing.path(), missing.problem()), ("no.such", &Problem::Missing));
    let paths: Vec<_> = read.entries().map(|(path, _)| path).collect();
    assert_eq!(paths, ["all.duration", "all.number", "only.fixed", "some.share"]);

    let then = call!(client.at_version(&name, old)).expect("it exists");
    assert_eq!(then.version(), old);
    let texts = call!(then.get_all()).expect("read");
    assert_eq!(texts["all.number"], "1000000");
    assert_eq!(texts["all.duration"], "1m30s");
    assert!(!texts.contains_key("some.share"));
    assert_eq!(call!(then.get::<f64>("all.number")).expect("read"), 1_000_000.0);
    let absent = call!(then.get::<f64>("some.share")).expect_err("not yet");
    assert_eq!(absent.kind(), ErrorKind::NotFound);
    let read = call!(then.read()).expect("read");
    assert_eq!(read.version(), old);
    assert_eq!(read.entry("all.number").and_then(|entry| entry.description()), Some("a million"));
    assert_eq!(call!(then.get_fields(["all.number"])).expect("read").len(), 1);
    // The server would answer with the newest values.
    let future = call!(client.at_version(&name, new + 1)).expect_err("not yet");
    assert_eq!(future.kind(), ErrorKind::NotFound);

    let some = call!(client.get_fields(&name, ["some.share", "no.such", "all.number"])).expect("read");
    assert_eq!(some.len(), 2);
    assert_eq!(some["some.share"].get::<f64>(), Ok(0.25));
    let none: [&str; 0] = [];
    assert!(call!(client.get_fields(&name, none)).expect("read").is_empty());
    // More than the server takes in one call.
    let many = (0..2_000).map(|nth| format!("p{nth}")).chain(["all.number".to_owned()]);
    let many = call!(client.get_fields(&name, many)).expect("read");
    assert_eq!(many.len(), 1);
    assert_eq!(many["all.number"].text().as_deref(), Some("0.5"));
}

/// A text is written as the kind of its field.
pub async fn texts_are_parsed_by_the_declared_type(target: &impl Target) {
    let Tenant { name, id } = target.tenant("texts").await;
    let client = client(target, Role::Admin, &id);
    for (path, text, canonical) in [
        ("all.integer", "+007", "7"),
        ("all.number", "1e3", "1000"),
        ("all.text", "1e3", "1e3"),
        ("all.bool", "T", "true"),
        ("all.time", "2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05Z"),
        ("all.duration", "90m", "1h30m0s"),
        ("all.url", "http://a", "http://a"),
        ("all.json", "[1, 2]", "[1, 2]"),
    ] {
        call!(client.set_text(&name, path, text)).expect("written");
        assert_eq!(call!(client.get_all(&name)).expect("read")[path], canonical);
    }
    for (path, text) in [("all.integer", "1.5"), ("all.duration", "30"), ("all.bool", "yes"), ("all.time", "now")] {
        let error = call!(client.set_text(&name, path, text)).expect_err("no such value");
        assert_eq!(error.kind(), ErrorKind::TypeMismatch, "{path}");
        assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
    }
    let unknown = call!(client.set_text(&name, "no.such", "1")).expect_err("no such field");
    assert!(unknown.to_string().contains("all.integer"), "{unknown}");
}

/// What goes with a write arrives, and guards it.
pub async fn options_of_a_write(target: &impl Target) {
    let Tenant { name, id } = target.tenant("options").await;
    let client = client(target, Role::Admin, &id);
    let write = Write::new()
        .set("all.integer", 1)
        .note("the first")
        .description("start")
        .idempotency_key("key-1");
    let first = call!(client.write(&name, write.clone())).expect("written");
    let known = call!(client.version(&name, first)).expect("listed");
    assert_eq!((known.number, known.description.as_str()), (first, "start"));
    assert!(known.written.at.is_some());
    let read = call!(client.read(&name)).expect("read");
    let entry = read.entry("all.integer").expect("written");
    assert_eq!(entry.description(), Some("the first"));

    // The same again does nothing, and says where the values are.
    assert_eq!(call!(client.write(&name, write)).expect("there already"), first);
    assert_eq!(call!(client.read(&name)).expect("read").version(), first);
    // A key that went with something else: the server would say OK and write nothing.
    let other = Write::new().set("all.integer", 2).idempotency_key("key-1");
    let error = call!(client.write(&name, other)).expect_err("not written");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    // A key that was used up by a refusal.
    let bad = Write::new().set("some.limit", 99).idempotency_key("key-2");
    let error = call!(client.write(&name, bad)).expect_err("out of bounds");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let good = Write::new().set("some.limit", 5).idempotency_key("key-2");
    let error = call!(client.write(&name, good)).expect_err("not written");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);

    let checksum = entry.checksum().to_owned();
    let guarded = |value: i64| Write::new().set("all.integer", value).expect(checksum.as_str());
    call!(client.write(&name, guarded(3))).expect("as expected");
    let error = call!(client.write(&name, guarded(4))).expect_err("it changed");
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);
    assert_eq!(call!(client.get::<i64>(&name, "all.integer")).expect("read"), 3);

    // One bad field of a batch, and nothing of it is written.
    let batch = Write::new().set("all.integer", 9).set("some.limit", 99);
    let error = call!(client.write(&name, batch)).expect_err("out of bounds");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("some.limit"), "{error}");
    assert_eq!(call!(client.get::<i64>(&name, "all.integer")).expect("read"), 3);
    // What cannot be sent is told all at once.
    let hopeless = Write::new()
        .set("all.number", f64::NAN)
        .set("all.text", "a\0b")
        .set("all.text", "twice")
        .set("all.integer", i128::MAX);
    let error = call!(client.write(&name, hopeless)).expect_err("hopeless");
    for part in ["all.number", "finite", "U+0000", "twice", "all.integer"] {
        assert!(error.to_string().contains(part), "{part} is not in {error}");
    }
    assert!(call!(client.write(&name, Write::new())).is_err());
}

/// Read, decide, write: nobody's write in between is lost.
pub async fn updates_guard_what_they_read(target: &impl Target) {
    let Tenant { name, id } = target.tenant("updates").await;
    let client = client(target, Role::Admin, &id);
    let absent = call!(client.get_for_update::<i64>(&name, "all.integer")).expect_err("absent");
    assert_eq!(absent.kind(), ErrorKind::NotFound);

    call!(client.set(&name, "all.integer", 1)).expect("written");
    let held = call!(client.get_for_update::<i64>(&name, "all.integer")).expect("read");
    assert_eq!(held.value(), Some(&1));
    call!(client.set(&name, "all.integer", 2)).expect("written");
    let error = call!(client.write(&name, held.set(10))).expect_err("it changed");
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);

    call!(client.update(&name, "all.integer", |value: i64| value + 40)).expect("written");
    assert_eq!(call!(client.get::<i64>(&name, "all.integer")).expect("read"), 42);
    let refused = call!(client.try_update(&name, "all.integer", |_: i64| Err::<i64, _>("no")));
    let refused = refused.expect_err("the function said no");
    assert!(format!("{refused:?}").contains("no"));
    assert_eq!(call!(client.get::<i64>(&name, "all.integer")).expect("read"), 42);

    // Null has a checksum of its own.
    call!(client.set_null(&name, "all.text")).expect("written");
    let held = call!(client.get_for_update::<String>(&name, "all.text")).expect("read");
    assert_eq!((held.value(), held.checksum()), (None, ""));
    assert_eq!(held.problem(), Some(&Problem::Null));
    call!(client.write(&name, held.set("now"))).expect("as expected");
    let error = call!(client.write(&name, held.set("late"))).expect_err("it changed");
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);
    let append = |text: Option<String>| text.map(|text| text + "!");
    call!(client.update(&name, "all.text", append)).expect("written");
    assert_eq!(call!(client.get::<String>(&name, "all.text")).expect("read"), "now!");

    // What nobody can read can be replaced all the same, and not by accident.
    call!(client.set(&name, "secret.pin", 1234)).expect("written");
    let held = call!(client.get_for_update::<i64>(&name, "secret.pin")).expect("read");
    assert_eq!(held.value(), None);
    call!(client.write(&name, held.set(4321))).expect("as expected");
    let error = call!(client.write(&name, held.set(1111))).expect_err("it changed");
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);
    let error = call!(client.update(&name, "secret.pin", |pin: i64| pin + 1)).expect_err("hidden");
    assert_eq!(error.kind(), ErrorKind::Unreadable);

    // Every type.
    call!(client.set(&name, "all.duration", Duration::from_secs(1))).expect("written");
    call!(client.update(&name, "all.duration", |span: Duration| span * 90)).expect("written");
    call!(client.set(&name, "all.bool", false)).expect("written");
    call!(client.update(&name, "all.bool", |on: bool| !on)).expect("written");
    let texts = call!(client.get_all(&name)).expect("read");
    assert_eq!((texts["all.duration"].as_str(), texts["all.bool"].as_str()), ("1m30s", "true"));
}

/// Versions are listed, compared, and come back.
pub async fn history_is_listed_compared_and_restored(target: &impl Target) {
    let Tenant { name, id } = target.tenant("history").await;
    let client = client(target, Role::Admin, &id);
    let first = call!(client.set(&name, "all.integer", 1)).expect("written");
    let write = Write::new()
        .set("all.integer", 2)
        .set("all.text", "new")
        .set("secret.key", "s3cret");
    let second = call!(client.write(&name, write)).expect("written");

    let listed = collected!(client.versions(&name));
    let numbers: Vec<_> = listed.iter().map(|version| version.number).collect();
    assert_eq!(numbers, (1..=second).rev().collect::<Vec<_>>());
    assert_eq!(listed[0], call!(client.version(&name, second)).expect("listed"));
    let none = call!(client.version(&name, second + 1)).expect_err("not yet");
    assert_eq!(none.kind(), ErrorKind::NotFound);

    let diffs = call!(client.diff(&name, first, second)).expect("compared");
    let what: Vec<_> = diffs.iter().map(|diff| (diff.path.as_str(), diff.what)).collect();
    let (added, modified) = (WhatChanged::Added, WhatChanged::Modified);
    assert_eq!(what, [("all.integer", modified), ("all.text", added), ("secret.key", added)]);
    assert_eq!(diffs[0].old.as_deref(), Some("1"));
    assert_eq!(diffs[0].new.as_deref(), Some("2"));
    assert_eq!((diffs[1].old.as_deref(), diffs[1].new.as_deref()), (None, Some("new")));
    assert!(diffs[2].hidden && diffs[2].new.is_none());
    assert!(!format!("{diffs:?}").contains("s3cret"));
    assert!(call!(client.diff(&name, second, second)).expect("compared").is_empty());
    let back = call!(client.diff(&name, second, first)).expect("compared");
    assert_eq!(back[1].what, WhatChanged::Removed);
    let none = call!(client.diff(&name, first, second + 9)).expect_err("not yet");
    assert_eq!(none.kind(), ErrorKind::NotFound);

    // A tenant with a read-only field that has a default cannot be rolled back by anybody.
    let refused = call!(client.rollback(&name, first)).expect_err("read-only");
    assert_eq!(refused.kind(), ErrorKind::ReadOnly);
    let none = call!(client.rollback(&name, second + 9)).expect_err("the server would take it");
    assert_eq!(none.kind(), ErrorKind::NotFound);
}

/// A rollback makes a new version.
pub async fn a_rollback_is_a_new_version(target: &impl Target) {
    let Tenant { name, id } = target.plain_tenant("rollback").await;
    let client = client(target, Role::Admin, &id);
    let first = call!(client.set(&name, "pay.fee", 0.1)).expect("written");
    call!(client.set(&name, "pay.fee", 0.2)).expect("written");
    let third = call!(client.rollback(&name, first)).expect("rolled back");
    assert_eq!(third, first + 2);
    assert_eq!(call!(client.get::<f64>(&name, "pay.fee")).expect("read"), 0.1);
    let version = call!(client.version(&name, third)).expect("listed");
    assert!(version.description.contains(&first.to_string()), "{version:?}");
}

/// Every refusal of the server has a kind of its own.
pub async fn every_refusal_has_its_kind(target: &impl Target) {
    let Tenant { name, id } = target.tenant("refusals").await;
    let admin = client(target, Role::Admin, &id);
    let user = client(target, Role::User, &id);
    call!(admin.set(&name, "all.integer", 1)).expect("written");

    let kinds = [
        (kind_of(call!(user.set(&name, "all.integer", 2))), ErrorKind::PermissionDenied),
        (kind_of(call!(admin.set(&name, "only.fixed", "us"))), ErrorKind::ReadOnly),
        (kind_of(call!(admin.set(&name, "some.limit", 11))), ErrorKind::InvalidArgument),
        (kind_of(call!(admin.set(&name, "no.such", 1))), ErrorKind::InvalidArgument),
        (kind_of(call!(admin.get::<i64>(&name, "no.such"))), ErrorKind::NotFound),
    ];
    for (found, expected) in kinds {
        assert_eq!(found, expected);
    }
    call!(admin.set(&name, "only.once", "EUR")).expect("the first time");
    let again = kind_of(call!(admin.set(&name, "only.once", "USD")));
    assert_eq!(again, ErrorKind::WriteOnce);

    call!(admin.set(&name, "secret.key", "s3cret")).expect("written");
    let error = call!(admin.get::<String>(&name, "secret.key")).expect_err("hidden");
    assert_eq!(error.kind(), ErrorKind::Redacted);
    assert!(error.to_string().contains("sensitive"), "{error}");
    call!(admin.set(&name, "secret.pin", 1234)).expect("written");
    let error = call!(admin.get::<i64>(&name, "secret.pin")).expect_err("hidden, not zero");
    assert_eq!(error.kind(), ErrorKind::Unreadable);

    target.lock(&name, "all.text", &[]).await;
    let locked = call!(admin.set(&name, "all.text", "x")).expect_err("locked");
    assert_eq!(locked.kind(), ErrorKind::Locked);
    assert_eq!((locked.tenant(), locked.path()), (Some(name.as_str()), Some("all.text")));
    target.lock(&name, "all.integer", &["13"]).await;
    let locked = kind_of(call!(admin.set(&name, "all.integer", 13)));
    assert_eq!(locked, ErrorKind::Locked);
    call!(admin.set(&name, "all.integer", 14)).expect("this one is free");

    for bad in ["a,b", "A", "", "-", "a\nb"] {
        let error = call!(admin.get::<i64>(bad, "all.integer")).expect_err("no name");
        assert_eq!(error.kind(), ErrorKind::InvalidOption, "{bad:?}");
    }
    // Names and values that hold anything are refused or arrive; nothing breaks.
    for path in ["", "a\u{7}b", "\u{1f600}", "a\nb", &"p".repeat(100_000)] {
        let read = kind_of(call!(admin.get::<i64>(&name, path)));
        assert!(matches!(read, ErrorKind::NotFound | ErrorKind::InvalidArgument), "{read:?}");
        let write = call!(admin.set(&name, path, 1)).expect_err("no such field");
        assert_eq!(write.kind(), ErrorKind::InvalidArgument, "{write}");
    }
    // U+0000 is in nothing that a database holds.
    let nul = call!(admin.get::<i64>(&name, "all.\0")).expect_err("nowhere");
    assert_eq!(nul.kind(), ErrorKind::NotFound);
    assert!(call!(admin.get_fields(&name, ["all.\0"])).expect("read").is_empty());
    for write in [
        Write::new().set("all.\0", 1),
        Write::new().set("all.integer", 14).note("\0"),
        Write::new().set("all.integer", 14).description("\0"),
        Write::new().set("all.text", "[REDACTED]"),
    ] {
        let error = call!(admin.write(&name, write)).expect_err("it would not come back");
        assert_eq!(error.kind(), ErrorKind::TypeMismatch, "{error}");
        assert!(!error.to_string().contains("may have been"), "{error}");
    }
    let long = "\u{7}ä".repeat(400_000);
    call!(admin.set(&name, "some.note", long.as_str())).expect("a megabyte is fine");
    assert_eq!(call!(admin.get::<String>(&name, "some.note")).expect("read"), long);

    let closed = client(target, Role::User, &id);
    call!(closed.get::<i64>(&name, "all.integer")).expect("open");
    call!(closed.close());
    let error = kind_of(call!(closed.get::<i64>(&name, "all.integer")));
    assert_eq!(error, ErrorKind::Closed);
}

/// What the server will not do for anybody has a kind, too.
pub async fn limits_of_the_server_have_their_kind(target: &impl Target) {
    let Tenant { name, id } = target.plain_tenant("limits").await;
    let admin = client(target, Role::Admin, &id);
    for nobody in ["nobody", "00000000-0000-4000-8000-000000000000"] {
        let user = client(target, Role::User, &id);
        let error = call!(user.read(nobody)).expect_err("no such tenant");
        // With a token the server tells only that this tenant is not the caller's.
        let kinds = [ErrorKind::UnknownTenant, ErrorKind::PermissionDenied];
        assert!(kinds.contains(&error.kind()), "{error}");
        assert!(error.to_string().contains(nobody), "{error}");
    }

    let huge = "x".repeat(21 * 1024 * 1024);
    let error = call!(admin.set(&name, "pay.banner", huge)).expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert!(error.to_string().len() < 1_000, "{error}");

    let hasty = hasty(target, &id);
    let refused = loop {
        if let Err(error) = call!(hasty.get_all(&name)) {
            break error;
        }
    };
    assert_eq!(refused.kind(), ErrorKind::RateLimited);
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(1)));
    // The others have patience.
    for _ in 0..30 {
        call!(client(target, Role::User, &id).get_all(&name)).expect("after a while");
    }
}

#[derive(Debug, DecreeConfig)]
struct Pay {
    #[decree(key = "pay.fee", default = 0.01)]
    fee: f64,
    #[decree(key = "pay.banner")]
    banner: Option<String>,
}

/// A struct follows what is written.
pub async fn a_struct_follows_what_is_written(target: &impl Target) {
    let Tenant { name, id } = target.plain_tenant("live").await;
    let admin = client(target, Role::Admin, &id);
    let user = client(target, Role::User, &id);
    let mut live = call!(user.live::<Pay>(&name)).expect("readable");
    assert_eq!((live.load().fee, live.version()), (0.01, 0));
    let write = Write::new().set("pay.fee", 0.5).set("pay.banner", "hi");
    let version = call!(admin.write(&name, write)).expect("written");
    while live.version() < version {
        call!(live.changed()).expect("the watch goes on");
    }
    assert_eq!((live.load().fee, live.load().banner.as_deref()), (0.5, Some("hi")));
    let once: Pay = call!(user.read(&name)).expect("read").decode().expect("it fits");
    assert_eq!(once.fee, 0.5);
    call!(live.shutdown());
}

/// Fields that are named while the program runs follow what is written, whoever it is.
pub async fn fields_follow_what_is_written(target: &impl Target) {
    let Tenant { name, id } = target.plain_tenant("fields").await;
    let admin = client(target, Role::Admin, &id);
    let user = client(target, Role::User, &id);
    let watcher = user.watch(&name).expect("a sound name");
    let fee = watcher.field("pay.fee", 0.01);
    assert_eq!((fee.get(), fee.is_set(), watcher.version()), (0.01, false, 0));
    call!(watcher.start()).expect("readable");
    assert!(!fee.is_set());
    // The same again, and another one, after the start.
    let again = watcher.field("pay.fee", 0.02);
    assert_eq!(again.get(), 0.02, "its own default");
    let banner = watcher.field("pay.banner", None::<String>);

    let mut changes = fee.changes();
    let (told, heard) = std::sync::mpsc::channel();
    let guard = again.on_change(move |change| {
        // Nobody listens any more when the test is over.
        let _gone = told.send((*change.old, *change.new));
    });
    let write = Write::new().set("pay.fee", 0.5).set("pay.banner", "hi");
    let version = call!(admin.write(&name, write)).expect("written");
    let change = call!(changes.next()).expect("the watch goes on");
    assert_eq!((*change.old, *change.new, change.new.version()), (0.01, 0.5, version));
    assert_eq!(heard.recv_timeout(Duration::from_secs(60)), Ok((0.02, 0.5)));
    let deadline = Duration::from_secs(60);
    let start = tokio::time::Instant::now();
    while banner.get().is_none() || !fee.is_set() {
        assert!(start.elapsed() < deadline, "{:?}", banner.status());
        std::thread::yield_now();
    }
    assert_eq!(banner.get().as_deref(), Some("hi"));
    assert_eq!(watcher.version(), version);

    // Null is the default, and a change.
    call!(admin.set_null(&name, "pay.fee")).expect("written");
    let change = call!(changes.next()).expect("the watch goes on");
    assert_eq!((*change.old, *change.new), (0.5, 0.01));
    assert!(!fee.is_set());
    drop(guard);
    call!(user.close());
    assert!(call!(changes.next()).is_none());
    assert_eq!(fee.get(), 0.01, "the last value stays");
}

/// What the server says about itself.
pub async fn the_server_says_what_it_is(target: &impl Target) {
    let Tenant { id, .. } = target.plain_tenant("info").await;
    let client = client(target, Role::User, &id);
    let info = call!(client.server_info()).expect("no rights are needed");
    assert!(info.features.get("config").copied().unwrap_or_default(), "{info:?}");
}
