//! What a file holds: a line that says whether the rest is whole, and the rest, in JSON.

use std::{
    collections::BTreeSet,
    io,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use twox_hash::XxHash64;

use super::{Cached, Keep, Path, entry::KeptEntry, file::BYTES_MAX, unusable::Reason};
use crate::{reading::Reading, snapshot::Written};

const MAGIC: &str = "decree-cache";

/// Counted up with every change that an older release would misread.
const FORMAT: u32 = 1;

/// The first line has about 60.
const LINE_MAX: usize = 128;

/// A part of a version of a tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// As it was typed.
    pub(super) server: String,
    /// As it was typed.
    pub(super) tenant: String,
    tenant_id: String,
    version: i32,
    pub(super) confirmed: SystemTime,
    written: Option<KeptWritten>,
    fields: Vec<Field>,
}

/// A path that is covered; its entry is `None` when the server has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    path: String,
    entry: Option<KeptEntry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptWritten {
    by: String,
    at: Option<SystemTime>,
}

impl Record {
    pub(super) fn new(server: &str, keep: &Keep<'_>) -> Self {
        let Keep { reading, paths, .. } = keep;
        let paths = paths.difference(keep.secret);
        let covered = paths.filter(|path| reading.covers([*path]));
        let after_epoch = |at: &SystemTime| at.duration_since(UNIX_EPOCH).is_ok();
        Self {
            server: server.to_owned(),
            tenant: reading.tenant.to_string(),
            tenant_id: reading.tenant_id.to_string(),
            version: reading.version,
            confirmed: keep.confirmed.max(UNIX_EPOCH),
            written: keep.written.as_ref().map(|written| KeptWritten {
                by: written.by.clone(),
                at: written.at.filter(after_epoch),
            }),
            fields: covered
                .map(|path| Field {
                    path: path.to_string(),
                    entry: reading.entry(path).cloned().map(KeptEntry),
                })
                .collect(),
        }
    }

    /// Adds what is kept of paths that only others read, if it is of the same version and agrees
    /// with all that we know.
    pub(super) fn join(&mut self, before: Self, keep: &Keep<'_>) {
        if (&before.tenant_id, before.version) != (&self.tenant_id, self.version) {
            return;
        }
        let reading = keep.reading;
        let agrees = |field: &Field| {
            let path: Path = field.path.as_str().into();
            let ours = reading.entry(&path);
            !reading.covers([&path]) || field.entry.as_ref().map(|entry| &entry.0) == ours
        };
        if before.fields.iter().all(agrees) {
            let known: BTreeSet<String> = self.fields.iter().map(|it| it.path.clone()).collect();
            let others = before.fields.into_iter();
            self.fields.extend(others.filter(|field| {
                !known.contains(&field.path) && !keep.secret.contains(field.path.as_str())
            }));
            self.fields.sort_by(|one, other| one.path.cmp(&other.path));
        }
    }

    /// Which of `paths` it says nothing of.
    pub(super) fn lacking(&self, paths: &[Path]) -> Vec<Path> {
        let covered: BTreeSet<&str> = self.fields.iter().map(|it| it.path.as_str()).collect();
        let lacking = paths.iter().filter(|path| !covered.contains(&***path));
        lacking.cloned().collect()
    }

    pub(super) fn into_cached(self) -> Cached {
        let part: BTreeSet<Path> = self
            .fields
            .iter()
            .map(|it| it.path.as_str().into())
            .collect();
        let entries = self.fields.into_iter();
        let entries = entries
            .filter_map(|field| Some((field.path, field.entry?.0)))
            .collect();
        Cached {
            reading: Reading {
                tenant_id: self.tenant_id.into(),
                tenant: self.tenant.into(),
                version: self.version,
                entries,
                part: Some(part),
            },
            confirmed: self.confirmed,
            written: self.written.map(|written| Written {
                by: written.by,
                at: written.at,
            }),
        }
    }

    /// Each path once, in order: what else is there was not written by us.
    fn is_in_order(&self) -> bool {
        self.fields.is_sorted_by(|one, next| one.path < next.path)
    }
}

pub(super) fn encode(record: &Record) -> io::Result<Vec<u8>> {
    let bytes = sealed(&serde_json::to_vec(record)?);
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::Error::other(format!(
            "the settings need {} bytes, and at most {BYTES_MAX} are stored",
            bytes.len()
        )));
    }
    Ok(bytes)
}

/// `body` behind the line that says whether it is whole.
pub(super) fn sealed(body: &[u8]) -> Vec<u8> {
    let checksum = XxHash64::oneshot(0, body);
    let line = format!("{MAGIC} {FORMAT} {} {checksum:016x}\n", body.len());
    [line.as_bytes(), body].concat()
}

pub(super) fn decode(bytes: &[u8]) -> Result<Record, Reason> {
    let damaged = |how: &str| Reason::Damaged(how.to_owned());
    let head = &bytes[..bytes.len().min(LINE_MAX)];
    if !head.starts_with(MAGIC.as_bytes()) {
        return Err(if MAGIC.as_bytes().starts_with(head) {
            damaged("it ends before its first word does")
        } else {
            Reason::Foreign("not a file of decree".to_owned())
        });
    }
    let end = head.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or_else(|| damaged("its first line has no end"))?;
    let line = std::str::from_utf8(&head[..end]).unwrap_or_default();
    let words: Vec<&str> = line.split(' ').collect();
    // What comes after the number is the business of its format.
    match words.get(1).map(|format| format.parse()) {
        Some(Ok(FORMAT)) => {}
        Some(Ok(format)) if format > FORMAT => return Err(Reason::Newer(format)),
        _ => return Err(damaged("its first line names no format")),
    }
    let [MAGIC, _, length, checksum] = words[..] else {
        return Err(damaged("its first line does not have four words"));
    };
    let body = &bytes[end + 1..];
    if length != body.len().to_string() {
        let how = format!(
            "it has {} bytes after the first line, not {length}",
            body.len()
        );
        return Err(Reason::Damaged(how));
    }
    if checksum != format!("{:016x}", XxHash64::oneshot(0, body)) {
        return Err(damaged("its checksum is another"));
    }
    let record: Record =
        serde_json::from_slice(body).map_err(|error| Reason::Damaged(error.to_string()))?;
    if record.is_in_order() {
        Ok(record)
    } else {
        Err(damaged("its paths are not in order"))
    }
}
