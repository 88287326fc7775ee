//! Events that do not arrive as they were sent.

use std::time::Duration;

use decree_dev::faults::{EventFault, Fault};
use decree_proto::v1::typed_value::Kind;
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::{
    client, get_config, is_quiet, subscribe,
    support::{next, value},
    told, version, watched,
};

#[tokio::test(start_paused = true)]
async fn a_dropped_event_is_written_and_not_announced() {
    let (server, mut stream) = watched().await;
    server.misbehave(|faults| faults.events = Fault::Next(2, EventFault::Drop));
    for limit in ["41", "42", "43"] {
        server.set("acme", "cart.limit", limit).unwrap();
    }
    assert_eq!(version(&mut stream).await, 5);

    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));
    for limit in 100..200 {
        server
            .set("acme", "cart.limit", &limit.to_string())
            .unwrap();
    }
    assert!(is_quiet(&mut stream).await);
    server.behave();
    server.set("acme", "cart.limit", "44").unwrap();
    let change = next(&mut stream).await;
    assert_eq!(change.version, 106);
    assert_eq!(change.old_value, value(Kind::IntegerValue(199)));
}

#[tokio::test(start_paused = true)]
async fn a_delayed_event_comes_later_and_so_does_what_is_behind_it() {
    let (server, mut stream) = watched().await;
    let delay = Duration::from_secs(10);
    server.misbehave(|faults| faults.events = Fault::Next(1, EventFault::Delay(delay)));
    let start = Instant::now();
    server.set("acme", "cart.limit", "41").unwrap();
    server.set("acme", "cart.limit", "42").unwrap();
    assert_eq!(version(&mut stream).await, 3);
    assert!(start.elapsed() >= delay, "{:?}", start.elapsed());
    assert_eq!(version(&mut stream).await, 4);
    assert!(start.elapsed() < 2 * delay, "{:?}", start.elapsed());

    // The end of a stream does not wait.
    let hour = Duration::from_secs(3600);
    server.misbehave(|faults| faults.events = Fault::Next(1, EventFault::Delay(hour)));
    server.set("acme", "cart.limit", "43").unwrap();
    assert!(is_quiet(&mut stream).await);
    let start = Instant::now();
    server.end_subscriptions();
    assert!(stream.message().await.unwrap().is_none());
    assert!(start.elapsed() < delay, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_event_comes_twice() {
    let (server, mut stream) = watched().await;
    server.misbehave(|faults| faults.events = Fault::Next(1, EventFault::Duplicate));
    server
        .set_many("acme", &[("cart.limit", "41"), ("cart.rate", "1")])
        .unwrap();
    server.set("acme", "cart.limit", "42").unwrap();
    let mut paths = Vec::new();
    for _ in 0..5 {
        let change = next(&mut stream).await;
        paths.push((change.version, change.field_path));
    }
    let expected = [
        (3, "cart.limit"),
        (3, "cart.rate"),
        (3, "cart.limit"),
        (3, "cart.rate"),
        (4, "cart.limit"),
    ];
    assert_eq!(
        paths,
        expected.map(|(version, path)| (version, path.to_owned()))
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_is_held_until_the_next_one_has_passed() {
    let (server, mut stream) = watched().await;
    server.misbehave(|faults| faults.events = Fault::Next(2, EventFault::Swap));
    server.set("acme", "cart.limit", "41").unwrap();
    assert!(is_quiet(&mut stream).await);
    server.set("acme", "cart.limit", "42").unwrap();
    assert_eq!(version(&mut stream).await, 4);
    assert_eq!(version(&mut stream).await, 3);

    server.set("acme", "cart.limit", "43").unwrap();
    assert!(is_quiet(&mut stream).await);
    server.release();
    assert_eq!(version(&mut stream).await, 5);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_cut_in_the_middle_of_a_version() {
    let (server, mut stream) = watched().await;
    let reset = Status::unavailable("connection reset");
    server.misbehave(|faults| faults.events = Fault::Next(1, EventFault::Cut(reset)));
    let values = [("cart.limit", "41"), ("cart.rate", "1"), ("open", "true")];
    server.set_many("acme", &values).unwrap();
    let change = next(&mut stream).await;
    assert_eq!(
        (change.version, change.field_path.as_str()),
        (3, "cart.limit")
    );
    let cut = stream.message().await.unwrap_err();
    assert_eq!(told(&cut), (Code::Unavailable, "connection reset"));
    assert_eq!(server.subscribers(), 0);

    let mut client = client(&server).await;
    assert_eq!(
        get_config(&mut client)
            .await
            .unwrap()
            .config
            .unwrap()
            .version,
        3
    );
    let mut stream = subscribe(&mut client).await;
    server.set_many("acme", &values).unwrap();
    for _ in values {
        assert_eq!(version(&mut stream).await, 4);
    }
}
