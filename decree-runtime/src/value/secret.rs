//! Values that are not shown.

use std::fmt;

use super::{FromValue, Kind, Mismatch, ToValue, Value};

/// A value that is in no message, no log and no file of ours.
///
/// `Debug` shows that there is one, and no more; there is no `Display`. What is wrong with a field of
/// this type is told without what was found, and `ClientBuilder::cache_dir` leaves the field out.
/// A list and an option of them are treated so, too. A struct of your own that holds one, and is read
/// by `json` or `with`, is not: make a `Secret` of the whole, or say `FromValue::SECRET`.
/// On the server it is a field as any other: one that its schema calls `sensitive` is shown to nobody.
///
/// ```
/// use decree_runtime::{DecreeConfig, Secret};
///
/// #[derive(Debug, DecreeConfig)]
/// struct Mail {
///     #[decree(key = "mail.password")]
///     password: Secret<String>,
/// }
///
/// let mail = Mail { password: "hunter2".to_owned().into() };
/// assert_eq!(format!("{mail:?}"), "Mail { password: Secret(…) }");
/// assert_eq!(mail.password.expose(), "hunter2");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// The value. Whoever calls it sees to it that it is not shown.
    #[must_use]
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The value, owned; see [`expose`](Self::expose).
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<T: FromValue> FromValue for Secret<T> {
    const KINDS: &'static [Kind] = T::KINDS;
    const SECRET: bool = true;
    const ONE_OF: &'static [&'static str] = T::ONE_OF;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        T::from_value(value).map(Self).map_err(Mismatch::masked)
    }

    fn from_null() -> Option<Self> {
        T::from_null().map(Self)
    }
}

impl<T: ToValue> ToValue for Secret<T> {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        self.0.to_value().map_err(Mismatch::masked)
    }
}
