//! A server in this process, and a client of it over a pipe.

#![allow(dead_code, reason = "no test needs all of it")]

use std::{future::Future, time::Duration};

use decree_dev::DevServer;
use decree_runtime::{Client, ClientBuilder};
use tokio::time::{Instant, sleep, timeout};

pub(crate) const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: integer, nullable: true }
    pay.retries: { type: integer, nullable: true }
    pay.limit: { type: integer, nullable: true }
    pay.banner: { type: string, nullable: true }
tenant: { name: acme }
";

/// Without a limit of calls: what is counted is what was meant to be sent.
pub(crate) async fn server() -> DevServer {
    let server = DevServer::builder().seed_yaml(SEED).rate_limit(false);
    let server = server.start_in_memory().await;
    server.expect("a server in memory needs nothing")
}

pub(crate) fn client(server: &DevServer) -> Client {
    builder(server).build().expect("sound options")
}

pub(crate) fn builder(server: &DevServer) -> ClientBuilder {
    let pipe = server.pipe();
    let connect = move || {
        let pipe = pipe.clone();
        async move { pipe.connect().await }
    };
    let client = Client::builder("localhost:9090").subject("app");
    client.connector(connect)
}

/// Past the start of a watch: the stream is open, and its first probes are made.
pub(crate) async fn settle() {
    sleep(Duration::from_secs(3)).await;
}

/// What only the stream is fast enough for.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    let done = timeout(Duration::from_secs(1), what).await;
    done.expect("it happens soon")
}

/// Waits for what nothing announces.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(5), "not soon");
        sleep(Duration::from_millis(10)).await;
    }
}
