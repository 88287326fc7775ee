// What the server says no to.

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
