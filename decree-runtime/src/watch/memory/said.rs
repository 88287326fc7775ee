//! Whether a program that starts now has another value than one that started then.

use crate::{
    decode::FieldSpec,
    reading::{Entry, Stored},
    value::Value,
};

/// What a field is without a value of the server.
pub(super) struct Unset {
    nullable: bool,
    /// `None` in a struct that is not there either, then.
    default: Option<Value>,
}

impl Unset {
    pub(super) fn of(field: &FieldSpec) -> Self {
        let default = field.default().filter(|_| !field.in_option());
        Self {
            nullable: field.nullable(),
            default: default.cloned(),
        }
    }
}

/// What a server says of a field, as the struct takes it.
pub(super) enum Said<'a> {
    Entry(&'a Entry),
    Default(&'a Value),
    Nothing,
}

impl<'a> Said<'a> {
    pub(super) fn of(entry: Option<&'a Entry>, unset: &'a Unset) -> Self {
        match (entry, &unset.default) {
            (Some(entry), _) if !entry.is_null() => Self::Entry(entry),
            // Null is a value of its own, of a field that may be null.
            (Some(_), Some(_)) if unset.nullable => Self::Nothing,
            (_, Some(default)) => Self::Default(default),
            (_, None) => Self::Nothing,
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            // One text is one value, also when a server process shows it with another type.
            (Self::Entry(a), Self::Entry(b)) => {
                a.stored == b.stored || (!a.checksum.is_empty() && a.checksum == b.checksum)
            }
            (Self::Entry(entry), Self::Default(default))
            | (Self::Default(default), Self::Entry(entry)) => {
                matches!(&entry.stored, Stored::Value(value) if value.text() == default.text())
            }
            (Self::Default(_), Self::Default(_)) | (Self::Nothing, Self::Nothing) => true,
            _ => false,
        }
    }
}
