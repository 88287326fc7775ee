//! Blocking calls from every place where somebody might make one.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

use decree_dev::DevServer;
use decree_runtime::{Client, DecreeConfig, ErrorKind, Role, blocking};
use tokio::runtime::{Builder, Runtime};

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: number, default: \"0.01\" }
    pay.tip: { type: number }
tenant: { name: acme }
";

#[derive(Debug, DecreeConfig)]
struct Pay {
    #[decree(key = "pay.fee")]
    fee: f64,
}

/// A server in a runtime of its own, which the client under test knows nothing of.
struct Server {
    runtime: Runtime,
    server: DevServer,
}

impl Server {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let builder = DevServer::builder().seed_yaml(SEED).rate_limit(false);
        let server = runtime.block_on(builder.start()).expect("a free port");
        Self { runtime, server }
    }

    fn client(&self) -> blocking::Client {
        let address = self.server.addr().expect("it listens").to_string();
        let client = Client::builder(address)
            .subject("blocking")
            .role(Role::Admin);
        client.build_blocking().expect("sound options")
    }
}

/// Reads and writes, often enough to use up any budget of a task.
fn work(client: &blocking::Client, path: &str) {
    for nth in 0..200 {
        let written = f64::from(nth);
        client.set("acme", path, written).expect("written");
        let read: f64 = client.get("acme", path).expect("read");
        assert!((read - written).abs() < f64::EPSILON);
    }
}

#[test]
fn from_a_plain_thread() {
    let server = Server::start();
    work(&server.client(), "pay.fee");
}

#[test]
fn from_many_threads_at_once() {
    let server = Server::start();
    let client = server.client();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    client.get::<f64>("acme", "pay.fee").expect("read");
                }
            });
        }
    });
}

#[test]
fn from_a_task_of_a_runtime_of_one_thread() {
    let server = Server::start();
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async { work(&server.client(), "pay.fee") });
    runtime.block_on(async {
        tokio::spawn({
            let client = server.client();
            async move { work(&client, "pay.fee") }
        })
        .await
        .expect("no panic");
    });
}

#[test]
fn from_a_task_of_a_runtime_of_many_threads_and_from_spawn_blocking() {
    let server = Server::start();
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let (one, two) = (server.client(), server.client());
    runtime.block_on(async {
        let task = tokio::spawn(async move { work(&one, "pay.fee") });
        let blocking = tokio::task::spawn_blocking(move || work(&two, "pay.tip"));
        task.await.expect("no panic");
        blocking.await.expect("no panic");
    });
}

/// Where the server is of the very thread that waits, nothing can come; the call still ends.
#[test]
fn a_call_that_keeps_the_server_from_answering_ends() {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let server = DevServer::builder()
            .seed_yaml(SEED)
            .start()
            .await
            .expect("a free port");
        let address = server.addr().expect("it listens").to_string();
        let client = Client::builder(address)
            .subject("blocking")
            .retry(decree_runtime::RetryPolicy::never())
            .timeout(Duration::from_millis(300));
        let client = client.build_blocking().expect("sound options");
        let error = client
            .get::<f64>("acme", "pay.fee")
            .expect_err("nobody can answer");
        assert_eq!(error.kind(), ErrorKind::Timeout);
    });
}

/// A client that is asked from inside its own IO says so, instead of waiting for itself.
#[test]
fn a_call_from_the_clients_own_thread_is_an_error() {
    let server = Server::start();
    let address = server.server.addr().expect("it listens").to_string();
    let client = Arc::new(OnceLock::<blocking::Client>::new());
    let found = Arc::new(OnceLock::new());
    let inside = Arc::clone(&client);
    let result = Arc::clone(&found);
    let built = Client::builder(address)
        .subject("blocking")
        .connector(move || {
            // Channels dial on the thread that does the IO.
            let client = inside.get().expect("it is set before it is used");
            let called = client.get::<f64>("acme", "pay.fee");
            let _first = result.set(called.map_err(|error| error.kind()));
            async { Err::<tokio::net::TcpStream, _>(std::io::ErrorKind::Other.into()) }
        })
        .retry(decree_runtime::RetryPolicy::never())
        .build_blocking();
    client
        .set(built.expect("sound options"))
        .expect("the first");
    let client = client.get().expect("set");
    client
        .get::<f64>("acme", "pay.fee")
        .expect_err("the connector refuses");
    assert_eq!(found.get(), Some(&Err(ErrorKind::Deadlock)));
}

#[test]
fn a_struct_is_followed_and_its_watch_ends_with_it() {
    let server = Server::start();
    let client = server.client();
    let mut live: blocking::Live<Pay> = client.live("acme").expect("readable");
    let version = client.set("acme", "pay.fee", 0.5).expect("written");
    while live.version() < version {
        live.changed().expect("the watch goes on");
    }
    assert!((live.load().fee - 0.5).abs() < f64::EPSILON);
    live.shutdown();
    let gone = async {
        while server.server.subscribers() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let gone = async { tokio::time::timeout(Duration::from_secs(10), gone).await };
    server.runtime.block_on(gone).expect("the stream ends");
}

#[test]
fn what_a_live_shows_is_waited_for_and_told() {
    let server = Server::start();
    let client = server.client();
    let live: blocking::Live<Pay> = client.live("acme").expect("readable");
    let (told, heard) = std::sync::mpsc::channel();
    let _guard = live.on_change(move |change| {
        let _gone = told.send(change.new.version());
    });
    let mut changes = live.changes();
    let version = client.set("acme", "pay.fee", 0.75).expect("written");
    let shown = live.wait_for_version(version, Duration::from_secs(60));
    assert_eq!(shown.expect("shown").version(), version);
    let shown = live.wait_for(|pay| pay.fee > 0.7).expect("it is there");
    assert_eq!(shown.version(), version);
    let change = changes.next().expect("a change");
    let paths: Vec<_> = change.paths().collect();
    assert_eq!((change.new.version(), paths), (version, vec!["pay.fee"]));
    assert_eq!(heard.recv_timeout(Duration::from_secs(60)), Ok(version));
    client.close();
    assert!(changes.next().is_none());
}

/// What a client holds is gone when its last handle is: its thread was waited for.
#[test]
fn a_dropped_client_leaves_nothing_behind() {
    let server = Server::start();
    let address = server.server.addr().expect("it listens");
    let held = Arc::new(());
    let hold = Arc::clone(&held);
    let client = Client::builder(address.to_string())
        .subject("blocking")
        .connector(move || {
            let hold = Arc::clone(&hold);
            async move {
                let stream = tokio::net::TcpStream::connect(address).await;
                drop(hold);
                stream
            }
        });
    let client = client.build_blocking().expect("sound options");
    let live: blocking::Live<Pay> = client.live("acme").expect("readable");
    drop(client);
    assert!(live.load().fee > 0.0, "it needs no client");
    assert!(Arc::strong_count(&held) > 1);
    // Also where dropping a runtime would panic.
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async { drop(live) });
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn a_closed_client_says_so() {
    let server = Server::start();
    let client = server.client();
    client.close();
    let error = client.get::<f64>("acme", "pay.fee").expect_err("closed");
    assert_eq!(error.kind(), ErrorKind::Closed);
    client.close();
}
