// What goes with a write, and what guards it.

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
