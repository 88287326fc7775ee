//! The server, in a process of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
};

use decree_dev::DevServer;

use super::level;

/// What the program is told to be the server.
pub(crate) const SERVE: &str = "serve";

pub(crate) const TENANT: &str = "acme";

const SEED: &str = "
spec_version: v1
schema:
  name: soak
  fields:
    split.left: { type: integer }
    split.right: { type: integer }
tenant: { name: acme }
";

/// Serves until whoever started it is gone.
pub(crate) async fn serve() {
    let server = DevServer::builder().seed_yaml(SEED).rate_limit(false);
    let server = server.start().await.expect("a free port");
    println!("{}", server.addr().expect("it listens"));
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    // However it ends, nobody is there any more.
    let _end = ended.await;
    server.shutdown().await;
}

/// The process that serves; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: String,
    process: Child,
}

impl Server {
    pub(crate) fn start() -> Self {
        let this = std::env::current_exe().expect("it runs");
        let mut process = Command::new(this)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut address = String::new();
        let told = process.stdout.take().expect("it is piped");
        let read = BufReader::new(told).read_line(&mut address);
        read.expect("it says where it listens");
        Self {
            address: address.trim().to_owned(),
            process,
        }
    }

    /// Its resident memory, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        level::memory(&self.process.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It may have ended by itself.
        let _ended = self.process.wait();
    }
}
