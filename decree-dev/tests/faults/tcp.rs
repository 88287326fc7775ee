//! The same over TCP, where the system has a say.

use std::time::Duration;

use decree_dev::{
    DevServer, Quirks,
    faults::{ConnectFault, Fault, Streams},
};
use decree_proto::v1::config_service_client::ConfigServiceClient;
use tokio::time::timeout;
use tonic::transport::{Channel, Endpoint, Error};

use crate::{
    get_config, subscribe,
    support::{Config, SHOP, SUPERADMIN},
    version,
};

/// Long enough for an answer, and short enough to wait for none.
const A_WHILE: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(30);

async fn shop() -> DevServer {
    let quirks = Quirks {
        late_headers: false,
        ..Quirks::default()
    };
    let builder = DevServer::builder().seed_yaml(SHOP).quirks(quirks);
    builder.start().await.unwrap()
}

async fn dial(server: &DevServer) -> Result<Channel, Error> {
    let endpoint = Endpoint::from_shared(server.url().unwrap()).unwrap();
    endpoint.connect().await
}

async fn client(server: &DevServer) -> Config {
    let channel = dial(server).await.unwrap();
    ConfigServiceClient::with_interceptor(channel, SUPERADMIN)
}

/// Calls until one is answered.
async fn answered(client: &mut Config) {
    let call = async { while get_config(client).await.is_err() {} };
    timeout(PATIENCE, call).await.unwrap();
}

#[tokio::test]
async fn a_frozen_connection_hangs_and_a_new_one_works() {
    let server = shop().await;
    let mut old = client(&server).await;
    get_config(&mut old).await.unwrap();
    server.freeze_connections();
    assert!(timeout(A_WHILE, get_config(&mut old)).await.is_err());
    get_config(&mut client(&server).await).await.unwrap();
}

#[tokio::test]
async fn a_client_that_finds_nobody_at_the_other_end_waits() {
    let server = shop().await;
    for (fault, heals) in [(ConnectFault::Mute, false), (ConnectFault::Hang, true)] {
        server.misbehave(|faults| faults.connects = Fault::Next(1, fault));
        let mut client = client(&server).await;
        assert!(timeout(A_WHILE, get_config(&mut client)).await.is_err());
        server.release();
        let patience = if heals { PATIENCE } else { A_WHILE };
        let answer = timeout(patience, get_config(&mut client)).await;
        assert_eq!(answer.is_ok(), heals, "{fault:?}");
    }
}

#[tokio::test]
async fn a_stopping_process_closes_its_port_and_the_next_one_gets_it() {
    let server = shop().await;
    let mut client = client(&server).await;
    let mut stream = subscribe(&mut client).await;
    server.stop_gracefully().await;
    dial(&server).await.unwrap_err();
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(version(&mut stream).await, 3);

    server.revive().await.unwrap();
    answered(&mut client).await;
    server.set("acme", "cart.limit", "42").unwrap();
    assert_eq!(version(&mut stream).await, 4, "the old one is still there");
}

#[tokio::test]
async fn a_deaf_stream_stays_open_while_calls_move_on() {
    let server = shop().await;
    let mut client = client(&server).await;
    let mut old = subscribe(&mut client).await;
    server.goaway(Streams::Deaf);
    while server.connections() == 1 {
        answered(&mut client).await; // at the old connection, it may be
    }
    answered(&mut client).await;
    let mut new = subscribe(&mut client).await;
    server.set("acme", "cart.limit", "41").unwrap();
    assert_eq!(version(&mut new).await, 3);
    assert!(timeout(A_WHILE, old.message()).await.is_err());
}

#[tokio::test]
async fn cut_connections_end_streams() {
    let server = shop().await;
    let mut client = client(&server).await;
    let mut stream = subscribe(&mut client).await;
    server.cut_connections();
    let ended = timeout(PATIENCE, stream.message()).await.unwrap();
    ended.unwrap_err();
    answered(&mut client).await;
}
