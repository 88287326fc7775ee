//! Going wrong on demand, as a client sees it: over the pipe under a paused clock, and over TCP what
//! a pipe cannot show.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod calls;
mod connections;
mod events;
mod garbage;
mod history;
mod limits;
mod process;
mod reads;
mod streams;
#[allow(dead_code, reason = "tests/server needs more of it")]
#[path = "../server/support.rs"]
mod support;
mod tcp;
mod tenants;
mod types;

use std::time::Duration;

use decree_dev::{DevServer, Quirks};
use decree_proto::v1::{GetConfigResponse, SubscribeResponse};
use tonic::{Code, Status, Streaming};

use crate::support::{Config, SUPERADMIN, config, of, shop_with, subscribe_request};

/// A shop whose streams begin at once.
async fn shop() -> DevServer {
    let quirks = Quirks {
        late_headers: false,
        ..Quirks::default()
    };
    shop_with(quirks).await
}

/// A caller without a limit.
async fn client(server: &DevServer) -> Config {
    config(server, SUPERADMIN).await
}

async fn subscribe(client: &mut Config) -> Streaming<SubscribeResponse> {
    let stream = client.subscribe(subscribe_request()).await.unwrap();
    stream.into_inner()
}

async fn watched() -> (DevServer, Streaming<SubscribeResponse>) {
    let server = shop().await;
    let stream = subscribe(&mut client(&server).await).await;
    (server, stream)
}

async fn get_config(client: &mut Config) -> Result<GetConfigResponse, Status> {
    let config = client.get_config(of("acme")).await?;
    Ok(config.into_inner())
}

/// The version of the next message.
async fn version(stream: &mut Streaming<SubscribeResponse>) -> i32 {
    support::next(stream).await.version
}

/// Whether nothing comes for a minute.
async fn is_quiet(stream: &mut Streaming<SubscribeResponse>) -> bool {
    let minute = Duration::from_secs(60);
    tokio::time::timeout(minute, stream.message())
        .await
        .is_err()
}

fn told(status: &Status) -> (Code, &str) {
    (status.code(), status.message())
}
