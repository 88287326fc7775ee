//! A program of this package that starts itself again, as a server in a process of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

/// The process that serves; it ends when this is dropped.
#[derive(Debug)]
pub struct Itself {
    /// Where it listens.
    pub address: String,
    process: Child,
}

impl Itself {
    /// Starts this program with `arguments` and waits until it says where it listens.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Self {
        let this = std::env::current_exe().expect("it runs");
        let mut process = Command::new(this)
            .args(arguments)
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

    /// The number of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Itself {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It may have ended by itself.
        let _ended = self.process.wait();
    }
}

/// In the process that serves: says where, and waits until whoever started it is gone.
pub async fn serving(at: SocketAddr) {
    println!("{at}");
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    // However it ends, nobody is there any more.
    let _end = ended.await;
}
