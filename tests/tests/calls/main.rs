//! What a call does when the server does not answer well: over the real gRPC stack and a pipe, under
//! a paused clock.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod layers;
mod limits;
mod reads;
mod tokens;
mod writes;

use decree_dev::DevServer;
use decree_runtime::{Client, ClientBuilder, Role};
use decree_tests::{draws, pipe::over_pipe};
use tonic::{Code, Status};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: number, default: \"0.01\" }
    pay.retries: { type: integer }
tenant: { name: acme }
";

async fn server() -> DevServer {
    draws::fix();
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    server.expect("a server in memory needs nothing")
}

fn builder(server: &DevServer) -> ClientBuilder {
    over_pipe(server).subject("calls").role(Role::Admin)
}

fn client(server: &DevServer) -> Client {
    builder(server).build().expect("the options are sound")
}

fn fail(server: &DevServer, method: &str, code: Code, times: u32) {
    for _ in 0..times {
        server.fail_next(method, Status::new(code, "out of order"));
    }
}

/// A connection in memory.
type Io = tokio::io::DuplexStream;
