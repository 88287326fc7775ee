//! The types that a schema declares, beside those that the server shows.
//!
//! A process of the server keeps the types of a tenant for as long as it lives, also when another
//! process changed them. The schema itself is never kept, so it tells which of two kinds is true.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::wire;
use crate::reading::{Declared, Entry, Reading, SchemaField, Stored};

/// Which version of which schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SchemaVersion {
    pub(super) id: String,
    pub(super) number: i32,
}

/// Every field of one version of a schema, which never changes.
#[derive(Debug)]
pub(super) struct Types {
    pub(super) of: SchemaVersion,
    pub(super) fields: BTreeMap<String, SchemaField>,
}

/// The schemas that were read last, for all tenants of a client: one can be megabytes large.
#[derive(Debug, Default)]
pub(super) struct Schemas(Mutex<Vec<Arc<Types>>>);

/// A program follows few schemas, and an upgrade replaces one at a time.
const KEPT: usize = 8;

impl Schemas {
    pub(super) fn get(&self, version: &SchemaVersion) -> Option<Arc<Types>> {
        self.lock()
            .iter()
            .find(|types| types.of == *version)
            .cloned()
    }

    pub(super) fn keep(&self, types: Arc<Types>) {
        let mut kept = self.lock();
        kept.retain(|known| known.of != types.of);
        kept.truncate(KEPT - 1);
        kept.insert(0, types);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Types>>> {
        // A panic leaves whole entries.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Types {
    /// Notes what the schema knows better than the process that answered.
    pub(super) fn mend(&self, reading: &mut Reading) {
        for (path, entry) in reading.entries.iter_mut() {
            if let Some(field) = self.fields.get(path) {
                mend(entry, *field);
            }
        }
    }
}

fn mend(entry: &mut Entry, field: SchemaField) {
    let shown = match &entry.stored {
        Stored::Null | Stored::Empty | Stored::Redacted => return,
        // A secret that is a zero looks like a value: only the schema tells.
        _ if field.sensitive => {
            entry.stored = Stored::Redacted;
            return;
        }
        Stored::ImportedRedaction | Stored::Unknown => return,
        Stored::Value(value) => value.kind(),
        Stored::Unreadable(kind) => *kind,
    };
    if shown != field.kind {
        entry.declared = Some(Declared {
            kind: field.kind,
            value: stored_text(entry).and_then(|text| wire::parse(field.kind, &text)),
        });
    }
}

/// The text behind what was shown, if its checksum proves it.
fn stored_text(entry: &Entry) -> Option<String> {
    let text = wire::canonical(entry.value()?);
    (decree_proto::text::checksum(&text) == entry.checksum).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decode::Problem,
        value::{Kind, Value},
    };

    fn entry(stored: Stored, text: &str) -> Entry {
        Entry::new(stored, decree_proto::text::checksum(text), None)
    }

    fn mended(mut entry: Entry, kind: Kind, sensitive: bool) -> Entry {
        mend(&mut entry, SchemaField { kind, sensitive });
        entry
    }

    #[test]
    fn a_text_is_read_as_the_schema_says_if_the_struct_says_so_too() {
        let text = || entry(Stored::Value(Value::String("77".into())), "77");
        let new = mended(text(), Kind::Integer, false);
        assert_eq!(new.get::<i64>(), Ok(77));
        assert_eq!(new.get::<String>(), Ok("77".to_owned()), "as it was shown");
        let wrong = mended(text(), Kind::Bool, false);
        assert!(matches!(wrong.get::<i64>(), Err(Problem::Mismatch(_))));
        let span = entry(Stored::Value(Value::String("30s".into())), "30s");
        let span = mended(span, Kind::Duration, false);
        assert_eq!(span.get(), Ok(std::time::Duration::from_secs(30)));
    }

    #[test]
    fn a_number_is_the_text_that_its_checksum_proves() {
        let one = |text| {
            mended(
                entry(Stored::Value(Value::Integer(1)), text),
                Kind::String,
                false,
            )
        };
        assert_eq!(one("1").get::<String>(), Ok("1".to_owned()));
        assert_eq!(one("+1").get::<String>(), Err(Problem::StaleTypes));
    }

    #[test]
    fn a_stand_in_of_an_old_type_is_not_a_broken_contract() {
        let zero = entry(Stored::Unreadable(Kind::Integer), "abc");
        let zero = mended(zero, Kind::String, false);
        assert_eq!(zero.get::<String>(), Err(Problem::StaleTypes));
        assert_eq!(zero.get::<i64>(), Err(Problem::Unreadable(Kind::Integer)));
    }

    #[test]
    fn a_secret_is_a_secret_whatever_it_is() {
        for stored in [
            Stored::Value(Value::Bool(false)),
            Stored::Value(Value::Integer(0)),
            Stored::Unreadable(Kind::Bool),
            Stored::ImportedRedaction,
        ] {
            let secret = mended(entry(stored, "false"), Kind::Bool, true);
            assert_eq!(secret.stored, Stored::Redacted);
        }
        let null = mended(
            Entry::new(Stored::Null, String::new(), None),
            Kind::Bool,
            true,
        );
        assert_eq!(null.stored, Stored::Null);
    }

    #[test]
    fn the_last_few_schemas_are_kept() {
        let schemas = Schemas::default();
        let version = |number| SchemaVersion {
            id: "s".to_owned(),
            number,
        };
        for number in 0..20 {
            let (of, fields) = (version(number), BTreeMap::new());
            schemas.keep(Arc::new(Types { of, fields }));
        }
        assert!(schemas.get(&version(12)).is_some() && schemas.get(&version(11)).is_none());
    }
}
