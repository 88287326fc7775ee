//! What is wrong with a field, and with a version: what was expected, what was found, what to do.

use std::{borrow::Cow, fmt, sync::Arc};

use super::{
    constraint::{Constraint, Refusal, all_of},
    fields::Instead,
};
use crate::{
    reading::Reading,
    value::{Kind, Mismatch},
};

/// Why one field is bad.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The server has no value, and the struct no default.
    Missing,
    /// The value is null, and the struct has no use for null.
    Null,
    /// Empty text in a field that is not text, which is how an import writes null.
    Empty,
    /// The schema calls the field sensitive: the server shows it to nobody.
    Redacted,
    /// The stored text itself is the server's mask: an export was imported.
    ImportedRedaction,
    /// The server has a value, of a kind that this release does not know.
    Unknown,
    /// What the server shows is a stand-in for a text that it could not parse or that it hides.
    Unreadable(Kind),
    /// The process of the server that answered has the types of an old schema, and what it shows
    /// cannot be read by the new one.
    StaleTypes,
    /// A value of another kind, or out of range.
    Mismatch(Mismatch),
    /// The server has no value, and the text that is the default is none of the type.
    BadDefault(Mismatch),
    /// A value that is not what the struct demands of the field.
    Violated {
        /// Every constraint that it violates.
        constraints: Vec<Constraint>,
        /// The value, with its kind and cut if it is long; or words that say that it is the default.
        found: String,
    },
    /// A value that the function of `validate = …` does not accept.
    Refused {
        /// The function, and its reason.
        refusal: Refusal,
        /// As in [`Violated`](Self::Violated).
        found: String,
    },
    /// The conversion or the default panicked, with this message.
    Panicked(String),
}

/// What is to be done about a value that is not what the struct demands.
const DEMAND_CURE: &str = "set another value on the server, or change what the struct demands";

impl Problem {
    /// Without what was found: for a secret.
    pub(super) fn masked(self) -> Self {
        match self {
            Self::Mismatch(mismatch) => Self::Mismatch(mismatch.masked()),
            Self::BadDefault(mismatch) => Self::BadDefault(mismatch.masked()),
            // What code of the application says as it panics may hold what it was given.
            Self::Panicked(_) => {
                Self::Panicked("its message may hold the secret, and is not shown".to_owned())
            }
            other => other,
        }
    }
}

/// Says what is wrong and what to do about it.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str(
                "the server has no value for it and the struct no default; set it on the server, \
                 or give the field `default = …` or an `Option` type",
            ),
            Self::Null => f.write_str(
                "it is null on the server and the struct has no default; set a value, \
                 or give the field `default = …` or an `Option` type",
            ),
            Self::Empty => f.write_str(
                "its stored text is empty, which is how an import writes null, and the struct has \
                 no default; set a value, or give the field `default = …` or an `Option` type",
            ),
            Self::Redacted => f.write_str(
                "the server redacts it, because its schema says `sensitive`: no client can read it; \
                 take the field out of the struct, or make it not sensitive in the schema",
            ),
            Self::ImportedRedaction => f.write_str(
                "the stored text itself is the server's mask for secrets, because an export was \
                 imported; set the real value again",
            ),
            Self::Unknown => f.write_str(
                "the server has a value of a kind that this release does not know; update decree, or \
                 give the field another type in the schema",
            ),
            Self::Unreadable(kind) => write!(
                f,
                "expected a {kind}, found the stand-in that the server shows for a value it redacts \
                 or cannot parse; set the value again, or make the field not sensitive in the schema",
            ),
            Self::StaleTypes => f.write_str(
                "the server process that answered has the types of an old schema, and what it shows \
                 cannot be read by the new one; another process is tried every few minutes, a \
                 restart of the server heals it at once",
            ),
            Self::Mismatch(mismatch) => write!(
                f,
                "{mismatch}; change the type of the field in the struct or in the schema, or the \
                 value on the server",
            ),
            Self::BadDefault(mismatch) => write!(
                f,
                "the server has no value for it, and its default does not do: {mismatch}; \
                 write another `default = …`",
            ),
            Self::Violated { constraints, found } => {
                let expected = all_of(constraints);
                write!(f, "expected {expected}, found {found}; {DEMAND_CURE}")
            }
            Self::Refused { refusal, found } => {
                write!(f, "{found} is refused: {refusal}; {DEMAND_CURE}")
            }
            Self::Panicked(message) => write!(f, "its conversion panicked: {message}"),
        }
    }
}

impl std::error::Error for Problem {}

/// One bad field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {problem}")]
pub struct FieldError {
    path: Cow<'static, str>,
    problem: Problem,
}

