//! What a struct demands of its values, over the whole stack: versions that are rejected, bad fields
//! that keep their last good values, and fields that stay what they were at the start.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod support;

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{EventFault, Fault},
};
use decree_runtime::{
    Client, Constraint, DecreeConfig, Error, ErrorKind, FieldError, Live, Phase, Problem,
    Rejection, Status,
};
use support::{client, server, settle, soon};
use tokio::time::{sleep, timeout};

/// What nobody announces shows within it: the longest time between two probes, and a little more.
const TICK: Duration = Duration::from_secs(34);

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay", validate = Pay::check)]
struct Pay {
    #[decree(default = 1, min = 0, max = 100)]
    fee: i64,
    #[decree(default = 3, one_of = [1, 3, 5], validate = not_five)]
    retries: i64,
    #[decree(default = 100)]
    limit: i64,
    #[decree(max_len = 5, pattern = "^[a-z]+$")]
    banner: Option<String>,
}

impl Pay {
    fn check(&self) -> Result<(), String> {
        if self.fee <= self.limit {
            Ok(())
        } else {
            Err(format!("a fee of {} is above the limit", self.fee))
        }
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    reason = "a validator is called so"
)]
fn not_five(retries: &i64) -> Result<(), &'static str> {
    assert_ne!(*retries, 5, "five is too much for me");
    Ok(())
}

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
struct Pinned {
    #[decree(default = 1, min = 0, restart)]
    fee: i64,
    #[decree(default = 3)]
    retries: i64,
}

fn set(server: &DevServer, path: &str, value: &str) -> i32 {
    server.set("acme", path, value).expect("written")
}

/// Waits until the status is as it should be.
async fn says<C>(live: &Live<C>, within: Duration, what: impl Fn(&Status) -> bool) -> Status {
    let mut changes = live.status_changes();
    let said = timeout(within, async {
        while let Some(status) = changes.next().await {
            if what(&status) {
                return status;
            }
        }
        unreachable!("the watch goes on")
    });
    let said = said.await;
    said.unwrap_or_else(|_| panic!("not within {within:?}: {:#?}", live.status()))
}

/// Waits until a version was looked at, and is shown or rejected.
async fn decides<C>(live: &Live<C>, version: i32) -> Status {
    let decided = says(live, TICK, |status| {
        let rejected = status.rejection.as_ref();
        status.version == version || rejected.is_some_and(|it| it.error.version() == version)
    });
    let _decided = decided.await;
    // Whether a version is shown with a rejection is told a moment later.
    settle().await;
    live.status()
}

/// Writes, and waits until that was looked at.
async fn moves<C>(server: &DevServer, live: &Live<C>, path: &str, value: &str) -> Status {
    let version = set(server, path, value);
    decides(live, version).await
}

fn rejection(status: &Status) -> &Rejection {
    status.rejection.as_deref().expect("it is rejected")
}

fn bad(status: &Status) -> Vec<&str> {
    let fields = rejection(status).error.fields().iter();
    fields.map(FieldError::path).collect()
}

/// Fee, retries and limit.
fn shown(live: &Live<Pay>) -> (i64, i64, i64) {
    live.with(|pay| (pay.fee, pay.retries, pay.limit))
}

