//! The last good version of a tenant in a folder of this machine, for a start without a server.
//!
//! A file for each server and tenant, replaced as a whole. What cannot be read of it is never data,
//! and what cannot be written of it is a note in the status: settings go on either way.

mod entry;
mod file;
mod format;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
#[cfg(test)]
mod tests;
mod unusable;

use std::{
    collections::BTreeSet,
    io,
    path::{Path as FilePath, PathBuf},
    sync::{Arc, Once},
    time::{Duration, SystemTime},
};

pub(crate) use self::unusable::{Reason, Unusable};
use self::{file::Step, format::Record};
use crate::{reading::Reading, snapshot::Written};

/// The dotted name of a field.
type Path = Arc<str>;

/// What is on disk of one tenant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cached {
    /// A part of the tenant: of other paths than it covers it says nothing.
    pub(crate) reading: Reading,
    /// When the server confirmed it last, by the clock of the machine that stored it.
    pub(crate) confirmed: SystemTime,
    pub(crate) written: Option<Written>,
}

/// What is to be on disk.
#[derive(Debug, Clone)]
pub(crate) struct Keep<'a> {
    pub(crate) reading: &'a Reading,
    /// What is kept of it.
    pub(crate) paths: &'a BTreeSet<Path>,
    /// What is never kept, whoever reads it.
    pub(crate) secret: &'a BTreeSet<Path>,
    pub(crate) confirmed: SystemTime,
    pub(crate) written: Option<Written>,
}

/// The folder that a client keeps its tenants in. Its calls block.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    folder: Arc<FilePath>,
    /// The address as it was typed.
    server: Arc<str>,
    prepared: Arc<Once>,
}

impl Cache {
    pub(crate) fn new(folder: PathBuf, server: &str) -> Self {
        Self {
            folder: folder.into(),
            server: server.into(),
            prepared: Arc::new(Once::new()),
        }
    }

    /// What is kept of `tenant`, if it covers `paths` and the server confirmed it at most `max_age`
    /// ago. A time in the future counts as now: a clock that was set back is no reason to start with
    /// less.
    ///
    /// # Errors
    ///
    /// [`Unusable`], which is logged here unless there just is no file.
    pub(crate) fn load(
        &self,
        tenant: &str,
        paths: &[Path],
        max_age: Duration,
    ) -> Result<Cached, Unusable> {
        let file = self.file(tenant);
        let record = self.read(&file, tenant).and_then(|record| {
            let age = record.confirmed.elapsed().unwrap_or_default();
            if age > max_age {
                return Err(Reason::TooOld { age, max_age });
            }
            let missing = record.lacking(paths);
            if missing.is_empty() {
                Ok(record)
            } else {
                Err(Reason::NotCovered(missing))
            }
        });
        record.map(Record::into_cached).map_err(|reason| {
            let unusable = Unusable { file, reason };
            if !matches!(unusable.reason, Reason::Missing) {
                tracing::warn!(%unusable, "a file of settings is not used");
            }
            unusable
        })
    }

    fn read(&self, file: &FilePath, tenant: &str) -> Result<Record, Reason> {
        let record = format::decode(&file::read(file)?)?;
        if *record.server == *self.server && *record.tenant == *tenant {
            Ok(record)
        } else {
            let Record { server, tenant, .. } = record;
            Err(Reason::Foreign(format!("of tenant `{tenant}` on {server}")))
        }
    }

    /// Replaces what is kept of the tenant of a reading.
    ///
    /// What another process keeps of the same version stays. Two that write at once may each miss
    /// what the other adds, until one of them stores it again.
    ///
    /// # Errors
    ///
    /// What the system says, with the path that it says it of.
    pub(crate) fn store(&self, keep: &Keep<'_>) -> io::Result<()> {
        self.store_by_steps(keep, &mut |_| Ok(()))
    }

    /// `step` is told what is done next.
    fn store_by_steps(
        &self,
        keep: &Keep<'_>,
        step: &mut dyn FnMut(Step) -> io::Result<()>,
    ) -> io::Result<()> {
        let tenant = &*keep.reading.tenant;
        let file = self.file(tenant);
        file::prepare(&self.folder)?;
        self.prepared
            .call_once(|| file::warn_of_others(&self.folder));
        let mut record = Record::new(&self.server, keep);
        // Whatever is wrong with what is there, it is replaced.
        if let Ok(before) = self.read(&file, tenant) {
            record.join(before, keep);
        }
        file::remove_leftovers(&file);
        file::replace(&file, &format::encode(&record)?, step)
    }

    /// A name that tells people which tenant it is, and a hash that no two of them share.
    fn file(&self, tenant: &str) -> PathBuf {
        let whose = format!("{}\0{tenant}", self.server);
        let hash = twox_hash::XxHash64::oneshot(0, whose.as_bytes());
        let (tenant, server) = (readable(tenant), readable(&self.server));
        self.folder
            .join(format!("{tenant}@{server}-{hash:016x}.decree"))
    }
}

/// Short, and without what a file name must not have.
fn readable(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let letters = name.chars().take(40);
    letters
        .map(|letter| if plain(letter) { letter } else { '_' })
        .collect()
}
