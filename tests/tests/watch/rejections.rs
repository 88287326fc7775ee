//! Versions that do not fit: who is to blame, and what it costs.

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{EventFault, Fault, Garbage},
};
use decree_runtime::{DecreeConfig, Live, Phase, Role};
use decree_tests::pipe::over_pipe;
use tokio::time::sleep;

use crate::{PUSHED, TICK, calls_during, client, follows, says, server, shows, watch};

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
struct Narrow {
    #[decree(default = 0)]
    fee: i8,
    #[decree(default = 0)]
    retries: i64,
}

/// A tenant at version 10 that is followed.
async fn at_ten() -> (DevServer, Live<Narrow>) {
    let server = server().await;
    for fee in 1..=10 {
        let fee = fee.to_string();
        server.set("acme", "pay.fee", &fee).expect("written");
    }
    let live = watch(&client(&server), "acme").await;
    sleep(TICK).await;
    (server, live)
}

/// Writes under a name.
async fn write(server: &DevServer, who: &str, path: &str, value: i64) {
    let writer = over_pipe(server).subject(who).role(Role::Admin).build();
    let writer = writer.expect("sound options");
    writer.set("acme", path, value).await.expect("written");
}

const STORY: &str =
    "version 12 was rejected, version 10 stays; `pay.fee` is bad since version 11, by alice";

#[tokio::test(start_paused = true)]
async fn who_wrote_the_bad_value_is_to_blame_and_not_who_wrote_last() {
    let (server, mut live) = at_ten().await;
    write(&server, "alice", "pay.fee", 300).await;
    says(&live, PUSHED, |it| it.rejection.is_some()).await;
    write(&server, "bob", "pay.retries", 3).await;
    let status = says(&live, PUSHED, |it| it.seen == 12).await;
    assert_eq!((status.phase, status.version), (Phase::Following, 10));
    let status = says(&live, PUSHED, |it| {
        it.rejection
            .as_ref()
            .is_some_and(|it| it.error.version() == 12)
    });
    let rejection = status.await.rejection.expect("it is rejected");
    assert_eq!(
        (rejection.stays, rejection.to_string()),
        (10, STORY.to_owned())
    );
    let blame = &rejection.blames[0];
    assert_eq!((blame.since, blame.after), (11, 10));
    assert_eq!(blame.suspects[0].1.by, "alice");
    // It does not become bob with time.
    sleep(Duration::from_secs(600)).await;
    let rejection = live.status().rejection.expect("it stands");
    assert_eq!(rejection.to_string(), STORY);
    assert_eq!((live.load().fee, live.load().retries), (10, 0));

    write(&server, "carol", "pay.fee", 30).await;
    shows(&mut live, PUSHED, |pay| (pay.fee, pay.retries) == (30, 3)).await;
    assert!(follows(&live, PUSHED).await.rejection.is_none());
    assert_eq!(live.load().written().expect("known").by, "carol");
}

/// A version that was announced and lost had a number that the next one gets.
#[tokio::test(start_paused = true)]
async fn who_wrote_a_version_that_was_lost_did_not_write_the_next() {
    let (server, mut live) = at_ten().await;
    server.misbehave(|faults| {
        let lost = EventFault::Garbage(Garbage::Version(12));
        faults.events = Fault::Next(1, lost);
    });
    write(&server, "alice", "pay.retries", 1).await;
    shows(&mut live, PUSHED, |pay| pay.retries == 1).await;
    assert_eq!(live.status().announced, 12);
    says(&live, TICK, |it| it.announced == 11).await;
    write(&server, "bob", "pay.retries", 2).await;
    shows(&mut live, PUSHED, |pay| pay.retries == 2).await;
    assert_eq!(live.version(), 12);
    sleep(TICK).await;
    assert_eq!(live.load().written().expect("known").by, "bob");
}

/// Nothing tells which of two versions it was that were never looked at one by one.
#[tokio::test(start_paused = true)]
async fn who_wrote_what_was_skipped_is_suspect() {
    let (server, live) = at_ten().await;
    server.misbehave(|faults| faults.events = Fault::Next(1, EventFault::Drop));
    write(&server, "alice", "pay.fee", 300).await;
    write(&server, "bob", "pay.retries", 3).await;
    let named = says(&live, PUSHED, |it| {
        let rejection = it.rejection.as_ref();
        rejection.is_some_and(|it| it.blames[0].suspects.len() == 2)
    });
    let rejection = named.await.rejection.expect("it is rejected");
    assert_eq!(
        rejection.to_string(),
        "version 12 was rejected, version 10 stays; \
         `pay.fee` is bad since version 12 or one after 10, by alice or bob"
    );
}

/// It is looked at once a tick, because what makes it fit may have no event: not at every word about
/// it, and not because more was seen than is shown.
#[tokio::test(start_paused = true)]
async fn a_rejected_version_is_read_once_a_tick() {
    let (server, mut live) = at_ten().await;
    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Duplicate));
    server.set("acme", "pay.fee", "300").expect("written");
    says(&live, PUSHED, |it| it.rejection.is_some()).await;
    let probes = server.calls("ListVersions");
    let hour = sleep(Duration::from_secs(3_600));
    let reads = calls_during(&server, "GetConfig", hour).await;
    let ticks = server.calls("ListVersions") - probes;
    assert!(reads <= ticks + 1, "{reads} reads in {ticks} ticks");
    assert!(reads <= 135, "{reads}");
    let status = live.status();
    assert_eq!(
        (status.phase, status.version, status.seen),
        (Phase::Following, 10, 11)
    );
    server.set("acme", "pay.fee", "3").expect("written");
    shows(&mut live, PUSHED, |pay| pay.fee == 3).await;
    follows(&live, PUSHED).await;
}
