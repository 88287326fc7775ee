//! A tenant whose versions are others all of a sudden: a failover lost some, or a backup was
//! restored.

use std::time::Duration;

use decree_dev::DevServer;
use decree_runtime::{Live, Phase};
use tokio::time::sleep;

use crate::{PUSHED, Pay, TICK, follows, is_pushed, pay, says, server, set_fee, shows_fee};

/// A tenant of ten versions that is followed, the fee of each being its number.
async fn ten_versions() -> (DevServer, Live<Pay>) {
    let server = server().await;
    for fee in 1..=9 {
        set_fee(&server, fee);
    }
    let mut live = pay(&server).await;
    is_pushed(&server, &mut live, 10).await;
    // Until it has been listed.
    sleep(TICK + TICK).await;
    (server, live)
}

/// It is another history, that is said once, and it is followed as the one before.
async fn is_followed(server: &DevServer, live: &mut Live<Pay>, version: i32) {
    let status = follows(live, TICK).await;
    assert_eq!((status.history_restarts, status.reconnects), (1, 0));
    let versions = [status.version, status.seen, status.announced];
    assert_eq!(versions, [version; 3]);
    is_pushed(server, live, 77).await;
    sleep(Duration::from_secs(1_200)).await;
    let status = follows(live, PUSHED).await;
    assert_eq!((status.history_restarts, status.version), (1, version + 1));
}

#[tokio::test(start_paused = true)]
async fn the_same_number_with_another_content_is_another_history() {
    let (server, mut live) = ten_versions().await;
    let version = server.rewrite_versions("acme", &[&[("pay.fee", "-10")]]);
    assert_eq!(version.expect("rewritten"), 10);
    shows_fee(&mut live, -10, TICK).await;
    is_followed(&server, &mut live, 10).await;
}

#[tokio::test(start_paused = true)]
async fn a_lower_number_with_another_id_is_another_history() {
    let (server, mut live) = ten_versions().await;
    server.lose_versions("acme", 5).expect("lost");
    assert_eq!(set_fee(&server, -6), 6);
    shows_fee(&mut live, -6, TICK).await;
    is_followed(&server, &mut live, 6).await;
}

/// It passes for progress, and is none.
#[tokio::test(start_paused = true)]
async fn a_higher_number_can_be_of_another_history() {
    let (server, mut live) = ten_versions().await;
    server.lose_versions("acme", 5).expect("lost");
    for version in 6..=11 {
        assert_eq!(set_fee(&server, -i64::from(version)), version);
    }
    shows_fee(&mut live, -11, PUSHED).await;
    says(&live, TICK, |it| it.history_restarts == 1).await;
    is_followed(&server, &mut live, 11).await;
}

/// A restore that nobody wrote to looks like a late replica, which is waited for.
#[tokio::test(start_paused = true)]
async fn a_lower_number_that_stays_for_ten_minutes_is_another_history() {
    let (server, mut live) = ten_versions().await;
    assert_eq!(server.lose_versions("acme", 5).expect("lost"), 5);
    says(&live, TICK, |it| it.phase == Phase::Behind).await;
    sleep(Duration::from_secs(590)).await;
    let status = live.status();
    assert_eq!((status.phase, status.history_restarts), (Phase::Behind, 0));
    assert_eq!((live.load().fee, live.version()), (10, 10), "it is kept");
    assert!(status.staleness() > Duration::from_secs(590));
    shows_fee(&mut live, 5, Duration::from_secs(10) + TICK).await;
    is_followed(&server, &mut live, 5).await;
}

/// A replica that catches up was only late.
#[tokio::test(start_paused = true)]
async fn a_replica_that_catches_up_is_no_other_history() {
    use decree_dev::faults::{Fault, Lag, ReadFault};

    let (server, mut live) = ten_versions().await;
    for _ in 0..3 {
        let late = Fault::Always(ReadFault::Late(Lag::Versions(3)));
        server.misbehave(|faults| faults.reads = late);
        says(&live, TICK, |it| it.phase == Phase::Behind).await;
        sleep(Duration::from_secs(500)).await;
        assert_eq!((live.status().phase, live.load().fee), (Phase::Behind, 10));
        server.behave();
        assert_eq!(follows(&live, TICK).await.history_restarts, 0);
    }
    is_pushed(&server, &mut live, 11).await;
}
