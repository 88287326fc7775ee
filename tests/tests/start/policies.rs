//! What comes of each policy in each weather.

use std::time::Duration;

use decree_runtime::{Error, ErrorKind, Live, Origin, Phase, Started};
use tokio::time::{Instant, sleep};

use crate::{PATIENCE, Pay, Weather, builder, support};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Require,
    Defaults,
}

/// What came of a start.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Live(i64),
    Defaults(ErrorKind),
    Nothing(ErrorKind),
}

fn expected(policy: Policy, weather: Weather) -> Came {
    let kind = match weather {
        Weather::Up => return Came::Live(1),
        Weather::Empty => return Came::Live(7),
        Weather::Slow => return Came::Live(1),
        Weather::Down => ErrorKind::Unavailable,
        Weather::Hanging => ErrorKind::Timeout,
        Weather::Refusing => ErrorKind::RateLimited,
        Weather::Denying => ErrorKind::PermissionDenied,
        Weather::NoTenant => ErrorKind::UnknownTenant,
        Weather::OtherSchema => ErrorKind::Rejected,
    };
    match policy {
        Policy::Require => Came::Nothing(kind),
        Policy::Defaults => Came::Defaults(kind),
    }
}

fn came(started: &Result<Live<Pay>, Error>) -> Came {
    let live = match started {
        Ok(live) => live,
        Err(error) => return Came::Nothing(error.kind()),
    };
    let status = live.status();
    match live.started() {
        Started::Live { version } => {
            assert_eq!(
                (status.origin, status.phase),
                (Origin::Server, Phase::Following)
            );
            assert_eq!(live.version(), *version);
            Came::Live(live.load().fee)
        }
        Started::Defaults { why } => {
            assert_eq!(status.origin, Origin::Defaults);
            assert_eq!((live.version(), live.load().fee), (0, 7));
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

#[tokio::test(start_paused = true)]
async fn each_policy_in_each_weather() {
    for weather in Weather::ALL {
        for policy in [Policy::Require, Policy::Defaults] {
            let server = weather.server().await;
            let client = support::client(&server);
            let live = match policy {
                Policy::Require => builder(&client),
                Policy::Defaults => builder(&client).or_defaults(),
            };
            let begun = Instant::now();
            let started = async {
                let slow = async {
                    sleep(PATIENCE - Duration::from_secs(1)).await;
                    server.behave();
                    server.release();
                    std::future::pending().await
                };
                tokio::select! {
                    started = live => started,
                    () = slow, if weather == Weather::Slow => unreachable!("it waits for ever"),
                }
            };
            let started = started.await;
            let took = begun.elapsed();
            assert_eq!(
                came(&started),
                expected(policy, weather),
                "{policy:?}, {weather:?}"
            );
            assert!(
                took <= in_time(weather),
                "{policy:?}, {weather:?}: {took:?}"
            );
        }
    }
}
