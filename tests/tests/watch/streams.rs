//! Streams that end, and how soon there is another.

use std::time::Duration;

use decree_dev::faults::{Answer, EventFault, Fault, rate_limited};
use decree_runtime::{Client, Live, Phase};
use decree_tests::six::Six;
use tokio::time::{Instant, sleep};
use tonic::Status;

use crate::{
    PUSHED, Pay, TICK, calls_during, client, follows, is_pushed, pay, server, set_fee, settle,
    shows, shows_fee, until, watch,
};

/// However often and in whatever way streams end, there is one at the end, not two, four, eight.
#[tokio::test(start_paused = true)]
async fn there_is_one_stream_however_often_it_ended() {
    let server = server().await;
    let mut live = pay(&server).await;
    for round in 1..=6 {
        until(Duration::from_secs(120), || server.subscribers() == 1).await;
        if round % 2 == 0 {
            server.fail_next("Subscribe", Status::unavailable("not now"));
        }
        server.end_subscriptions();
    }
    until(Duration::from_secs(120), || server.subscribers() == 1).await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(server.subscribers(), 1);
    let opened = server.calls("Subscribe");
    assert!(opened <= 12, "{opened}");
    let status = follows(&live, TICK).await;
    assert_eq!(u64::from(status.reconnects), opened - 1);
    is_pushed(&server, &mut live, 9).await;
    drop(live);
    until(PUSHED, || server.subscribers() == 0).await;
}

/// A server that accepts every stream and ends it is not flooded, and changes arrive all the same.
#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_closes_is_not_flooded() {
    let server = server().await;
    let mut live = pay(&server).await;
    let hour = calls_during(&server, "Subscribe", async {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3_600) {
            server.end_subscriptions();
            sleep(Duration::from_millis(100)).await;
        }
    });
    let attempts = hour.await;
    assert!(attempts <= 130, "{attempts} attempts in an hour");
    assert_eq!(live.status().phase, Phase::Following);
    set_fee(&server, 3);
    shows_fee(&mut live, 3, TICK).await;
    follows(&live, Duration::from_secs(45)).await;
}

/// The spread of reads that all make whose streams were cut, and the read.
const CROWD: Duration = Duration::from_secs(3);

/// A stream that is cut for the rate of its messages lost some: that is a reason to look, sooner
/// than any probe would.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_cut_for_the_rate_is_news() {
    let server = server().await;
    let mut live = pay(&server).await;
    sleep(Duration::from_secs(5)).await;
    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));
    set_fee(&server, 7);
    server.end_subscriptions_with(&rate_limited());
    shows_fee(&mut live, 7, CROWD).await;
    server.behave();
    // And no reason to climb a ladder, nor for alarm.
    for round in 1..=10 {
        until(Duration::from_secs(5), || server.subscribers() == 1).await;
        sleep(Duration::from_secs(2)).await;
        let status = live.status();
        assert_eq!((status.phase, status.reconnects), (Phase::Following, round));
        assert_eq!(status.trouble, None);
        server.end_subscriptions_with(&rate_limited());
    }
    until(Duration::from_secs(5), || server.subscribers() == 1).await;
    is_pushed(&server, &mut live, 8).await;
}

/// One that is refused at once has lost nothing.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_refused_for_the_rate_is_no_news() {
    let server = server().await;
    server.misbehave(|faults| {
        let refusal = Fault::Next(2, Answer::Fail(rate_limited()));
        faults.answers.insert("Subscribe", refusal);
    });
    let mut live: Live<Pay> = client(&server).live("acme").await.expect("readable");
    let reads = calls_during(&server, "GetConfig", async {
        // Two waits of a window that doubles: up to 5 and 9 s, and less than the first tick.
        until(Duration::from_secs(15), || server.subscribers() == 1).await;
    });
    assert_eq!(reads.await, 0);
    assert_eq!(server.calls("Subscribe"), 3);
    let status = live.status();
    assert_eq!((status.phase, status.reconnects), (Phase::Following, 2));
    settle().await;
    is_pushed(&server, &mut live, 7).await;
}

/// `GRPC_DEFAULT_TIMEOUT` of the real server cuts whatever comes without a deadline.
#[tokio::test(start_paused = true)]
async fn a_stream_outlives_the_default_timeout_of_the_server() {
    let server = server().await;
    server.misbehave(|faults| faults.default_timeout = Some(Duration::from_secs(5)));
    let mut live = pay(&server).await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(server.calls("Subscribe"), 1);
    assert_eq!(follows(&live, PUSHED).await.reconnects, 0);
    is_pushed(&server, &mut live, 7).await;
}

/// A server may allow fewer paths in a call than a struct has fields. Then its stream says all.
#[tokio::test(start_paused = true)]
async fn a_struct_of_more_fields_than_a_call_may_name_has_a_stream() {
    let server = server().await;
    let fields = Six::schema_fields();
    let schema = format!("spec_version: v1\nname: six\nfields:\n{fields}");
    server.create(&schema, "six").expect("created");
    server.misbehave(|faults| faults.longest_list = Some(5));
    let client: Client = client(&server);
    let mut live: Live<Six> = watch(&client, "six").await;
    assert_eq!(server.calls("Subscribe"), 2, "with paths, and without");
    let status = follows(&live, PUSHED).await;
    assert_eq!(status.last_trouble, None);
    server.set("six", "six.f", "7").expect("written");
    shows(&mut live, PUSHED, |six| six.values()[5] == 7).await;
    // It remembers.
    server.end_subscriptions();
    until(Duration::from_secs(5), || server.subscribers() == 1).await;
    settle().await;
    assert_eq!(server.calls("Subscribe"), 3);
    server.set("six", "six.a", "1").expect("written");
    shows(&mut live, PUSHED, |six| six.values()[0] == 1).await;
    follows(&live, PUSHED).await;
}

/// The end of the time that we give a stream is no trouble.
#[tokio::test(start_paused = true)]
async fn a_stream_that_had_its_time_is_followed_by_another_without_a_word() {
    let server = server().await;
    let mut live = pay(&server).await;
    sleep(Duration::from_secs(44 * 60)).await;
    assert_eq!(server.calls("Subscribe"), 1);
    // 45 to 75 minutes each.
    sleep(Duration::from_secs(256 * 60)).await;
    let opened = server.calls("Subscribe");
    assert!((5..=7).contains(&opened), "{opened}");
    until(PUSHED + PUSHED, || server.subscribers() == 1).await;
    settle().await;
    let status = follows(&live, PUSHED).await;
    assert_eq!(status.last_trouble, None);
    assert_eq!(u64::from(status.reconnects), opened - 1);
    is_pushed(&server, &mut live, 7).await;
}
