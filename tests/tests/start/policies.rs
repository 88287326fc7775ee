//! What comes of each policy in each weather.

use std::time::Duration;

use decree_dev::DevServer;
use decree_runtime::{Client, Error, ErrorKind, Live, Origin, Phase, Started};
use tokio::time::{Instant, sleep};

use crate::{PATIENCE, Pay, Weather, builder, disk::Disk};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Require,
    Disk,
    DiskThenDefaults,
    Defaults,
}

/// What an earlier process left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    /// Version 1, with a fee of 5.
    Fresh,
    TooOld,
    /// The file is there, and is not whole.
    Damaged,
}

/// What came of a start.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Live(i64),
    FromDisk(i64, ErrorKind),
    Defaults(ErrorKind),
    Nothing(ErrorKind),
}

fn expected(policy: Policy, left: Left, weather: Weather) -> Came {
    let kind = match weather {
        Weather::Up | Weather::Slow => return Came::Live(1),
        Weather::Empty => return Came::Live(7),
        Weather::Down => ErrorKind::Unavailable,
        Weather::Hanging => ErrorKind::Timeout,
        Weather::Refusing => ErrorKind::RateLimited,
        Weather::Denying => ErrorKind::PermissionDenied,
        Weather::NoTenant => ErrorKind::UnknownTenant,
        Weather::OtherSchema => ErrorKind::Rejected,
    };
    match (policy, left) {
        (Policy::Disk | Policy::DiskThenDefaults, Left::Fresh) => Came::FromDisk(5, kind),
        (Policy::Require | Policy::Disk, _) => Came::Nothing(kind),
        (Policy::Defaults | Policy::DiskThenDefaults, _) => Came::Defaults(kind),
    }
}

fn came(started: &Result<Live<Pay>, Error>) -> Came {
    let live = match started {
        Ok(live) => live,
        Err(error) => return Came::Nothing(error.kind()),
    };
    let (status, shown) = (live.status(), live.load());
    match live.started() {
        Started::Live { version } => {
            assert_eq!(
                (status.origin, status.phase),
                (Origin::Server, Phase::Following)
            );
            assert_eq!(shown.version(), *version);
            Came::Live(shown.fee)
        }
        Started::FromDisk { version, age, why } => {
            assert_eq!((status.origin, *version), (Origin::Disk, 1));
            assert_eq!(shown.version(), 1);
            assert!(
                *age >= Disk::AGE && status.staleness() >= Disk::AGE,
                "{age:?}"
            );
            assert!(*age < Disk::AGE * 2 && status.verified_at().is_some());
            Came::FromDisk(shown.fee, why.kind())
        }
        Started::Defaults { why } => {
            assert_eq!(status.origin, Origin::Defaults);
            assert_eq!((shown.version(), shown.fee), (0, 7));
            assert_eq!(
                (status.staleness(), status.verified_at()),
                (Duration::MAX, None)
            );
            Came::Defaults(why.kind())
        }
        other => panic!("{other}"),
    }
}

/// How long a start may take.
fn in_time(weather: Weather) -> Duration {
    match weather {
        Weather::Up | Weather::Empty | Weather::OtherSchema => Duration::from_millis(200),
        // The server may be half awake: it is asked for two seconds.
        Weather::Denying | Weather::NoTenant => Duration::from_millis(2_200),
        _ => PATIENCE + Duration::from_millis(200),
    }
}

async fn start(policy: Policy, client: &Client) -> Result<Live<Pay>, Error> {
    let live = builder(client);
    let live = match policy {
        Policy::Require => live,
        Policy::Disk => live.or_disk(Disk::AGE * 2),
        Policy::DiskThenDefaults => live.or_disk(Disk::AGE * 2).or_defaults(),
        Policy::Defaults => live.or_defaults(),
    };
    live.await
}

async fn speeds_up(server: &DevServer) -> std::convert::Infallible {
    sleep(PATIENCE * 4 / 5).await;
    server.behave();
    server.release();
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn each_policy_in_each_weather() {
    use Policy::{Defaults, Disk as FromDisk, DiskThenDefaults, Require};

    for weather in Weather::ALL {
        for left in [Left::Nothing, Left::Fresh, Left::TooOld, Left::Damaged] {
            for policy in [Require, FromDisk, DiskThenDefaults, Defaults] {
                let server = weather.server().await;
                let disk = Disk::new();
                match left {
                    Left::Nothing => {}
                    Left::Fresh => disk.holds(5, Disk::AGE).await,
                    Left::TooOld => disk.holds(5, Disk::AGE * 3).await,
                    Left::Damaged => disk.is_damaged().await,
                }
                let client = disk.client(&server);
                let begun = Instant::now();
                let started = tokio::select! {
                    started = start(policy, &client) => started,
                    never = speeds_up(&server), if weather == Weather::Slow => match never {},
                };
                let took = begun.elapsed();
                let what = format!("{policy:?}, {left:?}, {weather:?}");
                assert_eq!(came(&started), expected(policy, left, weather), "{what}");
                assert!(took <= in_time(weather), "{what}: {took:?}");
                drop(started);
                client.close().await;
            }
        }
    }
}

/// What a person reads who finds the program down, or running with something else.
#[tokio::test(start_paused = true)]
async fn every_step_that_failed_is_in_the_message() {
    let server = Weather::Down.server().await;
    let disk = Disk::new();
    disk.holds(5, Disk::AGE * 3).await;
    let client = disk.client(&server);
    let error = start(Policy::Disk, &client).await.expect_err("too old");
    let message = error.to_string();
    for part in [
        "localhost:9090",
        "nor did the copy on disk do: ",
        "was confirmed by the server",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let live = start(Policy::DiskThenDefaults, &client)
        .await
        .expect("defaults");
    let said = live.started().to_string();
    assert!(said.starts_with("started with defaults: "), "{said}");
    assert!(said.contains("nor did the copy on disk do: "), "{said}");
    let fresh = Disk::new();
    fresh.holds(5, Disk::AGE).await;
    let live = start(Policy::Disk, &fresh.client(&server))
        .await
        .expect("the copy");
    let said = live.started().to_string();
    assert!(
        said.starts_with("started from disk with version 1, confirmed 3600 s before: "),
        "{said}"
    );
}
