//! Processes that are asked to stop, and others that take over.

use std::{io, time::Duration};

use decree_dev::faults::Streams;
use tokio::time::sleep;
use tonic::Code;

use crate::{client, get_config, is_quiet, shop, subscribe, support::Config, version};

/// A call after a GOAWAY may fail once; the next one goes to a new connection.
async fn moves_on(client: &mut Config) {
    sleep(Duration::from_secs(1)).await;
    if let Err(refused) = get_config(client).await {
        assert_eq!(refused.code(), Code::Cancelled, "{refused}");
        get_config(client).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn streams_go_on_at_the_process_that_is_left() {
    let server = shop().await;
    let mut client = client(&server).await;
    let mut old = subscribe(&mut client).await;
    server.goaway(Streams::Delivering);
    moves_on(&mut client).await;
    assert_eq!(server.connections(), 2);
    let mut new = subscribe(&mut client).await;
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(version(&mut old).await, 3);
    assert_eq!(version(&mut new).await, 3);
    drop(old);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(server.connections(), 1, "the last stream closes it");
}

#[tokio::test(start_paused = true)]
async fn streams_of_the_process_that_is_left_are_deaf() {
    let server = shop().await;
    let mut client = client(&server).await;
    let mut old = subscribe(&mut client).await;
    server.goaway(Streams::Deaf);
    assert_eq!(server.subscribers(), 0, "it does not hear");
    moves_on(&mut client).await;
    let mut new = subscribe(&mut client).await;
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(version(&mut new).await, 3);
    assert!(is_quiet(&mut old).await);
    assert_eq!(server.connections(), 2, "and is open");
    server.end_subscriptions();
    assert!(old.message().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stops_lets_nobody_in_and_keeps_its_streams_until_it_is_killed() {
    let server = shop().await;
    let mut client = client(&server).await;
    let mut stream = subscribe(&mut client).await;
    server.stop_gracefully().await;
    let refused = server.pipe().connect().await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(version(&mut stream).await, 3);
    sleep(Duration::from_secs(1)).await;
    get_config(&mut client).await.unwrap_err();
    assert_eq!(server.connections(), 1);

    server.kill().await;
    stream.message().await.unwrap_err();
    assert_eq!(server.connections(), 0);
    server.revive().await.unwrap();
    get_config(&mut client).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn another_process_takes_over_while_the_old_one_keeps_its_streams() {
    let server = shop().await;
    let mut client = client(&server).await;
    let mut old = subscribe(&mut client).await;
    server.stop_gracefully().await;
    server.revive().await.unwrap();
    moves_on(&mut client).await;
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(version(&mut old).await, 3);
    assert_eq!(server.connections(), 2);
}
