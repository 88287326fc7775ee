//! Which fields of two structs differ.

use indexmap::IndexSet;

use super::{DecreeConfig, prefix::Prefix};

/// A struct of which every field can be compared. Only derived code implements it, for a lifetime, so
/// that a field that cannot be compared is a mistake where structs are compared, not where they are
/// derived. For the same reason it asks for no other trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared",
    label = "not each of its fields can be",
    note = "`changed_fields` needs `PartialEq` of the type of each field, and `#[derive(DecreeConfig)]` on each nested struct"
)]
pub trait Compare<'a> {
    /// Notes the fields that are not the same.
    fn compare(&'a self, new: &'a Self, changed: &mut Changed);
}

/// An optional struct that comes or goes is a change of each of its fields.
impl<'a, C: Compare<'a> + DecreeConfig> Compare<'a> for Option<C> {
    fn compare(&'a self, new: &'a Self, changed: &mut Changed) {
        match (self, new) {
            (Some(old), Some(new)) => old.compare(new, changed),
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                for field in C::fields() {
                    changed.note(field.path());
                }
            }
        }
    }
}

/// The paths of fields that are not the same, each once: two structs may read one. Only derived code
/// uses it.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Changed {
    pub(super) paths: IndexSet<String>,
    prefix: Prefix,
}

impl Changed {
    /// Compares a field.
    pub fn field<T: Copy + PartialEq>(&mut self, name: &str, old: T, new: T) {
        if old != new {
            self.note(name);
        }
    }

    /// Compares a struct whose paths begin with `prefix`.
    pub fn nested<'a, C: Compare<'a>>(&mut self, prefix: &str, old: &'a C, new: &'a C) {
        let outer = self.prefix.enter(prefix);
        old.compare(new, self);
        self.prefix.leave(outer);
    }

    fn note(&mut self, name: &str) {
        self.paths.insert(self.prefix.path(name));
    }
}
