// Values of every kind, and what is none.

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
