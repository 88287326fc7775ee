//! Clients of a server in this process, over a pipe.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use decree_dev::DevServer;
use decree_runtime::{Client, ClientBuilder};

/// One that is nobody yet.
pub fn over_pipe(server: &DevServer) -> ClientBuilder {
    over_counted_pipe(server).0
}

/// The same, and how many connections it has made.
pub fn over_counted_pipe(server: &DevServer) -> (ClientBuilder, Arc<AtomicU64>) {
    let (pipe, dials) = (server.pipe(), Arc::<AtomicU64>::default());
    let count = Arc::clone(&dials);
    let client = Client::builder("localhost:9090").connector(move || {
        count.fetch_add(1, Ordering::SeqCst);
        let pipe = pipe.clone();
        async move { pipe.connect().await }
    });
    (client, dials)
}
