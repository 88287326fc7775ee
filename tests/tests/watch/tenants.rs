//! What changes without a new version: the tenant, its name, and what of it is secret.

use std::time::Duration;

use decree_dev::DevServer;
use decree_runtime::{Live, Phase, Problem};
use tokio::time::{sleep, timeout};

use crate::{
    PUSHED, Pay, SECOND_LOOK, TICK, client, follows, is_pushed, pay, says, server, set_fee, settle,
    shows_fee, watch,
};

/// A schema of the fee alone.
fn schema(fee: &str) -> String {
    format!("spec_version: v1\nname: pay\nfields:\n  pay.fee: {{ {fee} }}\n")
}

async fn at_five() -> (DevServer, Live<Pay>) {
    let server = server().await;
    let mut live = pay(&server).await;
    is_pushed(&server, &mut live, 5).await;
    sleep(TICK + TICK).await;
    (server, live)
}

fn change_schema(server: &DevServer, fee: &str) {
    server.change_schema("acme", &schema(fee)).expect("changed");
}

#[tokio::test(start_paused = true)]
async fn a_field_that_becomes_secret_is_rejected_and_comes_back() {
    let (server, mut live) = at_five().await;
    change_schema(&server, "type: integer, nullable: true, sensitive: true");
    let rejected = says(&live, TICK + SECOND_LOOK, |it| it.rejection.is_some());
    let status = rejected.await;
    assert_eq!(
        (status.phase, status.version, status.seen),
        (Phase::Following, 1, 1)
    );
    let rejection = status.rejection.expect("it is rejected");
    assert_eq!(rejection.error.fields()[0].problem(), &Problem::Redacted);
    assert_eq!(rejection.blames[0].since, 1);
    sleep(Duration::from_secs(600)).await;
    assert_eq!(live.load().fee, 5, "the last good one");
    assert!(live.status().staleness() < TICK);

    change_schema(&server, "type: integer, nullable: true");
    says(&live, TICK + SECOND_LOOK, |it| it.rejection.is_none()).await;
    assert_eq!((live.load().fee, live.version()), (5, 1));
    // No stream tells of that, so none is suspected.
    sleep(Duration::from_secs(10)).await;
    assert_eq!(follows(&live, PUSHED).await.reconnects, 0);
    is_pushed(&server, &mut live, 6).await;
}

#[tokio::test(start_paused = true)]
async fn a_field_that_changes_its_type_is_rejected_and_comes_back() {
    let (server, mut live) = at_five().await;
    change_schema(&server, "type: string, nullable: true");
    let rejected = says(&live, TICK + SECOND_LOOK, |it| it.rejection.is_some());
    let rejection = rejected.await.rejection.expect("it is rejected");
    let problem = rejection.error.fields()[0].problem();
    assert!(matches!(problem, Problem::Mismatch(_)), "{problem}");
    assert_eq!(live.load().fee, 5);
    change_schema(&server, "type: integer, nullable: true");
    says(&live, TICK + SECOND_LOOK, |it| it.rejection.is_none()).await;
    follows(&live, PUSHED).await;
    is_pushed(&server, &mut live, 6).await;
}

/// Versions are listed as before for a tenant that is gone.
#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_deleted_is_missed_by_name_and_by_id() {
    // What the server says of a name that it does not know, and of an id.
    for (by_id, code) in [(false, "INVALID_ARGUMENT"), (true, "NOT_FOUND")] {
        let server = server().await;
        let id = server.tenant_id("acme").expect("it exists");
        let asked = if by_id { &*id } else { "acme" };
        let live: Live<Pay> = watch(&client(&server), asked).await;
        sleep(TICK + TICK).await;
        server.delete_tenant("acme").expect("deleted");
        let status = says(&live, TICK, |it| it.phase == Phase::Recovering).await;
        let trouble = status.trouble.expect("it is missed");
        assert_eq!(trouble.code, Some(code), "{trouble:?}");
        sleep(Duration::from_secs(600)).await;
        let status = live.status();
        assert_eq!(
            (status.phase, status.history_restarts),
            (Phase::Recovering, 0)
        );
        assert_eq!((live.load().fee, live.version()), (0, 0));
        assert!(status.staleness() >= Duration::from_secs(600));
    }
}

