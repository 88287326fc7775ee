//! How an entry is written. Apart from the types themselves, so that those promise no format.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    reading::{Declared, Entry, Stored},
    value::{Kind, Value},
};

/// An entry that serde knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptEntry(#[serde(with = "EntryForm")] pub(super) Entry);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Entry", deny_unknown_fields)]
struct EntryForm {
    #[serde(with = "StoredForm")]
    stored: Stored,
    checksum: String,
    description: Option<String>,
    #[serde(with = "maybe_declared")]
    declared: Option<Declared>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Stored")]
enum StoredForm {
    Value(#[serde(with = "ValueForm")] Value),
    Null,
    Empty,
    Redacted,
    ImportedRedaction,
    Unknown,
    Unreadable(#[serde(with = "KindForm")] Kind),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Declared", deny_unknown_fields)]
struct DeclaredForm {
    #[serde(with = "KindForm")]
    kind: Kind,
    #[serde(with = "maybe_value")]
    value: Option<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Value")]
enum ValueForm {
    Integer(i64),
    /// Its bits: JSON has neither NaN nor infinity.
    Number(#[serde(with = "bits")] f64),
    String(String),
    Bool(bool),
    Time {
        seconds: i64,
        nanos: u32,
    },
    Duration {
        seconds: i64,
        nanos: i32,
    },
    Url(String),
    Json(String),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kind")]
enum KindForm {
    Integer,
    Number,
    String,
    Bool,
    Time,
    Duration,
    Url,
    Json,
}

mod bits {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
    pub(super) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        number.to_bits().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(f64::from_bits)
    }
}

/// What serde lacks: a form of another type within an `Option`.
macro_rules! maybe {
    ($module:ident, $form:literal, $type:ident) => {
        mod $module {
            use super::*;

            #[derive(Serialize)]
            struct Shown<'a>(#[serde(with = $form)] &'a $type);

            #[derive(Deserialize)]
            struct Read(#[serde(with = $form)] $type);

            #[expect(clippy::ref_option, reason = "serde passes it so")]
            pub(super) fn serialize<S: Serializer>(
                value: &Option<$type>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                value.as_ref().map(Shown).serialize(serializer)
            }

            pub(super) fn deserialize<'de, D: Deserializer<'de>>(
                from: D,
            ) -> Result<Option<$type>, D::Error> {
                let read = Option::<Read>::deserialize(from)?;
                Ok(read.map(|Read(value)| value))
            }
        }
    };
}

maybe!(maybe_value, "ValueForm", Value);
maybe!(maybe_declared, "DeclaredForm", Declared);
