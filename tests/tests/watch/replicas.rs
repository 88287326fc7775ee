//! Reads that are answered by a replica which is behind, or by several that differ.

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{EventFault, Fault, Garbage, Lag, ReadFault},
};
use decree_runtime::{Live, Phase};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    PUSHED, Pay, SECOND_LOOK, TICK, calls_during, follows, is_pushed, pay, says, server, set_fee,
    shows_fee,
};

const LATE: Lag = Lag::Versions(1);

/// Who waits for what was announced starves while the writer goes on.
#[tokio::test(start_paused = true)]
async fn behind_a_late_replica_and_a_busy_writer_the_value_keeps_growing() {
    let server = server().await;
    let mut live = pay(&server).await;
    server.misbehave(|faults| faults.reads = Fault::Always(ReadFault::Late(LATE)));
    for fee in 1..=600 {
        set_fee(&server, fee);
        sleep(Duration::from_millis(100)).await;
        let shown = live.load().fee;
        assert!(shown >= fee - 2, "{shown} of {fee}");
        let status = live.status();
        assert_eq!(status.phase, Phase::Following);
        assert!(status.announced > status.seen, "and says so: {status:?}");
        assert!(status.staleness() < Duration::from_millis(300));
    }
    server.behave();
    shows_fee(&mut live, 600, Duration::from_secs(3)).await;
    assert_eq!(follows(&live, TICK).await.history_restarts, 0);
}

/// A version that was announced and does not exist is asked for a while, and then not any more.
#[tokio::test(start_paused = true)]
async fn a_version_that_never_comes_is_asked_for_ten_seconds() {
    let server = server().await;
    let mut live = pay(&server).await;
    server.misbehave(|faults| {
        let phantom = EventFault::Garbage(Garbage::Version(50));
        faults.events = Fault::Next(1, phantom);
    });
    let reads = calls_during(&server, "GetConfig", async {
        set_fee(&server, 1);
        shows_fee(&mut live, 1, PUSHED).await;
        sleep(Duration::from_secs(9)).await;
        let status = live.status();
        assert_eq!((status.seen, status.announced), (1, 50), "it says so");
        assert_eq!(status.phase, Phase::Following);
        sleep(Duration::from_secs(3)).await;
    });
    let reads = reads.await;
    assert!((3..=15).contains(&reads), "{reads} reads");
    // From then on as if nothing had been: at the tick after a new version, and each 4 to 6 min.
    let quiet = Duration::from_secs(600);
    let reads = calls_during(&server, "GetConfig", sleep(quiet)).await;
    assert!(reads <= 5, "{reads} reads");
    let status = follows(&live, PUSHED).await;
    assert_eq!((status.seen, status.announced), (1, 1));
    is_pushed(&server, &mut live, 2).await;
}

/// The number of a new version on the content of an old one looks like news. The first tick after
/// each version reads it again.
#[tokio::test(start_paused = true)]
async fn old_data_under_a_new_number_is_found_at_the_next_tick() {
    let server = server().await;
    let mut live = pay(&server).await;
    is_pushed(&server, &mut live, 1).await;
    sleep(TICK + TICK).await;
    server.misbehave(|faults| faults.reads = Fault::Next(1, ReadFault::Mislabelled(LATE)));
    let version = set_fee(&server, 2);
    let status = says(&live, PUSHED, |it| it.version == version).await;
    assert_eq!((live.load().fee, status.phase), (1, Phase::Following));
    let took = shows_fee(&mut live, 2, TICK + SECOND_LOOK).await;
    assert!(took > Duration::from_secs(1), "two looks: {took:?}");
    assert_eq!(live.version(), version);
    assert_eq!(follows(&live, PUSHED).await.history_restarts, 0);
}

/// Every swap until then.
async fn swaps(live: &mut Live<Pay>, during: Duration) -> Vec<(i32, i64)> {
    let end = Instant::now() + during;
    let mut seen = Vec::new();
    while let Ok(next) = timeout(end - Instant::now(), live.changed()).await {
        let next = next.expect("the watch goes on");
        seen.push((next.version(), next.fee));
    }
    seen
}

/// Makes every other whole read show old content under the new number.
async fn mislabel_every_other_read(server: &DevServer) {
    loop {
        for fault in [Fault::Never, Fault::Always(ReadFault::Mislabelled(LATE))] {
            server.misbehave(|faults| faults.reads = fault);
            let reads = server.calls("GetConfig");
            while server.calls("GetConfig") == reads {
                sleep(Duration::from_millis(250)).await;
            }
        }
    }
}

/// Behind a balancer that asks two replicas in turn, what was shown stays: old content would have to
/// be read twice in a row.
#[tokio::test(start_paused = true)]
async fn replicas_that_take_turns_never_turn_a_value_back() {
    let server = server().await;
    let mut live = pay(&server).await;
    is_pushed(&server, &mut live, 1).await;
    sleep(TICK + TICK).await;
    // The first read is right.
    let seen = tokio::select! {
        seen = async {
            set_fee(&server, 2);
            swaps(&mut live, Duration::from_secs(3_600)).await
        } => seen,
        () = mislabel_every_other_read(&server) => unreachable!("it goes on"),
    };
    assert_eq!(seen, [(2, 2)]);
    let status = live.status();
    assert_eq!(status.phase, Phase::Following);
    assert!(status.rejection.is_none());
    assert!(status.staleness() < TICK);
    server.behave();
    follows(&live, PUSHED).await;
    is_pushed(&server, &mut live, 3).await;
}

/// The same with numbers that are as old as the content.
#[tokio::test(start_paused = true)]
async fn a_replica_that_is_late_every_other_time_never_turns_a_value_back() {
    let server = server().await;
    let mut live = pay(&server).await;
    is_pushed(&server, &mut live, 1).await;
    server.misbehave(|faults| faults.reads = Fault::Always(ReadFault::Alternating(LATE)));
    let version = set_fee(&server, 2);
    let seen = swaps(&mut live, Duration::from_secs(3_600)).await;
    assert_eq!(seen, [(version, 2)]);
    let status = live.status();
    assert_eq!(status.history_restarts, 0);
    assert!(status.rejection.is_none());
    assert!(matches!(status.phase, Phase::Following | Phase::Behind));
    server.behave();
    follows(&live, TICK).await;
    is_pushed(&server, &mut live, 3).await;
}