#[tokio::test(start_paused = true)]
async fn a_start_names_every_field_that_violates_something() {
    let server = server().await;
    for (path, value) in [
        ("pay.fee", "101"),
        ("pay.retries", "5"),
        ("pay.banner", "TOO LONG"),
    ] {
        set(&server, path, value);
    }
    let started: Result<Live<Pay>, Error> = client(&server).live("acme").await;
    let error = started.expect_err("it does not fit");
    assert_eq!(error.kind(), ErrorKind::Rejected);
    let story = std::error::Error::source(&error).expect("why").to_string();
    assert_eq!(
        story,
        "version 3 does not fit `Pay`:\n  \
         `pay.fee`: expected at most 100, found integer 101; \
         set another value on the server, or change what the struct demands\n  \
         `pay.retries`: integer 5 is refused: it panicked: assertion `left != right` failed: \
         five is too much for me\n  left: 5\n right: 5, from `not_five`; \
         set another value on the server, or change what the struct demands\n  \
         `pay.banner`: expected at most 5 characters and a match of `^[a-z]+$`, \
         found string \"TOO LONG\"; \
         set another value on the server, or change what the struct demands"
    );
    // Nothing was good before, so there is nothing to keep.
    let kept = client(&server).live::<Pay>("acme").keep_bad_fields().await;
    assert_eq!(kept.expect_err("nor this").kind(), ErrorKind::Rejected);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_violates_something_is_rejected_and_heals() {
    let server = server().await;
    set(&server, "pay.fee", "10");
    let live: Live<Pay> = client(&server).live("acme").await.expect("it fits");
    settle().await;
    let status = moves(&server, &live, "pay.fee", "-1").await;
    assert_eq!((status.version, bad(&status)), (1, vec!["pay.fee"]));
    let problem = rejection(&status).error.fields()[0].problem();
    let expected = Problem::Violated {
        constraints: vec![Constraint::Min("0".to_owned())],
        found: "integer -1".to_owned(),
    };
    assert_eq!(problem, &expected);
    assert_eq!(shown(&live), (10, 3, 100));
    let status = moves(&server, &live, "pay.fee", "20").await;
    assert_eq!((status.rejection, shown(&live)), (None, (20, 3, 100)));
}

#[tokio::test(start_paused = true)]
async fn what_the_whole_refuses_blames_no_field_and_heals() {
    let server = server().await;
    set(&server, "pay.fee", "10");
    let live: Live<Pay> = client(&server).live("acme").await.expect("it fits");
    settle().await;
    let status = moves(&server, &live, "pay.limit", "5").await;
    let refused = rejection(&status);
    assert_eq!(
        refused.to_string(),
        "version 2 was rejected, version 1 stays"
    );
    assert_eq!(refused.blames, []);
    let refusal = &refused.error.refusals()[0];
    let reason = "a fee of 10 is above the limit";
    assert_eq!(
        (refusal.validator(), refusal.reason()),
        ("Pay::check", reason)
    );
    assert!(refused.error.to_string().contains(reason));
    // It is looked at once a tick, and stays the same.
    sleep(3 * TICK).await;
    assert_eq!(rejection(&live.status()), refused);
    let status = moves(&server, &live, "pay.fee", "4").await;
    assert_eq!((status.rejection, shown(&live)), (None, (4, 3, 5)));
}

async fn keeping(server: &DevServer) -> Live<Pay> {
    set(server, "pay.fee", "10");
    let live = client(server).live("acme").keep_bad_fields().await;
    settle().await;
    live.expect("it fits")
}

#[tokio::test(start_paused = true)]
async fn a_bad_field_keeps_its_last_good_value_and_the_rest_is_applied() {
    let server = server().await;
    let live = keeping(&server).await;
    moves(&server, &live, "pay.fee", "20").await;
    let version = server.set_many("acme", &[("pay.fee", "-1"), ("pay.banner", "hello")]);
    decides(&live, version.expect("written")).await;
    let status = moves(&server, &live, "pay.limit", "50").await;
    assert_eq!((live.version(), shown(&live)), (4, (20, 3, 50)));
    assert_eq!((status.phase, status.version), (Phase::Following, 4));
    assert_eq!(live.load().banner.as_deref(), Some("hello"));
    let story = rejection(&status).to_string();
    assert!(
        story.starts_with(
            "version 4 is shown without its bad fields; `pay.fee` is bad since version 3"
        ) && story.ends_with("and keeps its value of version 2"),
        "{story}"
    );
    assert_eq!(
        (rejection(&status).stays, bad(&status)),
        (4, vec!["pay.fee"])
    );
    // A second one, since then.
    let status = moves(&server, &live, "pay.retries", "2").await;
    let blames = rejection(&status).blames.iter();
    let blames: Vec<_> = blames
        .map(|it| (it.error.path(), it.since, it.kept))
        .collect();
    assert_eq!(
        blames,
        [("pay.fee", 3, Some(2)), ("pay.retries", 5, Some(4))]
    );
    assert_eq!((live.version(), shown(&live)), (5, (20, 3, 50)));
    // They heal one by one.
    let status = moves(&server, &live, "pay.fee", "30").await;
    assert_eq!(
        (bad(&status), shown(&live)),
        (vec!["pay.retries"], (30, 3, 50))
    );
    let status = moves(&server, &live, "pay.retries", "1").await;
    assert_eq!((status.rejection, shown(&live)), (None, (30, 1, 50)));
}

#[tokio::test(start_paused = true)]
async fn a_mixture_that_the_whole_refuses_is_rejected_as_a_whole() {
    let server = server().await;
    let live = keeping(&server).await;
    // The kept fee of 10 is above the new limit.
    moves(&server, &live, "pay.fee", "-1").await;
    let status = moves(&server, &live, "pay.limit", "5").await;
    let story = rejection(&status).error.to_string();
    assert!(
        story.contains("with older ones of `pay.fee`: a fee of 10 is above the limit"),
        "{story}"
    );
    assert_eq!(bad(&status), ["pay.fee"]);
    assert_eq!((status.version, shown(&live)), (2, (10, 3, 100)));
    assert_eq!(rejection(&status).blames[0].kept, None);
    let status = moves(&server, &live, "pay.limit", "15").await;
    assert_eq!((status.version, shown(&live)), (4, (10, 3, 15)));
    assert_eq!(rejection(&status).blames[0].kept, Some(1));
}

async fn pinned(server: &DevServer, client: &Client) -> Live<Pinned> {
    set(server, "pay.fee", "10");
    let live = client.live("acme").await.expect("it fits");
    settle().await;
    live
}

fn awaited(status: &Status) -> Vec<(&str, i32)> {
    let fields = status.restart.iter();
    fields.map(|field| (&*field.path, field.since)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_pinned_field_stays_while_the_rest_moves_on() {
    let server = server().await;
    let client = client(&server);
    let live = pinned(&server, &client).await;
    assert_eq!(live.status().restart, []);
    let status = moves(&server, &live, "pay.fee", "20").await;
    assert_eq!(
        (live.load().fee, awaited(&status)),
        (10, vec![("pay.fee", 2)])
    );
    assert_eq!(
        status.restart[0].to_string(),
        "`pay.fee` has another value since version 2, which a restart will show"
    );
    let status = moves(&server, &live, "pay.retries", "7").await;
    assert_eq!(
        (live.load().fee, live.load().retries, awaited(&status)),
        (10, 7, vec![("pay.fee", 2)])
    );
    // A program that starts now has the other value, and is at rest.
    let later: Live<Pinned> = client.live("acme").await.expect("it fits");
    assert_eq!((later.load().fee, later.status().restart), (20, vec![]));
    let status = moves(&server, &live, "pay.fee", "10").await;
    assert_eq!((live.load().fee, awaited(&status)), (10, vec![]));
    assert_eq!(awaited(&later.status()), [("pay.fee", 4)]);
}

#[tokio::test(start_paused = true)]
async fn a_value_that_a_restart_would_not_survive_rejects_the_version_now() {
    let server = server().await;
    let client = client(&server);
    let live = pinned(&server, &client).await;
    moves(&server, &live, "pay.fee", "-1").await;
    let status = moves(&server, &live, "pay.retries", "7").await;
    assert_eq!((status.version, bad(&status)), (1, vec!["pay.fee"]));
    assert_eq!(awaited(&status), [("pay.fee", 2)]);
    let status = moves(&server, &live, "pay.fee", "2").await;
    assert!(status.rejection.is_none());
    assert_eq!((live.load().fee, live.load().retries), (10, 7));
    assert_eq!(awaited(&status), [("pay.fee", 4)]);
}

/// A rewritten history is another one, in which the program has not been started anew.
#[tokio::test(start_paused = true)]
async fn a_pinned_field_outlives_its_history() {
    let server = server().await;
    let client = client(&server);
    let live = pinned(&server, &client).await;
    moves(&server, &live, "pay.fee", "20").await;
    let status = moves(&server, &live, "pay.retries", "7").await;
    assert_eq!(awaited(&status), [("pay.fee", 2)]);
    // Until it has been listed.
    sleep(2 * TICK).await;
    server.lose_versions("acme", 2).expect("lost");
    assert_eq!(set(&server, "pay.fee", "30"), 2);
    says(&live, 2 * TICK, |it| it.history_restarts == 1).await;
    settle().await;
    assert_eq!((live.load().fee, live.version()), (10, 2));
    assert_eq!(awaited(&live.status()), [("pay.fee", 2)]);
    let version = set(&server, "pay.fee", "10");
    assert_eq!(awaited(&decides(&live, version).await), []);
}

/// What is shown and what is said come from one look, also when nothing announces it.
#[tokio::test(start_paused = true)]
async fn what_no_event_tells_of_is_kept_and_pinned_too() {
    let server = server().await;
    let client = client(&server);
    let (kept, pinned) = (keeping(&server).await, pinned(&server, &client).await);
    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));
    set(&server, "pay.limit", "50");
    let version = set(&server, "pay.fee", "-1");
    let status = decides(&kept, version).await;
    assert_eq!((shown(&kept), bad(&status)), ((10, 3, 50), vec!["pay.fee"]));
    let status = decides(&pinned, version).await;
    assert_eq!(awaited(&status), [("pay.fee", version)]);
    server.misbehave(|faults| faults.events = Fault::Never);
    let version = set(&server, "pay.fee", "10");
    soon(says(&kept, TICK, |it| {
        it.version == version && it.rejection.is_none()
    }))
    .await;
    assert_eq!(awaited(&decides(&pinned, version).await), []);
}

/// Values of one tenant are nothing for another; the program is the same.
#[tokio::test(start_paused = true)]
async fn of_a_tenant_that_is_gone_only_what_is_pinned_stays() {
    let server = server().await;
    let client = client(&server);
    let (kept, pinned) = (keeping(&server).await, pinned(&server, &client).await);
    sleep(2 * TICK).await;
    server.delete_tenant("acme").expect("deleted");
    let schema = support::SEED.split("tenant:").next().expect("a schema");
    let schema = schema.replace("schema:\n", "").replace("\n  ", "\n");
    server.create(&schema, "acme").expect("created");
    server
        .set_many("acme", &[("pay.fee", "-1"), ("pay.limit", "7")])
        .expect("written");
    let status = says(&kept, 2 * TICK, |it| it.rejection.is_some()).await;
    assert_eq!(rejection(&status).blames[0].kept, None);
    assert_eq!(shown(&kept), (10, 3, 100));
    let status = moves(&server, &kept, "pay.fee", "5").await;
    assert_eq!((status.rejection, shown(&kept)), (None, (5, 3, 7)));
    // The other one is of another client, with ticks of its own.
    let other = |status: &Status| awaited(status) == [("pay.fee", 2)];
    says(&pinned, 2 * TICK, other).await;
    assert_eq!(pinned.load().fee, 10);
}
