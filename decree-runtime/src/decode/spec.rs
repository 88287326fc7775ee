//! What a struct asks of the server, field by field.

use std::borrow::Cow;

use super::Constraint;
use crate::value::{Kind, Value};

/// What a struct asks of one field.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five facts that do not depend on each other"
)]
pub struct FieldSpec {
    pub(super) path: Cow<'static, str>,
    pub(super) kinds: &'static [Kind],
    pub(super) nullable: bool,
    pub(super) has_default: bool,
    pub(super) default: Option<Value>,
    pub(super) in_option: bool,
    pub(super) secret: bool,
    pub(super) restart: bool,
    pub(super) constraints: Vec<Constraint>,
    pub(super) description: &'static str,
}

impl FieldSpec {
    /// The dotted name on the server.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The kinds that fit the type of the field.
    #[must_use]
    pub fn kinds(&self) -> &'static [Kind] {
        self.kinds
    }

    /// Whether null is a value of the field.
    #[must_use]
    pub fn nullable(&self) -> bool {
        self.nullable
    }

    /// Whether the struct has a value of its own for a field that the server has none for.
    #[must_use]
    pub fn has_default(&self) -> bool {
        self.has_default
    }

    /// The default as the server would hold it; [`Value::text`] is its canonical text.
    ///
    /// `None` where there is none, where it is null, and where it is not shown: a secret, and one whose
    /// type is not [`ToValue`](crate::ToValue).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use decree_runtime::{DecreeConfig, Value};
    ///
    /// #[derive(DecreeConfig)]
    /// struct Payments {
    ///     #[decree(default = "90s")]
    ///     timeout: Duration,
    /// }
    ///
    /// let fields = Payments::fields();
    /// let default = fields[0].default().map(Value::text);
    /// assert_eq!(default.as_deref(), Some("1m30s"));
    /// ```
    #[must_use]
    pub fn default(&self) -> Option<&Value> {
        self.default.as_ref()
    }

    /// Whether it is a field of a nested struct in an `Option`, which is `None` when the server has
    /// none of its fields.
    #[must_use]
    pub fn in_option(&self) -> bool {
        self.in_option
    }

    /// Whether its values are kept out of messages and files: its type is a
    /// [`Secret`](crate::Secret).
    #[must_use]
    pub fn secret(&self) -> bool {
        self.secret
    }

    /// Whether it keeps the value that it had when the program started.
    #[must_use]
    pub fn restart(&self) -> bool {
        self.restart
    }

    /// What a value must fulfil, in the order in which it is checked.
    ///
    /// ```
    /// use decree_runtime::{Constraint, DecreeConfig};
    ///
    /// #[derive(DecreeConfig)]
    /// struct Payments {
    ///     #[decree(default = 3, min = 1, max = 10)]
    ///     retries: u32,
    /// }
    ///
    /// let fields = Payments::fields();
    /// assert_eq!(fields[0].constraints()[0], Constraint::Min("1".to_owned()));
    /// assert_eq!(fields[0].constraints()[1].to_string(), "at most 10");
    /// ```
    #[must_use]
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The doc comment of the field; empty when there is none.
    #[must_use]
    pub fn description(&self) -> &'static str {
        self.description
    }
}
