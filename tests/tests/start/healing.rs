//! Whatever a program began with, it comes to what the server has.

use std::time::Duration;

use decree_runtime::{Live, Origin, Phase, Started};
use tokio::time::timeout;

use crate::{Pay, Strict, Weather, builder, disk::Disk, support};

/// What the docs promise of a server that is back: 10 s; and the tick, for a version that it says
/// nothing of.
const BACK: Duration = Duration::from_secs(33);

async fn shows(live: &mut Live<Pay>, fee: i64) {
    let right = async {
        while live.load().fee != fee {
            live.changed().await.expect("the watch goes on");
        }
    };
    let shown = timeout(BACK, right).await;
    shown.unwrap_or_else(|_| panic!("{fee} is not shown: {:#?}", live.status()));
}

#[tokio::test(start_paused = true)]
async fn defaults_give_way_to_the_server_whatever_kept_it_away() {
    for weather in Weather::ALL {
        if matches!(weather, Weather::Up | Weather::Empty | Weather::Slow) {
            continue;
        }
        let server = weather.server().await;
        let client = support::client(&server);
        let mut live: Live<Pay> = builder(&client).or_defaults().await.expect("defaults");
        let first = live.started().clone();
        assert!(matches!(first, Started::Defaults { .. }), "{weather:?}");
        let status = live.status();
        match weather {
            Weather::OtherSchema => {
                let rejected = status.rejection.expect("it does not fit").error.version();
                assert_eq!((status.seen, status.announced), (rejected, rejected));
            }
            _ => assert_eq!(status.phase, Phase::Recovering, "{weather:?}"),
        }

        weather.clears(&server);
        shows(&mut live, 1).await;
        let status = live.status();
        assert_eq!(status.origin, Origin::Server, "{weather:?}");
        assert_eq!(status.history_restarts, 0, "{weather:?}: it is the first");
        assert!(status.staleness() < BACK && status.verified_at().is_some());
        assert!(
            matches!(live.started(), Started::Defaults { .. }),
            "it tells of the start"
        );

        server.set("acme", "pay.fee", "2").expect("written");
        shows(&mut live, 2).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_later_shares_the_watch_and_heals_it() {
    let server = Weather::Down.server().await;
    let client = support::client(&server);
    let mut early: Live<Pay> = builder(&client).or_defaults().await.expect("defaults");
    let mut other: Live<Pay> = builder(&client).or_defaults().await.expect("defaults");
    assert!(
        client
            .live::<Strict>("acme")
            .start_timeout(Duration::ZERO)
            .await
            .is_err()
    );

    Weather::Down.clears(&server);
    let strict: Live<Strict> = client.live("acme").await.expect("the server is back");
    assert_eq!(strict.load().fee, 1);
    // No wait for a retry of their own.
    for live in [&mut early, &mut other] {
        let news = timeout(Duration::from_millis(100), live.changed()).await;
        news.expect("soon").expect("the watch goes on");
        assert_eq!((live.load().fee, live.status().origin), (1, Origin::Server));
    }
    // And the other way round: who begins with defaults beside a watch that runs.
    let late: Live<Pay> = client
        .live("acme")
        .start_timeout(Duration::ZERO)
        .or_defaults()
        .await
        .expect("defaults");
    support::until(|| late.load().fee == 1).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_a_watch_that_never_saw_anything() {
    let server = Weather::Down.server().await;
    let client = support::client(&server);
    let live: Live<Pay> = builder(&client).or_defaults().await.expect("defaults");
    live.shutdown().await;
    let live: Live<Pay> = builder(&client).or_defaults().await.expect("defaults");
    client.close().await;
    assert_eq!(live.status().phase, Phase::Stopped);
    assert_eq!(live.load().fee, 7);
}

#[tokio::test(start_paused = true)]
async fn a_copy_on_disk_gives_way_to_the_server_even_to_an_older_number() {
    for weather in Weather::ALL {
        if matches!(weather, Weather::Up | Weather::Empty | Weather::Slow) {
            continue;
        }
        let disk = Disk::new();
        disk.holds(5, Disk::AGE).await;
        // Another history, in which the number is lower: the disk has no say.
        disk.edit(|record| record["version"] = 40.into());
        let server = weather.server().await;
        let client = disk.client(&server);
        let live = builder(&client).or_disk(Disk::AGE * 2);
        let mut live: Live<Pay> = live.await.expect("the copy");
        assert_eq!((live.load().fee, live.version()), (5, 40), "{weather:?}");
        let rejected = live.status().rejection.is_some();
        assert_eq!(rejected, weather == Weather::OtherSchema, "{weather:?}");

        weather.clears(&server);
        shows(&mut live, 1).await;
        let status = live.status();
        assert_eq!(
            (status.origin, status.history_restarts),
            (Origin::Server, 0)
        );
        assert!(
            live.version() < 40 && status.staleness() < BACK,
            "{weather:?}"
        );
        client.close().await;
    }
}

/// A version that nobody can use must not keep a program down that ran before.
#[tokio::test(start_paused = true)]
async fn a_restart_beside_a_bad_version_keeps_the_last_good_one() {
    let disk = Disk::new();
    disk.holds(5, Disk::AGE).await;
    let server = Weather::OtherSchema.server().await;
    let client = disk.client(&server);
    let live = builder(&client).or_disk(Disk::AGE * 2);
    let live: Live<Pay> = live.await.expect("the copy");
    let status = live.status();
    assert_eq!((status.phase, live.load().fee), (Phase::Following, 5));
    let rejection = status.rejection.expect("the newest does not fit");
    assert_eq!(
        (rejection.stays, rejection.error.fields()[0].path()),
        (1, "pay.fee")
    );
}
