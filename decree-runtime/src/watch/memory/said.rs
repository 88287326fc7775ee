//! Whether a program that starts now has another value than one that started then.

use crate::{
    decode::FieldSpec,
    reading::{Entry, Stored},
    value::Value,
};

/// What a field is without a value of the server.
pub(super) struct Unset {
    /// Null is another value than the default.
    null_is_other: bool,
    /// `None` where there is none, where nobody shows it, and in a struct that is not there either.
    default: Option<Value>,
}

impl Unset {
    pub(super) fn of(field: &FieldSpec) -> Self {
        let default = field.default().filter(|_| !field.in_option());
        Self {
            null_is_other: field.nullable() && field.has_default(),
            default: default.cloned(),
        }
    }
}

/// What a server says of a field, as the struct takes it.
pub(super) enum Said<'a> {
    Entry(&'a Entry),
    Null,
    Default(Option<&'a Value>),
}

impl<'a> Said<'a> {
    pub(super) fn of(entry: Option<&'a Entry>, unset: &'a Unset) -> Self {
        match entry {
            Some(entry) if !entry.is_null() => Self::Entry(entry),
            Some(_) if unset.null_is_other => Self::Null,
            _ => Self::Default(unset.default.as_ref()),
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            // One text is one value, also when a server process shows it with another type.
            (Self::Entry(a), Self::Entry(b)) => {
                a.stored == b.stored || (!a.checksum.is_empty() && a.checksum == b.checksum)
            }
            (Self::Entry(entry), Self::Default(Some(default)))
            | (Self::Default(Some(default)), Self::Entry(entry)) => {
                matches!(&entry.stored, Stored::Value(value) if value.text() == default.text())
            }
            (Self::Default(_), Self::Default(_)) | (Self::Null, Self::Null) => true,
            _ => false,
        }
    }
}
