//! A server in this process, and a client of it over a pipe.

#![allow(dead_code, reason = "no test needs all of it")]

use std::{future::Future, time::Duration};

use decree_dev::DevServer;
use decree_runtime::Client;
use decree_tests::pipe::over_pipe;
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
    let client = over_pipe(server).subject("app").build();
    client.expect("sound options")
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
