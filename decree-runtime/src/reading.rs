//! One whole read of a tenant: the raw material of every value that an application sees.

use std::{
    collections::BTreeSet,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use indexmap::IndexMap;

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
    /// There is a text, and the server shows it as a kind that we do not know.
    Unknown,
    /// The server shows a stand-in for a text that it could not parse, or that it hides.
    Unreadable(Kind),
}

/// A field as the schema of its tenant declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaField {
    /// What it holds.
    pub kind: Kind,
    /// Whether the server hides its values from everybody.
    pub sensitive: bool,
}

/// What a field would hold if the process that answered knew the kind that the schema declares.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declared {
    pub(crate) kind: Kind,
    /// The stored text as that kind; `None` when the text cannot be told from what was shown, or is
    /// none of that kind.
    pub(crate) value: Option<Value>,
}

/// What the server has for one field.
#[derive(Clone, PartialEq)]
pub struct Entry {
    pub(crate) stored: Stored,
    /// Of the stored text; a short secret can be guessed from it.
    pub(crate) checksum: String,
    pub(crate) description: Option<String>,
    /// Set when the schema declares another kind than the server showed.
    pub(crate) declared: Option<Declared>,
}

impl Entry {
    pub(crate) fn new(stored: Stored, checksum: String, description: Option<String>) -> Self {
        Self {
            stored,
            checksum,
            description,
            declared: None,
        }
    }

    /// The value; `None` for null and for what the server hides. [`get`](Self::get) tells which.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match &self.stored {
            Stored::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.stored, Stored::Null | Stored::Empty)
    }

    /// The checksum of the stored text, also of one that is hidden; empty for null. A conditional
    /// write names it.
    #[must_use]
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// What whoever wrote the value said about it.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl Entry {
    /// Feeds all that makes its value; what was said about it does not.
    pub(crate) fn hash_content(&self, hasher: &mut impl Hasher) {
        self.checksum.hash(hasher);
        format!("{:?}{:?}", self.stored, self.declared).hash(hasher);
    }
}

/// Without the checksum, from which a short secret can be guessed.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("stored", &self.stored)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

/// Fields by path, in the order of the paths. Found by hash, so that each costs a struct the same,
/// however many there are.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entries(IndexMap<String, Entry>);

impl Entries {
    pub(crate) fn get(&self, path: &str) -> Option<&Entry> {
        self.0.get(path)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.0.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&String, &mut Entry)> {
        self.0.iter_mut()
    }
}

impl FromIterator<(String, Entry)> for Entries {
    fn from_iter<I: IntoIterator<Item = (String, Entry)>>(entries: I) -> Self {
        let mut entries: IndexMap<_, _> = entries.into_iter().collect();
        entries.sort_unstable_keys();
        Self(entries)
    }
}

impl IntoIterator for Entries {
    type Item = (String, Entry);
    type IntoIter = indexmap::map::IntoIter<String, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Every field of one version of one tenant.
///
/// ```no_run
/// # async fn example(client: decree_runtime::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let acme = client.read("acme").await?;
/// println!("version {}", acme.version());
/// let fee: f64 = acme.get("payments.fee")?;
/// for (path, entry) in acme.entries() {
///     println!("{path} = {:?}", entry.text());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub(crate) tenant_id: Arc<str>,
    /// As the caller typed it.
    pub(crate) tenant: Arc<str>,
    pub(crate) version: i32,
    pub(crate) entries: Entries,
    /// What was asked for; all when `None`.
    pub(crate) part: Option<BTreeSet<Arc<str>>>,
}

impl Reading {
    #[cfg(test)]
    pub(crate) fn of_nothing(version: i32) -> Self {
        Self {
            tenant: "t".into(),
            tenant_id: "t".into(),
            version,
            entries: Entries::default(),
            part: None,
        }
    }

    /// Says nothing of any field.
    pub(crate) fn blind(tenant: &str) -> Self {
        Self {
            tenant_id: "".into(),
            tenant: tenant.into(),
            version: 0,
            entries: Entries::default(),
            part: Some(BTreeSet::new()),
        }
    }

    /// Whether it says of every one of `paths` what the server has, or that it has nothing.
    pub(crate) fn covers<'a>(&self, paths: impl IntoIterator<Item = &'a Arc<str>>) -> bool {
        let part = self.part.as_ref();
        part.is_none_or(|part| paths.into_iter().all(|path| part.contains(path)))
    }

    /// Whether it says something of fields of which `other` says nothing.
    pub(crate) fn says_more_than(&self, other: &Self) -> bool {
        match (&self.part, &other.part) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(part), Some(_)) => !other.covers(part),
        }
    }

    /// Whether it shows the same as `other` of all fields of which both say something.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.digest_of(other.part.as_ref()) == other.digest_of(self.part.as_ref())
    }

    /// Whether any of `paths` is other than in `before`.
    pub(crate) fn differs_in<'a>(
        &self,
        before: &Self,
        mut paths: impl Iterator<Item = &'a Arc<str>>,
    ) -> bool {
        paths.any(|path| self.entries.get(path) != before.entries.get(path))
    }

    /// The server's id of the tenant, whatever name was asked for.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// The number of the version; 0 for a tenant that was never written to.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.version
    }

    /// What the server has for a field; `None` if it was never written.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Every field that was ever written, sorted by path.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries
            .iter()
            .map(|(path, entry)| (path.as_str(), entry))
    }

    /// A number that changes when anything that is shown changes.
    ///
    /// The same version can show another content: a schema changed under it, a field became
    /// sensitive, or an old replica labelled old rows with a new number.
    pub(crate) fn digest(&self) -> u64 {
        self.digest_of(None)
    }

    /// The same for fields of `part` alone.
    fn digest_of(&self, part: Option<&BTreeSet<Arc<str>>>) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (path, entry) in self.entries.iter() {
            if part.is_none_or(|part| part.contains(path.as_str())) {
                path.hash(&mut hasher);
                entry.hash_content(&mut hasher);
            }
        }
        hasher.finish()
    }
}