impl FieldError {
    pub(crate) fn new(path: impl Into<Cow<'static, str>>, problem: Problem) -> Self {
        let path = path.into();
        Self { path, problem }
    }

    /// The dotted name on the server.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

/// A version of a tenant that does not fit a struct.
///
/// `{}` prints a line that names the version, then a line for each bad field, with what is wrong
/// and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    pub(super) config: &'static str,
    /// Empty when it is about defaults alone.
    pub(super) tenant_id: Arc<str>,
    /// As the caller typed it; `None` when whoever reports the error has named it.
    pub(super) tenant: Option<Arc<str>>,
    pub(super) version: i32,
    pub(super) errors: Vec<FieldError>,
    pub(super) refused: Option<Box<Refused>>,
    pub(super) panic: Option<String>,
}

/// What validators of structs did not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    refusals: Vec<Refusal>,
    /// The fields that had the values of versions before.
    old: Vec<String>,
}

impl Refused {
    pub(super) fn of(refusals: Vec<Refusal>, instead: &Instead<'_>) -> Option<Box<Self>> {
        let old = || instead.keys().map(|path| (*path).to_owned()).collect();
        (!refusals.is_empty()).then(|| {
            Box::new(Self {
                refusals,
                old: old(),
            })
        })
    }
}

impl DecodeError {
    /// For fields that are read one by one; `reader` says by what.
    pub(crate) fn of_fields(
        reader: &'static str,
        reading: &Reading,
        errors: Vec<FieldError>,
    ) -> Self {
        Self {
            config: reader,
            tenant_id: Arc::clone(&reading.tenant_id),
            tenant: Some(Arc::clone(&reading.tenant)),
            version: reading.version,
            errors,
            refused: None,
            panic: None,
        }
    }

    #[cfg(test)]
    pub(crate) fn refused(mut self, validator: &'static str, reason: &str) -> Self {
        let refusals = vec![Refusal::new(validator, reason)];
        self.refused = Refused::of(refusals, &Instead::new());
        self
    }

    /// The version that does not fit.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.version
    }

    /// The server's id of the tenant.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// The error for a message that names the tenant already.
    pub(crate) fn of_named_tenant(mut self) -> Self {
        self.tenant = None;
        self
    }

    /// Whether a server process with the types of an old schema is to blame for all of it.
    pub(crate) fn has_stale_types(&self) -> bool {
        let stale = |error: &FieldError| *error.problem() == Problem::StaleTypes;
        !self.errors.is_empty() && self.errors.iter().all(stale)
    }

    pub(crate) fn into_fields(self) -> Vec<FieldError> {
        self.errors
    }

    /// Every bad field, in the order of the struct; none when only validators of structs
    /// refuse the version.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.errors
    }

    /// Why the validators of the struct, and of those nested in it, refuse values that are good one
    /// by one.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        let refused = self.refused.as_ref();
        refused.map_or(&[], |refused| &refused.refusals)
    }

    /// The same, and why it would not do with values of versions before in place of the bad ones.
    pub(crate) fn and(mut self, mixture: Self) -> Self {
        self.refused = mixture.refused;
        self.panic = self.panic.or(mixture.panic);
        self
    }

    /// Whether something else is wrong than with single fields, and the same as in `other`.
    pub(crate) fn is_as_whole(&self, other: &Self) -> bool {
        self.refused == other.refused && self.panic == other.panic
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tenant_id.is_empty() {
            write!(f, "the defaults of `{}` do not make one", self.config)?;
        } else {
            write!(f, "version {}", self.version)?;
            if let Some(tenant) = &self.tenant {
                write!(f, " of tenant `{tenant}`")?;
            }
            write!(f, " does not fit `{}`", self.config)?;
        }
        if let Some(panic) = &self.panic {
            write!(f, ": a conversion panicked: {panic}")?;
        } else {
            f.write_str(":")?;
        }
        for error in &self.errors {
            write!(f, "\n  {error}")?;
        }
        if let Some(refused) = &self.refused {
            write!(f, "\n  {refused}")?;
        }
        Ok(())
    }
}

/// A line for each refusal.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, refusal) in self.refusals.iter().enumerate() {
            if at > 0 {
                f.write_str("\n  ")?;
            }
            if refusal.part().is_empty() {
                f.write_str("its values are refused")?;
            } else {
                write!(f, "the values of `{}` are refused", refusal.part())?;
            }
            if !self.old.is_empty() {
                let old: Vec<_> = self.old.iter().map(|path| format!("`{path}`")).collect();
                write!(f, ", with older ones of {}", old.join(", "))?;
            }
            write!(
                f,
                ": {refusal}; set values on the server that fit each other"
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}