/// Nobody is left who could be meant by the name but the new one.
#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_created_again_is_followed_by_its_name() {
    for gap in [0, 600] {
        let (server, mut live) = at_five().await;
        let old = server.tenant_id("acme").expect("it exists");
        server.delete_tenant("acme").expect("deleted");
        server.add_tenant("other", "acme").expect_err("it is gone");
        sleep(Duration::from_secs(gap)).await;
        let created = server.create(&schema("type: integer, nullable: true"), "acme");
        assert_ne!(created.expect("created"), old);
        set_fee(&server, 8);
        shows_fee(&mut live, 8, TICK).await;
        let status = follows(&live, TICK).await;
        assert_eq!((status.history_restarts, status.version), (1, 1));
        // The stream is still that of the old one.
        set_fee(&server, 9);
        shows_fee(&mut live, 9, TICK).await;
        sleep(TICK).await;
        is_pushed(&server, &mut live, 10).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_renamed_is_missed_by_its_name_and_not_by_its_id() {
    let server = server().await;
    let id = server.tenant_id("acme").expect("it exists");
    let client = client(&server);
    let mut by_id: Live<Pay> = watch(&client, &id).await;
    let mut by_name: Live<Pay> = watch(&client, "acme").await;
    sleep(TICK + TICK).await;
    server.rename_tenant("acme", "globex").expect("renamed");
    let missed = says(&by_name, TICK, |it| it.phase == Phase::Recovering);
    let trouble = missed.await.trouble.expect("it is missed");
    assert_eq!(trouble.code, Some("INVALID_ARGUMENT"), "{trouble:?}");
    server.set("globex", "pay.fee", "7").expect("written");
    shows_fee(&mut by_id, 7, PUSHED).await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(by_id.status().phase, Phase::Following);
    assert_eq!(by_name.load().fee, 0);
    server.rename_tenant("globex", "acme").expect("renamed");
    shows_fee(&mut by_name, 7, TICK).await;
    for live in [&by_id, &by_name] {
        assert_eq!(follows(live, TICK).await.history_restarts, 0);
    }
    is_pushed(&server, &mut by_name, 8).await;
}

/// Nobody is moved to another tenant's settings by a name while his own are still there.
#[tokio::test(start_paused = true)]
async fn a_name_that_another_tenant_takes_is_followed_when_the_first_is_gone() {
    let (server, mut live) = at_five().await;
    server.rename_tenant("acme", "old").expect("renamed");
    server.add_tenant("acme", "old").expect("created");
    set_fee(&server, 9);
    let status = says(&live, TICK, |it| it.phase == Phase::Displaced).await;
    assert_eq!((status.version, status.history_restarts), (1, 0));
    for _ in 0..60 {
        sleep(Duration::from_secs(10)).await;
        assert_eq!((live.load().fee, live.version()), (5, 1));
        assert_eq!(live.status().phase, Phase::Displaced);
    }
    assert!(live.status().staleness() > Duration::from_secs(600));
    server.delete_tenant("old").expect("deleted");
    shows_fee(&mut live, 9, TICK).await;
    let status = follows(&live, TICK).await;
    assert_eq!((status.history_restarts, status.version), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_given_back_means_what_it_meant() {
    let (server, mut live) = at_five().await;
    server.rename_tenant("acme", "old").expect("renamed");
    server.add_tenant("acme", "old").expect("created");
    says(&live, TICK, |it| it.phase == Phase::Displaced).await;
    server.delete_tenant("acme").expect("deleted");
    server.rename_tenant("old", "acme").expect("renamed");
    let status = follows(&live, TICK).await;
    assert_eq!((status.history_restarts, status.version), (0, 1));
    is_pushed(&server, &mut live, 6).await;
}

/// Whoever begins while another tenant has the name shows what all show who follow the first, also
/// when nobody had noticed.
#[tokio::test(start_paused = true)]
async fn who_begins_while_another_has_the_name_shows_what_all_show() {
    for noticed in [true, false] {
        let server = server().await;
        let client = client(&server);
        let mut first: Live<Pay> = watch(&client, "acme").await;
        is_pushed(&server, &mut first, 5).await;
        sleep(TICK + TICK).await;
        server.rename_tenant("acme", "old").expect("renamed");
        server.add_tenant("acme", "old").expect("created");
        set_fee(&server, 9);
        if noticed {
            says(&first, TICK, |it| it.phase == Phase::Displaced).await;
        }
        let mut late: Live<Pay> = client.live("acme").await.expect("readable");
        shows_fee(&mut late, 5, PUSHED).await;
        let watcher = client.watch("acme").expect("a name");
        watcher.start().await.expect("readable");
        let field = watcher.field("pay.fee", 0);
        settle().await;
        assert_eq!((field.get(), field.status().phase), (5, Phase::Displaced));
        assert_eq!(watcher.status().phase, Phase::Displaced);
        for (live, restarts) in [(&first, 0), (&late, 1)] {
            let status = live.status();
            let is = (live.load().fee, status.phase, status.history_restarts);
            assert_eq!(is, (5, Phase::Displaced, restarts), "{noticed}");
        }

        server.delete_tenant("old").expect("deleted");
        for (live, restarts) in [(&mut first, 1), (&mut late, 2)] {
            shows_fee(live, 9, TICK).await;
            assert_eq!(follows(live, TICK).await.history_restarts, restarts);
        }
        assert_eq!(field.get(), 9);
    }
}

/// What a newcomer finds behind the name is shown to all at once, if the one before is gone.
#[tokio::test(start_paused = true)]
async fn who_begins_with_the_heir_keeps_it_and_shows_it_to_all() {
    let server = server().await;
    let client = client(&server);
    let mut first: Live<Pay> = watch(&client, "acme").await;
    is_pushed(&server, &mut first, 5).await;
    sleep(TICK + TICK).await;
    server.add_tenant("mold", "acme").expect("created");
    server.delete_tenant("acme").expect("deleted");
    server.add_tenant("acme", "mold").expect("created");
    set_fee(&server, 9);
    let mut late: Live<Pay> = client.live("acme").await.expect("readable");
    shows_fee(&mut first, 9, PUSHED).await;
    assert_eq!(late.load().fee, 9);
    let changed = timeout(TICK, late.changed()).await;
    assert!(changed.is_err(), "it shows that from its first moment on");
    follows(&late, PUSHED).await;
}
