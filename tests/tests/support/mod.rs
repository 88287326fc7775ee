//! A server in this process, and a client of it over a pipe.

#![allow(dead_code, reason = "no test needs all of it")]

use std::{
    future::Future,
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use decree_dev::DevServer;
use decree_runtime::{Client, ClientBuilder};
use decree_tests::{draws, pipe::over_pipe};
use tokio::time::{Instant, advance, sleep, timeout};

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
    draws::fix();
    let server = DevServer::builder().seed_yaml(SEED).rate_limit(false);
    let server = server.start_in_memory().await;
    server.expect("a server in memory needs nothing")
}

pub(crate) fn client(server: &DevServer) -> Client {
    builder(server).build().expect("sound options")
}

pub(crate) fn builder(server: &DevServer) -> ClientBuilder {
    over_pipe(server).subject("app")
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

/// The clock stands while a blocking thread works, so a test moves it by hand. It runs far ahead of
/// the threads of a busy machine: whoever needs one may be late by seconds, and be said to be.
#[allow(clippy::disallowed_types, reason = "a thread takes real time")]
pub(crate) async fn by_hand(holds: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it does not come to that"
        );
        advance(Duration::from_millis(10)).await;
        tokio::task::yield_now().await;
        std::thread::yield_now();
    }
}

/// A place where code of the application stays until it is let go.
#[derive(Default)]
pub(crate) struct Trap {
    open: Mutex<bool>,
    opened: Condvar,
    sprung: AtomicBool,
}

impl Trap {
    pub(crate) const fn new() -> Self {
        Self {
            open: Mutex::new(false),
            opened: Condvar::new(),
            sprung: AtomicBool::new(false),
        }
    }

    pub(crate) fn stay(&self) {
        self.sprung.store(true, Ordering::SeqCst);
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.opened.wait_while(open, |open| !*open);
        drop(wait.unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn let_go(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.opened.notify_all();
    }

    pub(crate) fn has_sprung(&self) -> bool {
        self.sprung.load(Ordering::SeqCst)
    }
}

/// Lets go at the end, also of a test that failed: its runtime waits for its threads.
pub(crate) struct LetGo(pub(crate) &'static Trap);

impl Drop for LetGo {
    fn drop(&mut self) {
        self.0.let_go();
    }
}
