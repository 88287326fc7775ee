//! What is read back is what was written, to the last bit.

use proptest::prelude::*;

use super::*;
use crate::{
    cache::{entry::KeptEntry, format},
    reading::Declared,
    value::Kind,
};

fn kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(vec![
        Kind::Integer,
        Kind::Number,
        Kind::String,
        Kind::Bool,
        Kind::Time,
        Kind::Duration,
        Kind::Url,
        Kind::Json,
    ])
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("\0\u{1f600}\"\\\n\u{7f}\u{2028}".to_owned()),
        Just("{\"a\":[1,2,{\"a\":null}]}".to_owned()),
        Just(String::new()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        any::<u64>().prop_map(|bits| Value::Number(f64::from_bits(bits))),
        proptest::sample::select(vec![
            f64::NAN,
            -f64::NAN,
            f64::INFINITY,
            -0.0,
            f64::MIN_POSITIVE
        ])
        .prop_map(Value::Number),
        text().prop_map(Value::String),
        any::<bool>().prop_map(Value::Bool),
        any::<(i64, u32)>().prop_map(|(seconds, nanos)| Value::Time { seconds, nanos }),
        any::<(i64, i32)>().prop_map(|(seconds, nanos)| Value::Duration { seconds, nanos }),
        text().prop_map(Value::Url),
        text().prop_map(Value::Json),
    ]
}

fn stored() -> impl Strategy<Value = Stored> {
    prop_oneof![
        6 => value().prop_map(Stored::Value),
        1 => Just(Stored::Null),
        1 => Just(Stored::Empty),
        1 => Just(Stored::Redacted),
        1 => Just(Stored::ImportedRedaction),
        1 => Just(Stored::Unknown),
        1 => kind().prop_map(Stored::Unreadable),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let declared = (kind(), proptest::option::of(value()));
    let declared = declared.prop_map(|(kind, value)| Declared { kind, value });
    let parts = (
        stored(),
        text(),
        proptest::option::of(text()),
        proptest::option::of(declared),
    );
    parts.prop_map(|(stored, checksum, description, declared)| Entry {
        declared,
        ..Entry::new(stored, checksum, description)
    })
}

/// What is compared by its bits: NaN is no equal of itself.
fn same(one: &Entry, other: &Entry) -> bool {
    let bits = |entry: &Entry| match &entry.stored {
        Stored::Value(Value::Number(number)) => Some(number.to_bits()),
        _ => None,
    };
    let declared_bits = |entry: &Entry| match entry.declared.as_ref()?.value.as_ref()? {
        Value::Number(number) => Some(number.to_bits()),
        _ => None,
    };
    let rest = |entry: &Entry| format!("{entry:?} {:?} {:?}", entry.checksum, entry.declared);
    bits(one) == bits(other)
        && declared_bits(one) == declared_bits(other)
        && rest(one) == rest(other)
}

proptest! {
    #[test]
    fn a_record_is_read_as_it_was_written(
        entries in proptest::collection::btree_map("[a-z.]{1,12}", entry(), 0..8),
        version in any::<i32>(),
        confirmed in 0..u64::from(u32::MAX),
        nanos in 0..1_000_000_000_u32,
        by in text(),
    ) {
        let reading = Reading { version, entries: entries.into_iter().collect(), ..Reading::of_nothing(0) };
        let names: BTreeSet<Path> = reading.entries().map(|(path, _)| path.into()).collect();
        let confirmed = UNIX_EPOCH + Duration::new(confirmed, nanos);
        let written = Some(Written { by, at: Some(confirmed) });
        let record = Record::new("s:1", &Keep {
            reading: &reading,
            paths: &names,
            secret: &BTreeSet::new(),
            confirmed,
            written: written.clone(),
        });
        let read = format::decode(&format::encode(&record).unwrap()).unwrap().into_cached();
        prop_assert_eq!(read.confirmed, confirmed);
        prop_assert_eq!(read.written, written);
        prop_assert_eq!(read.reading.version, version);
        prop_assert_eq!(&read.reading.part, &Some(names));
        prop_assert_eq!(read.reading.entries().count(), reading.entries().count());
        for ((path, read), (_, entry)) in read.reading.entries().zip(reading.entries()) {
            prop_assert!(same(read, entry), "{}: {:?} {:?}", path, read, entry);
        }
    }

    #[test]
    fn no_bytes_are_read_as_data_by_chance(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(format::decode(&bytes).is_err());
    }
}

#[test]
fn each_form_is_its_own() {
    let all = [
        Stored::Null,
        Stored::Empty,
        Stored::Redacted,
        Stored::ImportedRedaction,
        Stored::Unknown,
        Stored::Unreadable(Kind::Url),
        Stored::Value(Value::Url("x".into())),
        Stored::Value(Value::Json("x".into())),
        Stored::Value(Value::String("x".into())),
    ];
    let text = |stored: &Stored| {
        let entry = Entry::new(stored.clone(), String::new(), None);
        serde_json::to_string(&KeptEntry(entry)).unwrap()
    };
    let texts: BTreeSet<String> = all.iter().map(text).collect();
    assert_eq!(texts.len(), all.len());
}
