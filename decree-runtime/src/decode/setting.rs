//! A field of a struct as a value.

use std::fmt;

/// One field of a struct of settings, with its type: what stands in place of its name as a text.
///
/// The derive makes a constant for each field, with the name of the field in capitals.
///
/// ```
/// use decree_runtime::{DecreeConfig, Live};
///
/// #[derive(DecreeConfig)]
/// #[decree(prefix = "payments")]
/// struct Payments {
///     #[decree(default = 0.01)]
///     fee: f64,
/// }
///
/// assert_eq!(Payments::FEE.path(), "payments.fee");
///
/// let live = Live::fixed(Payments { fee: 0.02 });
/// let fee = live.field(Payments::FEE);
/// assert_eq!(fee.get(), 0.02);
/// ```
pub struct Setting<C, T> {
    path: &'static str,
    get: fn(&C) -> &T,
}

impl<C, T> Setting<C, T> {
    /// Only derived code uses it.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(path: &'static str, get: fn(&C) -> &T) -> Self {
        Self { path, get }
    }

    /// The dotted name on the server; of a nested struct what its paths begin with, which is nothing
    /// for a flattened one.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The value in a struct.
    #[must_use]
    pub fn get<'a>(&self, config: &'a C) -> &'a T {
        (self.get)(config)
    }
}

impl<C, T> Clone for Setting<C, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, T> Copy for Setting<C, T> {}

impl<C, T> fmt::Debug for Setting<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Setting").field(&self.path).finish()
    }
}
