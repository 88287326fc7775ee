//! Fields that are not on the server.

use super::probe::OfField;

/// The default that the field names. Only derived code uses it.
pub fn skipped<T>(default: fn(OfField<T>) -> T) -> T {
    default(OfField::new())
}

/// The default that its type has. Only derived code uses it.
#[must_use]
pub fn blank<T: Blank>() -> T {
    T::blank()
}

/// A type that has a default. Only derived code uses it.
#[diagnostic::on_unimplemented(
    message = "a skipped field of type `{Self}` has no value",
    label = "`Default` is not implemented for it",
    note = "write one: `skip, default = …`; of a parameter it is a bound: `T: Default`"
)]
pub trait Blank {
    /// The default.
    fn blank() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> Blank for T {
    fn blank() -> Self {
        Self::default()
    }
}
