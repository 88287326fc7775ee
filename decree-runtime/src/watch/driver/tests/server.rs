//! A server that a test plays.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{self, Instant, timeout},
};

use super::{super::start, TICK};
use crate::{
    reading::{Entry, Reading, Stored},
    watch::{
        consumer::Path,
        handle::Watch,
        history::{Row, row},
        look::Look,
        source::{self, Described, Dials, Failure, Hint, Hints, Listing, Scope, Source},
        timing::WatchTiming,
    },
};

/// What the server holds, newest version first.
#[derive(Default)]
pub(super) struct Tenant {
    pub(super) rows: Vec<Row>,
    /// What reads show instead of the newest version.
    pub(super) stale: Option<Reading>,
    /// Where the open stream tells what it hears.
    pub(super) stream: Option<Hints>,
    pub(super) reads: usize,
    /// How long each takes.
    pub(super) read_takes: Duration,
    pub(super) probes: usize,
    /// What each stream was opened with.
    pub(super) filters: Vec<Vec<Path>>,
}

#[derive(Clone, Default)]
pub(super) struct Server(Arc<Mutex<Tenant>>);

impl Server {
    pub(super) fn at(version: i32) -> Self {
        let server = Self::default();
        server.write(version);
        server
    }

    pub(super) fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reading(&self) -> Reading {
        let tenant = self.tenant();
        let newest = || reading(tenant.rows.first().map_or(0, |row| row.version));
        tenant.stale.clone().unwrap_or_else(newest)
    }

    pub(super) fn look(&self) -> Arc<Look> {
        Arc::new(Look::new(self.reading(), Instant::now()))
    }

    /// As much of it as was read of a tenant that is too large for one answer.
    pub(super) fn look_at(&self, path: &str) -> Arc<Look> {
        let reading = part(&self.reading(), &[path.into()]);
        Arc::new(Look::new(reading, Instant::now()))
    }

    pub(super) fn watch(&self) -> Watch {
        self.watch_from(self.look())
    }

    pub(super) fn watch_from(&self, first: Arc<Look>) -> Watch {
        start(self.clone(), first, WatchTiming::default())
    }

    pub(super) fn write(&self, version: i32) {
        self.tenant().rows.insert(0, row(version, "id"));
    }

    pub(super) fn restore(&self, version: i32) {
        self.tenant().rows = vec![row(version, "restored")];
    }

    /// Sends the event of a version, once a stream is open.
    pub(super) async fn announce(&self, version: i32) {
        let news = Hint {
            version,
            written: Some(row(version, "id").written),
        };
        let opened = async {
            loop {
                let stream = self.tenant().stream.clone();
                if let Some(stream) = stream {
                    break stream;
                }
                time::sleep(Duration::from_millis(10)).await;
            }
        };
        let stream = timeout(TICK, opened).await.expect("a stream is open");
        source::tell(&stream, news);
    }
}

pub(super) fn reading(version: i32) -> Reading {
    Reading::of_nothing(version)
}

/// Each field holds the number of the version.
fn part(whole: &Reading, paths: &[Path]) -> Reading {
    let entry = |path: &Path| {
        let entry = Entry::new(Stored::Null, whole.version.to_string(), None);
        (path.to_string(), entry)
    };
    Reading {
        entries: paths.iter().map(entry).collect(),
        part: Some(paths.iter().cloned().collect()),
        ..whole.clone()
    }
}

impl Source for Server {
    async fn read(&self, scope: Scope, _: Duration) -> Result<Reading, Failure> {
        self.tenant().reads += 1;
        let takes = self.tenant().read_takes;
        time::sleep(takes).await;
        Ok(match scope {
            Scope::Whole => self.reading(),
            Scope::Parts(paths) => part(&self.reading(), &paths),
        })
    }

    fn knows_types(&self) -> bool {
        true
    }

    async fn probe(&self, _: Duration) -> Result<Listing, Failure> {
        self.tenant().probes += 1;
        Ok(Listing {
            tenant_id: Some("t".into()),
            rows: self.tenant().rows.clone(),
        })
    }

    async fn describe(&self, _: Option<Arc<str>>, _: Duration) -> Result<Described, Failure> {
        Ok(Described {
            tenant_id: "t".into(),
            state: String::new(),
        })
    }

    async fn follow(&self, paths: &[Path], _: bool, hints: &Hints) -> Failure {
        self.tenant().stream = Some(hints.clone());
        self.tenant().filters.push(paths.to_vec());
        std::future::pending().await
    }

    fn redial(&self) {}

    fn dials(&self) -> watch::Receiver<Dials> {
        watch::channel(Dials::default()).1
    }
}
