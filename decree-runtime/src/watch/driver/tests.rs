//! The driver on a server that a test plays, under a paused clock.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::mpsc,
    time::{self, timeout},
};

use super::*;
use crate::{
    snapshot::Written,
    watch::{history::row, source},
};

/// What the server holds, newest version first.
#[derive(Default)]
struct Tenant {
    rows: Vec<Row>,
    /// Where the open stream tells what it hears.
    stream: Option<Hints>,
}

#[derive(Clone, Default)]
struct Server(Arc<Mutex<Tenant>>);

impl Server {
    fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> Reading {
        Reading {
            tenant: "t".into(),
            tenant_id: "t".into(),
            version: self.tenant().rows.first().map_or(0, |row| row.version),
            entries: std::collections::BTreeMap::new(),
        }
    }

    fn write(&self, row: Row) {
        self.tenant().rows.insert(0, row);
    }

    /// Sends the event of a version, once a stream is open.
    async fn announce(&self, version: i32) {
        let news = Hint {
            version,
            written: None,
        };
        loop {
            let stream = self.tenant().stream.clone();
            if let Some(stream) = stream {
                return source::tell(&stream, news);
            }
            time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Source for Server {
    async fn read(&self, _: Duration) -> Result<Reading, Failure> {
        Ok(self.reading())
    }

    async fn probe(&self, _: Duration) -> Result<Vec<Row>, Failure> {
        Ok(self.tenant().rows.clone())
    }

    async fn follow(&self, _: &[&'static str], hints: &Hints) -> Failure {
        self.tenant().stream = Some(hints.clone());
        std::future::pending().await
    }

    fn redial(&self) {}
}

/// Notes which versions it is offered.
struct Notes(mpsc::UnboundedSender<i32>);

impl Consumer for Notes {
    fn offer(&self, reading: &Reading, _: Option<Written>) -> bool {
        self.0.send(reading.version).is_ok()
    }

    fn attribute(&self, _: i32, _: &Written) {}

    fn report(&self, _: &Report) {}
}

#[tokio::test(start_paused = true)]
async fn a_new_history_is_followed_below_the_numbers_of_the_old() {
    let server = Server::default();
    server.write(row(10, "j"));
    let (offers, mut offered) = mpsc::unbounded_channel();
    let mut lease = None;
    let first = server.reading();
    start(
        server.clone(),
        &first,
        Vec::new(),
        Timing::default(),
        |task| {
            lease = Some(task);
            Notes(offers)
        },
    );

    server.write(row(20, "t"));
    server.announce(20).await;
    assert_eq!(offered.recv().await, Some(20));

    server.tenant().rows = vec![row(10, "restored")];
    let tick = timeout(Duration::from_secs(34), offered.recv()).await;
    assert_eq!(tick, Ok(Some(10)));

    server.write(row(11, "k"));
    server.announce(11).await;
    let pushed = timeout(Duration::from_secs(1), offered.recv()).await;
    assert_eq!(pushed, Ok(Some(11)));
    drop(lease);
    assert_eq!(offered.recv().await, None, "the watch ended with its lease");
}
