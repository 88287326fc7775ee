//! A process of the server that knows the types of an old schema, and goes on knowing them.

use std::{sync::atomic::Ordering, time::Duration};

use decree_dev::DevServer;
use decree_runtime::{DecreeConfig, Live, Phase, Problem};
use tokio::time::sleep;

use crate::{
    PUSHED, SECOND_LOOK, TICK, calls_during, client, counting, follows, says, server, settle,
    shows, watch,
};

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
struct Grown {
    #[decree(default = 0)]
    fee: i64,
    /// Not in the schema that the server starts with.
    #[decree(default = 0)]
    tax: i64,
    banner: Option<String>,
}

/// The schema with a new field, and with a banner of this type.
fn upgrade(server: &DevServer, tax: &str, banner: &str) {
    let fields = [
        "pay.fee: { type: integer, nullable: true }",
        "pay.retries: { type: integer, nullable: true }",
        "pay.limit: { type: integer, nullable: true }",
        &format!("pay.banner: {{ type: {banner}, nullable: true }}"),
        &format!("pay.tax: {{ type: {tax}, nullable: true }}"),
    ]
    .join("\n  ");
    let schema = format!("spec_version: v1\nname: pay\nfields:\n  {fields}\n");
    server.change_schema("acme", &schema).expect("changed");
}

/// Changes of the schema are unknown to reads from now on.
fn go_stale(server: &DevServer) {
    server.misbehave(|faults| faults.stale_types = true);
}

/// What does not fit makes the watch look at the schema. Other content of the same version is looked
/// at twice.
const EXPLAINED: Duration = SECOND_LOOK;

/// The text of the integer is there, and the schema says what it is.
#[tokio::test(start_paused = true)]
async fn a_new_field_is_read_as_the_schema_says_at_once() {
    let server = server().await;
    let mut live: Live<Grown> = watch(&client(&server), "acme").await;
    sleep(TICK).await;
    go_stale(&server);
    upgrade(&server, "integer", "string");
    server.set("acme", "pay.tax", "77").expect("written");
    shows(&mut live, EXPLAINED, |it| it.tax == 77).await;
    let status = follows(&live, PUSHED).await;
    assert!(status.rejection.is_none() && status.reconnects == 0);
    // It stays so, on the same connection, and other fields go on.
    server.set("acme", "pay.fee", "5").expect("written");
    shows(&mut live, PUSHED, |it| it.fee == 5).await;
    sleep(Duration::from_secs(900)).await;
    let status = follows(&live, PUSHED).await;
    assert!(status.rejection.is_none() && status.reconnects == 0);
    assert_eq!(live.load().tax, 77);
    // And so it is for who starts now.
    let late: Live<Grown> = watch(&client(&server), "acme").await;
    assert_eq!(late.load().tax, 77);
}

#[tokio::test(start_paused = true)]
async fn a_new_field_of_a_type_that_the_struct_does_not_have_is_one_clear_error() {
    let server = server().await;
    let mut live: Live<Grown> = watch(&client(&server), "acme").await;
    go_stale(&server);
    upgrade(&server, "bool", "string");
    let version = server.set("acme", "pay.tax", "true").expect("written");
    let rejected = says(&live, PUSHED, |it| it.rejection.is_some()).await;
    let rejection = rejected.rejection.expect("it is rejected");
    let [field] = rejection.error.fields() else {
        panic!("one error: {rejection}");
    };
    assert_eq!(field.path(), "pay.tax");
    assert!(matches!(field.problem(), Problem::Mismatch(_)), "{field}");
    assert_eq!((rejection.blames[0].since, rejection.stays), (version, 0));
    // It is looked at once a tick, on the connection that there is.
    let reads = calls_during(&server, "GetConfig", sleep(Duration::from_secs(600))).await;
    assert!((17..=24).contains(&reads), "{reads}");
    let status = live.status();
    assert_eq!((status.phase, status.reconnects), (Phase::Following, 0));
    let still = status.rejection.expect("it stands");
    assert_eq!(still.blames, rejection.blames, "the same");

    server.behave();
    upgrade(&server, "integer", "string");
    server.set("acme", "pay.tax", "4").expect("written");
    shows(&mut live, PUSHED, |it| it.tax == 4).await;
    assert!(follows(&live, PUSHED).await.rejection.is_none());
}

/// A type that changed reads as zero there. Another process may know better, and one is looked for
/// every few minutes.
#[tokio::test(start_paused = true)]
async fn a_changed_type_is_looked_for_at_another_process_every_five_minutes() {
    let server = server().await;
    upgrade(&server, "integer", "integer");
    server.set("acme", "pay.fee", "5").expect("written");
    let (client, dials) = counting(&server);
    let mut live: Live<Grown> = watch(&client, "acme").await;
    go_stale(&server);
    upgrade(&server, "integer", "string");
    server.set("acme", "pay.banner", "hello").expect("written");
    let rejected = says(&live, EXPLAINED, |it| {
        let rejection = it.rejection.as_ref();
        rejection.is_some_and(|it| it.error.fields()[0].problem() == &Problem::StaleTypes)
    });
    let rejection = rejected.await.rejection.expect("it is rejected");
    let text = format!("{rejection}: {}", rejection.error);
    assert!(
        text.contains("`pay.banner`") && text.contains("old schema"),
        "{text}"
    );

    // The first is looked for at once.
    let before = dials.load(Ordering::SeqCst);
    assert_eq!(live.status().reconnects, 0);
    says(&live, Duration::from_secs(6), |it| it.reconnects == 1).await;
    for minutes in 1..=60_u32 {
        sleep(Duration::from_secs(60)).await;
        let status = live.status();
        // A wait has 4 to 6 minutes.
        assert!(
            status.reconnects <= 1 + minutes / 4,
            "{minutes}: {status:?}"
        );
        assert!(status.rejection.is_some());
        assert_eq!(
            (live.load().fee, live.version()),
            (5, 1),
            "the last good one"
        );
    }
    let status = live.status();
    assert!(status.reconnects >= 10, "{status:?}");
    assert!(status.staleness() < TICK, "it is read at every tick");
    let dialed = dials.load(Ordering::SeqCst) - before;
    assert_eq!(
        dialed,
        2 * u64::from(status.reconnects),
        "calls and streams"
    );

    server.behave();
    shows(&mut live, TICK, |it| it.banner.as_deref() == Some("hello")).await;
    let status = follows(&live, TICK).await;
    assert!(status.rejection.is_none());
    sleep(Duration::from_secs(900)).await;
    assert_eq!(
        live.status().reconnects,
        status.reconnects,
        "it stays there"
    );
    settle().await;
}

/// Two that begin on one client look for another process together, and do not take each other's
/// connections away.
#[tokio::test(start_paused = true)]
async fn two_that_begin_leave_a_process_with_old_types_as_often_as_one() {
    let server = server().await;
    upgrade(&server, "integer", "integer");
    go_stale(&server);
    upgrade(&server, "integer", "string");
    server.set("acme", "pay.banner", "hello").expect("written");
    // Half a minute, with half a second to one and a half between.
    for (starters, most) in [(1, 50), (2, 50)] {
        let (client, dials) = counting(&server);
        let starts = (0..starters).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.live::<Grown>("acme").await.map(drop) })
        });
        for start in starts.collect::<Vec<_>>() {
            start.await.expect("no panic").expect_err("no process fits");
        }
        let dialed = dials.load(Ordering::SeqCst);
        assert!((20..=most).contains(&dialed), "{starters}: {dialed}");
    }
}
