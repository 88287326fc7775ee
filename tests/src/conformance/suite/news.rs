// Who follows what is written, and what the server is.

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
