//! From one reading to one struct: all of it, or every reason why not.

#[cfg(test)]
mod tests;
mod text;

use std::{borrow::Cow, fmt, sync::Arc};

pub use self::text::FromText;
use crate::{
    reading::{Entry, Reading, Stored},
    value::{FromValue, Kind, Mismatch},
};

/// A struct of settings. Derive it: `#[derive(DecreeConfig)]`.
///
/// ```
/// use decree_runtime::DecreeConfig;
///
/// #[derive(DecreeConfig)]
/// struct Payments {
///     /// Share of the amount that is charged.
///     #[decree(key = "payments.fee", default = 0.01)]
///     fee: f64,
/// }
///
/// let fields = Payments::fields();
/// assert_eq!(fields[0].path(), "payments.fee");
/// assert_eq!(fields[0].description(), "Share of the amount that is charged.");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a struct of settings",
    label = "`DecreeConfig` is not derived for it",
    note = "put `#[derive(DecreeConfig)]` on the struct whose fields are the settings"
)]
pub trait DecreeConfig: Sized + Send + Sync + 'static {
    /// Reads every field; `None` when any is bad, with the reasons left in `fields`.
    #[doc(hidden)]
    fn decode(fields: &mut Fields<'_>) -> Option<Self>;

    /// Every field that is read from the server, in the order of the struct.
    #[must_use]
    fn fields() -> Vec<FieldSpec> {
        let mut fields = Fields(Mode::Describe(Vec::new()));
        // Nothing is there to decode: the calls themselves are the description.
        let _nothing = Self::decode(&mut fields);
        match fields.0 {
            Mode::Describe(specs) => specs,
            Mode::Read { .. } => Vec::new(),
        }
    }
}

/// What a struct asks of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSpec {
    path: &'static str,
    kinds: &'static [Kind],
    nullable: bool,
    has_default: bool,
    description: &'static str,
}

impl FieldSpec {
    /// The dotted name on the server.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
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

    /// The doc comment of the field; empty when there is none.
    #[must_use]
    pub fn description(&self) -> &'static str {
        self.description
    }
}

/// The fields of a struct while it is made or described. Only derived code uses it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fields<'a>(Mode<'a>);

#[derive(Debug)]
enum Mode<'a> {
    /// Take values from a reading, and note what is wrong with them.
    Read {
        reading: &'a Reading,
        errors: Vec<FieldError>,
    },
    /// Note what is asked for.
    Describe(Vec<FieldSpec>),
}

impl Fields<'_> {
    /// Reads a field that has no default.
    pub fn read<T: FromValue>(
        &mut self,
        path: &'static str,
        description: &'static str,
    ) -> Option<T> {
        self.take(path, description, None::<fn() -> T>)
    }

    /// Reads a field; `default` stands in when the server has no value for it.
    pub fn read_or<T: FromValue>(
        &mut self,
        path: &'static str,
        description: &'static str,
        default: impl FnOnce() -> T,
    ) -> Option<T> {
        self.take(path, description, Some(default))
    }

    fn take<T: FromValue>(
        &mut self,
        path: &'static str,
        description: &'static str,
        default: Option<impl FnOnce() -> T>,
    ) -> Option<T> {
        let (reading, errors) = match &mut self.0 {
            Mode::Read { reading, errors } => (reading, errors),
            Mode::Describe(specs) => {
                specs.push(FieldSpec {
                    path,
                    kinds: T::KINDS,
                    nullable: T::from_null().is_some(),
                    has_default: default.is_some(),
                    description,
                });
                return None;
            }
        };
        let default = || default.map(|default| default());
        let read = match reading.entries.get(path) {
            None => default().or_else(T::from_null).ok_or(Problem::Missing),
            Some(entry) => entry.get().or_else(|problem| match problem {
                Problem::Null | Problem::Empty => default().ok_or(problem),
                other => Err(other),
            }),
        };
        read.map_err(|problem| errors.push(FieldError::new(path, problem)))
            .ok()
    }
}

