//! Faults by chance: whatever was wrong, a server that behaves again is as good as ever.

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{
        Answer, ConnectFault, EventFault, Fault, Garbage, Lag, ReadFault, Streams, rate_limited,
    },
};
use decree_proto::v1::typed_value::Kind;
use fastrand::Rng;
use tokio::time::{sleep, timeout};

use crate::{
    client, get_config, shop, subscribe,
    support::{next, read, subscribe_request, value},
};

const MOMENT: Duration = Duration::from_millis(200);

fn event_fault(rng: &mut Rng) -> EventFault {
    match rng.u8(..6) {
        0 => EventFault::Drop,
        1 => EventFault::Delay(Duration::from_millis(rng.u64(..5_000))),
        2 => EventFault::Duplicate,
        3 => EventFault::Swap,
        4 => EventFault::Garbage(Garbage::Version(rng.i32(..))),
        _ => EventFault::Cut(rate_limited()),
    }
}

fn read_fault(rng: &mut Rng) -> ReadFault {
    let lag = if rng.bool() {
        Lag::Versions(rng.u32(..5))
    } else {
        Lag::Time(Duration::from_millis(rng.u64(..2_000)))
    };
    match rng.u8(..3) {
        0 => ReadFault::Late(lag),
        1 => ReadFault::Mislabelled(lag),
        _ => ReadFault::Alternating(lag),
    }
}

fn answer(rng: &mut Rng) -> Answer {
    match rng.u8(..3) {
        0 => Answer::Fail(rate_limited()),
        1 => Answer::Hang,
        _ => Answer::Garbage(Garbage::Empty),
    }
}

/// Lets one thing happen.
async fn happen(server: &DevServer, rng: &mut Rng) {
    let times = rng.u32(1..4);
    match rng.u8(..15) {
        0 => server.misbehave(|f| f.events = Fault::Next(times, event_fault(rng))),
        1 => server.misbehave(|f| f.events = Fault::Always(event_fault(rng))),
        2 => server.misbehave(|f| f.reads = Fault::Always(read_fault(rng))),
        3 => server.misbehave(|f| {
            let method = *rng.choice(&["GetConfig", "Subscribe"]).unwrap();
            f.answers.insert(method, Fault::Next(times, answer(rng)));
        }),
        4 => server.misbehave(|f| f.connects = Fault::Next(times, ConnectFault::Mute)),
        5 => server.misbehave(|f| f.connects = Fault::Always(ConnectFault::Refuse)),
        6 => server.misbehave(|f| f.max_streams = Some(times)),
        7 => server.misbehave(|f| f.default_timeout = Some(MOMENT * times)),
        8 => server.misbehave(|f| f.stale_types = !f.stale_types),
        9 => server.freeze_connections(),
        10 => server.cut_connections(),
        11 => server.goaway(*rng.choice(&[Streams::Deaf, Streams::Delivering]).unwrap()),
        12 => server.stop_gracefully().await,
        13 => server.end_subscriptions_with(&rate_limited()),
        _ => {
            server.lose_versions("acme", 1).unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_behaves_again_is_as_good_as_ever() {
    for seed in 0..20 {
        let mut rng = Rng::with_seed(seed);
        let server = shop().await;
        let mut old = client(&server).await;
        for limit in 100..150 {
            happen(&server, &mut rng).await;
            let written = server.set("acme", "cart.limit", &limit.to_string());
            written.unwrap();
            let _whatever = timeout(MOMENT, get_config(&mut old)).await;
            let _whatever = timeout(MOMENT, old.subscribe(subscribe_request())).await;
            if rng.u8(..5) == 0 {
                server.behave();
                server.revive().await.unwrap();
            }
        }
        server.behave();
        server.revive().await.unwrap();

        let mut client = client(&server).await;
        let limit = read(&mut client, "cart.limit", true).await.value;
        assert_eq!(limit, value(Kind::IntegerValue(149)), "seed {seed}");
        let mut stream = subscribe(&mut client).await;
        sleep(Duration::from_secs(10)).await;
        let version = server.set("acme", "cart.limit", "150").unwrap();
        assert_eq!(next(&mut stream).await.version, version, "seed {seed}");
    }
}
