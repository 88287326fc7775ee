//! What is to be written: one field or several, as one version.

use std::{collections::HashSet, fmt};

use decree_proto::v1;

use super::{check, wire};
use crate::value::{Mismatch, ToValue, Value};

/// Values that are written together, as one version: all of them or none.
///
/// ```
/// use decree_runtime::Write;
///
/// let write = Write::new()
///     .set("payments.fee", 0.02)
///     .note("spring sale")
///     .set_null("payments.banner")
///     .description("spring")
///     .idempotency_key("deploy-7");
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing is written before it is handed to a client"]
pub struct Write {
    updates: Vec<Update>,
    pub(super) description: Option<String>,
    pub(super) idempotency_key: Option<String>,
}

#[derive(Clone)]
struct Update {
    path: String,
    /// What no value of the server can hold is told when it is to be written, with all else.
    value: Result<Option<Value>, Mismatch>,
    expected: Option<String>,
    note: Option<String>,
}

impl Update {
    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let note = self.note.as_deref().map(|note| ("note", note));
        std::iter::once(("path", self.path.as_str())).chain(note)
    }
}

impl Write {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a value to a field.
    pub fn set(self, path: impl Into<String>, value: impl ToValue) -> Self {
        self.update(path.into(), value.to_value())
    }

    /// Writes null to a field.
    pub fn set_null(self, path: impl Into<String>) -> Self {
        self.update(path.into(), Ok(None))
    }

    fn update(mut self, path: String, value: Result<Option<Value>, Mismatch>) -> Self {
        self.updates.push(Update {
            path,
            value,
            expected: None,
            note: None,
        });
        self
    }

    /// Writes the field that was named last only if its checksum is still this one, as
    /// [`Entry::checksum`](crate::Entry::checksum) showed it; empty stands for null.
    ///
    /// The server cannot check a field that was never written: then it writes.
    pub fn expect(mut self, checksum: impl Into<String>) -> Self {
        if let Some(last) = self.updates.last_mut() {
            last.expected = Some(checksum.into());
        }
        self
    }

    /// Says something about the value of the field that was named last.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        if let Some(last) = self.updates.last_mut() {
            last.note = Some(text.into());
        }
        self
    }

    /// Says something about the version.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Lets the server do it once only, however often it is sent within 24 hours: then the call is
    /// tried again also after a failure that leaves open what happened.
    ///
    /// A key belongs to one attempt of the program to change something. After an error take another
    /// key: the server remembers a key also when it refused what came with it.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into()).filter(|key: &String| !key.is_empty());
        self
    }

    /// The field, if it is only one.
    pub(super) fn only_path(&self) -> Option<&str> {
        match &self.updates[..] {
            [one] => Some(&one.path),
            _ => None,
        }
    }

    /// Whether sending it twice cannot do it twice.
    pub(super) fn is_guarded(&self) -> bool {
        self.idempotency_key.is_some() || self.updates.iter().all(|one| one.expected.is_some())
    }

    /// Every text beside the values, and what it is.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let of_version = [
            ("description", self.description.as_deref()),
            ("idempotency key", self.idempotency_key.as_deref()),
        ];
        let of_version = of_version
            .into_iter()
            .filter_map(|(what, text)| Some((what, text?)));
        self.updates
            .iter()
            .flat_map(Update::texts)
            .chain(of_version)
    }

    /// What is to be sent, or every reason why it cannot be.
    pub(super) fn prepare(&self) -> Result<Vec<v1::FieldUpdate>, String> {
        let mut problems = Vec::new();
        let mut paths = HashSet::new();
        let mut updates = Vec::with_capacity(self.updates.len());
        for update in &self.updates {
            if !paths.insert(&update.path) {
                problems.push(format!("`{}` is named twice", update.path.escape_debug()));
            }
            let value = update.value.clone().and_then(check::writable);
            match value {
                Ok(value) => updates.push(v1::FieldUpdate {
                    field_path: update.path.clone(),
                    value: wire::untyped(value),
                    expected_checksum: update.expected.clone(),
                    value_description: update.note.clone(),
                }),
                Err(mismatch) => {
                    problems.push(format!("`{}`: {mismatch}", update.path.escape_debug()));
                }
            }
        }
        for (what, text) in self.texts() {
            if !check::storable(text) {
                let shown = Value::String(text.to_owned());
                problems.push(format!(
                    "{what}: expected a text without the character U+0000, found {shown}"
                ));
            }
        }
        if self.updates.is_empty() {
            problems.push("no field is named".to_owned());
        }
        if problems.is_empty() {
            return Ok(updates);
        }
        Err(problems.join("; "))
    }
}

/// Without the values, which may be secrets.
impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.updates.iter().map(|update| &update.path);
        f.debug_struct("Write")
            .field("paths", &paths.collect::<Vec<_>>())
            .field("description", &self.description)
            .field("idempotency_key", &self.idempotency_key)
            .finish_non_exhaustive()
    }
}
