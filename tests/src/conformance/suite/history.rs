// Whole reads, old versions, and how to come back to them.

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
