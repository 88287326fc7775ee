//! One whole read of a tenant: the raw material of every value that an application sees.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use crate::value::{Kind, Value};

/// What one field holds, after the wire was judged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stored {
    Value(Value),
    Null,
    /// Empty text in a field that is not text: an import wrote null that way.
    Empty,
    /// The server hides it from everybody.
    Redacted,
    /// The text `[REDACTED]` itself was stored: somebody imported an export.
    ImportedRedaction,
    /// The server shows a stand-in for a text that it could not parse, or that it hides.
    Unreadable(Kind),
}

/// A field of a reading.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) stored: Stored,
    /// Of the stored text; never to be shown, since a short secret can be guessed from it.
    pub(crate) checksum: String,
}

/// Every field of one version of one tenant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    /// The server's id of the tenant, whatever name was asked for.
    pub(crate) tenant_id: Arc<str>,
    /// 0 for a tenant that was never written to.
    pub(crate) version: i32,
    pub(crate) entries: BTreeMap<String, Entry>,
}

impl Reading {
    /// A number that changes when anything that `paths` show changes.
    ///
    /// The same version can show another content: a schema changed under it, a field became
    /// sensitive, or an old replica labelled old rows with a new number.
    pub(crate) fn digest(&self, paths: &[&'static str]) -> u64 {
        let mut hasher = DefaultHasher::new();
        for path in paths {
            match self.entries.get(*path) {
                None => 0_u8.hash(&mut hasher),
                Some(entry) => {
                    entry.checksum.hash(&mut hasher);
                    format!("{:?}", entry.stored).hash(&mut hasher);
                }
            }
        }
        hasher.finish()
    }
}
