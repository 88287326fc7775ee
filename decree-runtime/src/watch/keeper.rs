//! Keeps the last good version on disk, beside the watch: a disk that hangs must not hold it up, and
//! what is on disk decides nothing.

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeSet,
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, timeout, timeout_at},
};

use super::{consumer::Path, look::Look};
use crate::{snapshot::Written, status::CacheStatus};

/// Between two stores of news. A disk of flash bears one in 5 s for years, and who starts without a
/// server has what is minutes old in any case.
const SPACING: Duration = Duration::from_secs(5);

/// After so long the server's word that nothing changed is worth a store, too: a day that is allowed
/// for then means a day without the server.
const RENEW_AFTER: Duration = Duration::from_secs(10 * 60);

/// How often it is looked whether that is due, and how long after a failure the next try is: a disk
/// that is full is so for longer.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// A store takes milliseconds; one that takes this long is told of.
const HANGS_AFTER: Duration = Duration::from_secs(10);

/// How long the end of a watch waits for the last store.
const END_PATIENCE: Duration = Duration::from_secs(1);

/// What everybody who takes part has taken.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) look: Arc<Look>,
    /// Every field that one of them reads.
    pub(crate) paths: BTreeSet<Path>,
    /// Those of them that are to be in no file.
    pub(crate) secret: BTreeSet<Path>,
    pub(crate) written: Option<Written>,
    /// When the server confirmed it last.
    pub(crate) confirmed: Instant,
}

impl Kept {
    /// Whether a store of it would say the same, but for the time.
    fn is_same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.look, &other.look)
            && self.paths == other.paths
            && self.secret == other.secret
            && self.written == other.written
    }
}

/// Where it is kept.
pub(crate) trait Disk: Send + Sync + 'static {
    /// Replaces what is kept of the tenant. Blocks.
    ///
    /// # Errors
    ///
    /// What the system says, naming the file.
    fn store(&self, kept: &Kept, confirmed: SystemTime) -> io::Result<()>;
}

/// The task that stores what it was given last. It ends with this.
pub(crate) struct Keeper {
    wanted: watch::Sender<Option<Kept>>,
    status: watch::Receiver<CacheStatus>,
    task: JoinSet<()>,
}

impl Keeper {
    pub(crate) fn start(disk: Arc<dyn Disk>) -> Self {
        let (wanted, latest) = watch::channel(None);
        let (told, status) = watch::channel(CacheStatus::default());
        let store = Store { disk, told };
        let mut task = JoinSet::new();
        task.spawn(store.run(latest));
        Self {
            wanted,
            status,
            task,
        }
    }

    /// Has it stored, in its time.
    pub(crate) fn keep(&self, kept: Kept) {
        self.wanted.send_if_modified(|wanted| {
            let same = wanted.as_ref().is_some_and(|it| it.is_same_as(&kept));
            *wanted = Some(kept);
            !same
        });
    }

    /// How it fares.
    pub(crate) fn status(&self) -> CacheStatus {
        self.status.borrow().clone()
    }

    /// Waits until it fares otherwise.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: what is not returned is returned by the next call.
    pub(crate) async fn changed(&mut self) -> CacheStatus {
        match self.status.changed().await {
            Ok(()) => self.status.borrow_and_update().clone(),
            Err(_) => std::future::pending().await,
        }
    }

    /// Stores what is left to store, unless the disk takes too long.
    pub(crate) async fn end(mut self) {
        drop(self.wanted);
        let _hangs = timeout(END_PATIENCE, self.task.join_next()).await;
    }
}

struct Store {
    disk: Arc<dyn Disk>,
    told: watch::Sender<CacheStatus>,
}

impl Store {
    async fn run(self, mut wanted: watch::Receiver<Option<Kept>>) {
        let mut stored = None;
        let mut not_before = Instant::now();
        loop {
            let ended = wait(&mut wanted, stored.as_ref(), not_before).await;
            let latest = wanted.borrow_and_update().clone();
            if let Some(latest) = latest.filter(|it| is_due(stored.as_ref(), it, ended)) {
                not_before = match self.store(latest.clone()).await {
                    Ok(()) => {
                        stored = Some(latest);
                        Instant::now() + SPACING
                    }
                    Err(()) => Instant::now() + LOOK_AGAIN,
                };
            }
            if ended {
                return;
            }
        }
    }

    async fn store(&self, kept: Kept) -> Result<(), ()> {
        let now = SystemTime::now();
        let confirmed = now.checked_sub(kept.confirmed.elapsed()).unwrap_or(now);
        let version = kept.look.answer.version;
        let disk = Arc::clone(&self.disk);
        let mut storing = tokio::task::spawn_blocking(move || disk.store(&kept, confirmed));
        let stored = if let Ok(stored) = timeout(HANGS_AFTER, &mut storing).await {
            stored
        } else {
            self.fails(&format!("the disk has not answered for {HANGS_AFTER:?}"));
            storing.await
        };
        match stored.map_err(io::Error::other).and_then(|stored| stored) {
            Ok(()) => {
                self.succeeds(version, now);
                Ok(())
            }
            Err(error) => {
                self.fails(&error.to_string());
                Err(())
            }
        }
    }

    fn succeeds(&self, version: i32, at: SystemTime) {
        self.told.send_modify(|status| {
            if status.trouble.take().is_some() {
                tracing::info!(version, "the last good version is stored again");
            }
            status.version = Some(version);
            status.stored_at = Some(at);
        });
    }

    fn fails(&self, trouble: &str) {
        self.told.send_if_modified(|status| {
            let known = status.trouble.as_deref() == Some(trouble);
            if !known {
                tracing::warn!(
                    trouble,
                    "the last good version cannot be stored; settings stay current without that"
                );
                status.trouble = Some(trouble.to_owned());
            }
            !known
        });
    }
}

/// Waits until something may be due; says whether it is the end.
async fn wait(
    wanted: &mut watch::Receiver<Option<Kept>>,
    stored: Option<&Kept>,
    not_before: Instant,
) -> bool {
    loop {
        let latest = wanted.borrow_and_update().clone();
        let is_new = |latest: Kept| stored.is_none_or(|stored| !stored.is_same_as(&latest));
        let at = if latest.is_some_and(is_new) {
            not_before
        } else {
            not_before.max(Instant::now() + LOOK_AGAIN)
        };
        match timeout_at(at, wanted.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return true,
            Err(_) => return false,
        }
    }
}

/// Whether to store `latest` after what was stored.
fn is_due(stored: Option<&Kept>, latest: &Kept, ended: bool) -> bool {
    let Some(stored) = stored.filter(|stored| stored.is_same_as(latest)) else {
        return true;
    };
    let since = latest.confirmed.saturating_duration_since(stored.confirmed);
    since >= RENEW_AFTER || (ended && !since.is_zero())
}