impl Entry {
    /// The value as a `T`. Null is a value of an `Option`; for every other type it is the lack of
    /// one.
    ///
    /// # Errors
    ///
    /// [`Problem`] when it is null, hidden, or no `T`.
    pub fn get<T: FromValue>(&self) -> Result<T, Problem> {
        match &self.stored {
            Stored::Value(value) => T::from_value(value).map_err(Problem::Mismatch),
            Stored::Null => T::from_null().ok_or(Problem::Null),
            Stored::Empty => T::from_null().ok_or(Problem::Empty),
            Stored::Redacted => Err(Problem::Redacted),
            Stored::ImportedRedaction => Err(Problem::ImportedRedaction),
            Stored::Unreadable(kind) => Err(Problem::Unreadable(*kind)),
        }
    }
}

impl Reading {
    /// The value of one field as a `T`.
    ///
    /// # Errors
    ///
    /// [`FieldError`] when it was never written, is null and `T` no `Option`, is hidden, or no `T`.
    pub fn get<T: FromValue>(&self, path: &str) -> Result<T, FieldError> {
        let entry = self.entries.get(path).ok_or(Problem::Missing);
        let value = entry.and_then(Entry::get);
        value.map_err(|problem| FieldError::new(path.to_owned(), problem))
    }

    /// A whole struct of this version.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], naming every bad field.
    pub fn decode<C: DecreeConfig>(&self) -> Result<C, DecodeError> {
        decode(self)
    }
}

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
    /// What the server shows is a stand-in for a text that it could not parse or that it hides.
    Unreadable(Kind),
    /// A value of another kind, or out of range.
    Mismatch(Mismatch),
    /// The conversion panicked, with this message.
    Panicked(String),
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
            Self::Unreadable(kind) => write!(
                f,
                "expected a {kind}, found the stand-in that the server shows for a value it redacts \
                 or cannot parse; set the value again, or make the field not sensitive in the schema",
            ),
            Self::Mismatch(mismatch) => write!(
                f,
                "{mismatch}; change the type of the field in the struct or in the schema, or the \
                 value on the server",
            ),
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
    config: &'static str,
    tenant_id: Arc<str>,
    /// As the caller typed it; `None` when whoever reports the error has named it.
    tenant: Option<Arc<str>>,
    version: i32,
    errors: Vec<FieldError>,
    panic: Option<String>,
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
            panic: None,
        }
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

    pub(crate) fn into_fields(self) -> Vec<FieldError> {
        self.errors
    }

    /// Every bad field, in the order of the struct.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.errors
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {}", self.version)?;
        if let Some(tenant) = &self.tenant {
            write!(f, " of tenant `{tenant}`")?;
        }
        write!(f, " does not fit `{}`", self.config)?;
        if let Some(panic) = &self.panic {
            write!(f, ": a conversion panicked: {panic}")?;
        } else {
            f.write_str(":")?;
        }
        for error in &self.errors {
            write!(f, "\n  {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}

/// Makes a whole struct of a reading.
///
/// Conversions are code of the application: a panic in one is an error like any other.
pub(crate) fn decode<C: DecreeConfig>(reading: &Reading) -> Result<C, DecodeError> {
    let mut fields = Fields(Mode::Read {
        reading,
        errors: Vec::new(),
    });
    let (config, panic) = match contain(|| C::decode(&mut fields)) {
        Ok(config) => (config, None),
        Err(panic) => (None, Some(panic)),
    };
    let errors = match fields.0 {
        Mode::Read { errors, .. } => errors,
        Mode::Describe(_) => Vec::new(),
    };
    match config {
        Some(config) if errors.is_empty() => Ok(config),
        _ => Err(DecodeError {
            config: short_type_name::<C>(),
            tenant_id: Arc::clone(&reading.tenant_id),
            tenant: Some(Arc::clone(&reading.tenant)),
            version: reading.version,
            errors,
            panic,
        }),
    }
}

/// The name of a type without its modules.
pub(crate) fn short_type_name<C>() -> &'static str {
    let name = std::any::type_name::<C>();
    let head = name.split('<').next().unwrap_or(name);
    let start = head.rfind("::").map_or(0, |colons| colons + 2);
    &name[start..]
}

/// Runs code of the application; the error is the message of its panic.
pub(crate) fn contain<T>(code: impl FnOnce() -> T) -> Result<T, String> {
    let attempt = std::panic::catch_unwind(std::panic::AssertUnwindSafe(code));
    attempt.map_err(|payload| panic_text(payload.as_ref()))
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
