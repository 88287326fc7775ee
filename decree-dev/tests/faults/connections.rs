//! Connections that hang, that are cut, and that are full.

use std::{io, time::Duration};

use decree_dev::faults::{ConnectFault, Fault};
use tokio::time::timeout;

use crate::{client, get_config, is_quiet, shop, subscribe, version};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_frozen_connection_is_silent_for_ever_and_a_new_one_works() {
    let server = shop().await;
    let mut old = client(&server).await;
    let mut stream = subscribe(&mut old).await;
    assert_eq!(server.connections(), 1);
    server.freeze_connections();
    server.set("acme", "cart.limit", "41").unwrap();
    assert!(is_quiet(&mut stream).await);
    assert!(timeout(MINUTE, get_config(&mut old)).await.is_err());
    assert_eq!(server.calls("GetConfig"), 0, "it was swallowed");
    // However much is sent, nobody pushes back.
    for _ in 0..2_000 {
        let call = get_config(&mut old);
        assert!(timeout(Duration::from_millis(1), call).await.is_err());
    }

    let mut new = client(&server).await;
    get_config(&mut new).await.unwrap();
    let mut healed = subscribe(&mut new).await;
    server.set("acme", "cart.limit", "42").unwrap();
    assert_eq!(version(&mut healed).await, 4);
    server.behave();
    assert!(timeout(MINUTE, get_config(&mut old)).await.is_err());

    assert_eq!(server.connections(), 2);
    drop((old, stream));
    tokio::time::sleep(MINUTE).await;
    assert_eq!(server.connections(), 1, "it is closed with its client");
}

#[tokio::test(start_paused = true)]
async fn a_cut_connection_ends_its_stream_and_the_next_call_dials_anew() {
    let server = shop().await;
    let mut client = client(&server).await;
    let mut stream = subscribe(&mut client).await;
    server.cut_connections();
    stream.message().await.unwrap_err();
    get_config(&mut client).await.unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_connects_is_refused_hangs_or_finds_nobody() {
    let server = shop().await;
    let pipe = server.pipe();
    server.misbehave(|faults| faults.connects = Fault::Next(2, ConnectFault::Refuse));
    for _ in 0..2 {
        let refused = pipe.connect().await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }

    server.misbehave(|faults| faults.connects = Fault::Always(ConnectFault::Hang));
    let mut connect = tokio_test::task::spawn(pipe.connect());
    assert!(timeout(MINUTE, &mut connect).await.is_err(), "it hangs");
    assert_eq!(server.connections(), 1);
    server.behave();
    timeout(MINUTE, connect).await.unwrap().unwrap();

    server.misbehave(|faults| faults.connects = Fault::Next(1, ConnectFault::Mute));
    let mut mute = client(&server).await; // a client does not wait for the server's preface
    assert!(timeout(MINUTE, get_config(&mut mute)).await.is_err());
    server.behave();
    server.release();
    assert!(timeout(MINUTE, get_config(&mut mute)).await.is_err());
    get_config(&mut client(&server).await).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_connection_takes_only_so_many_streams() {
    let server = shop().await;
    let mut old = client(&server).await;
    server.misbehave(|faults| faults.max_streams = Some(2));
    let mut full = client(&server).await;
    get_config(&mut full).await.unwrap(); // the settings have arrived
    let streams = [subscribe(&mut full).await, subscribe(&mut full).await];
    let mut waiting = tokio_test::task::spawn(get_config(&mut full));
    assert!(timeout(MINUTE, &mut waiting).await.is_err());
    assert_eq!(server.calls("GetConfig"), 1, "it did not get out");
    drop(streams);
    timeout(MINUTE, waiting).await.unwrap().unwrap();

    // A connection from before has no limit.
    let _streams = [
        subscribe(&mut old).await,
        subscribe(&mut old).await,
        subscribe(&mut old).await,
    ];
    get_config(&mut old).await.unwrap();
}
