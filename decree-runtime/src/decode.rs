//! From one reading to one struct: all of it, or every reason why not.

mod by;
mod compare;
mod constraint;
mod default;
mod fields;
#[cfg(all(test, feature = "derive"))]
mod given_tests;
#[cfg(all(test, feature = "derive"))]
mod leaf_tests;
#[cfg(all(test, feature = "derive"))]
mod nested_tests;
mod prefix;
mod probe;
mod problem;
mod relation;
mod secrecy;
mod setting;
mod shown;
mod skipped;
mod spec;
#[cfg(test)]
mod tests;
mod text;

use std::{collections::BTreeSet, sync::Arc};

#[cfg(feature = "json")]
pub use self::by::{OfJson, json};
#[cfg(feature = "pattern")]
pub use self::constraint::Pattern;
pub(crate) use self::fields::Instead;
pub use self::{
    by::{By, Parsed, parsed, told},
    compare::{Changed, Compare},
    constraint::{Comparable, Constraint, Ordered, Refusal, Text},
    default::Texts,
    fields::{Fields, WholeValue, said},
    probe::{LiteralOf, NoAnswer, OfField, Probe},
    problem::{DecodeError, FieldError, Problem},
    secrecy::{KeptAsItSays, NotKept, Secrecy},
    setting::Setting,
    shown::{NotShown, Shown},
    skipped::{blank, skipped},
    spec::FieldSpec,
    text::FromText,
};
use self::{fields::Mode, problem::Refused};
use crate::{
    reading::{Entry, Reading, Stored},
    value::{FromValue, Kind, Value},
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
    note = "put `#[derive(DecreeConfig)]` on the struct whose fields are the settings; of a parameter it is a bound: \
            `T: DecreeConfig`",
    note = "one value, such as an enum or a number, is read without `nested`, and a list or a tuple from JSON, \
            `#[decree(json)]`"
)]
pub trait DecreeConfig: Sized + Send + Sync + 'static {
    /// Reads every field; `None` when any is bad, with the reasons left in `fields`.
    #[doc(hidden)]
    fn decode(fields: &mut Fields<'_>) -> Option<Self>;

    /// Every field that is read from the server, in the order of the struct.
    #[must_use]
    fn fields() -> Vec<FieldSpec> {
        let mut fields = Fields::described();
        // Nothing is there to decode: the calls themselves are the description.
        let _nothing = Self::decode(&mut fields);
        match fields.mode {
            Mode::Describe(specs) => specs,
            Mode::Read(_) => Vec::new(),
        }
    }

    /// The struct of the defaults alone, as for a server that has no value at all.
    ///
    /// ```
    /// use decree_runtime::{DecreeConfig, Live};
    ///
    /// #[derive(DecreeConfig)]
    /// struct Payments {
    ///     #[decree(default = 0.01)]
    ///     fee: f64,
    ///     banner: Option<String>,
    /// }
    ///
    /// let live = Live::fixed(Payments::defaults()?);
    /// assert_eq!(live.load().fee, 0.01);
    /// # Ok::<_, decree_runtime::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DecodeError`], naming every field that has no default and every default that does not fulfil
    /// what is demanded of it.
    fn defaults() -> Result<Self, DecodeError> {
        decode(&Reading::blind(""))
    }

    /// The paths of the fields that are not the same in `new`, in the order of the struct.
    ///
    /// Fields are compared by `PartialEq`, which the type of each must have for this to compile: `NaN`
    /// is never the same. Skipped ones are not compared. What a new version of the server has changed
    /// says [`Change::paths`](crate::Change::paths).
    ///
    /// ```
    /// use decree_runtime::DecreeConfig;
    ///
    /// #[derive(DecreeConfig)]
    /// #[decree(prefix = "payments")]
    /// struct Payments {
    ///     fee: f64,
    ///     retries: u32,
    /// }
    ///
    /// let old = Payments { fee: 0.01, retries: 3 };
    /// let new = Payments { fee: 0.02, retries: 3 };
    /// assert_eq!(old.changed_fields(&new), ["payments.fee"]);
    /// ```
    fn changed_fields<'a>(&'a self, new: &'a Self) -> Vec<String>
    where
        Self: Compare<'a>,
    {
        let mut changed = Changed::default();
        self.compare(new, &mut changed);
        changed.paths.into_iter().collect()
    }
}

/// A nested struct that may be missing: `None` when the server has no value for any of its fields,
/// or null. One value is enough for it to be there, and the others must be good then.
impl<C: DecreeConfig> DecreeConfig for Option<C> {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        fields.optional()
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
        self.get_by(&By::OF_TYPE)
    }

    pub(crate) fn get_by<T>(&self, by: &By<T>) -> Result<T, Problem> {
        if !by.secret {
            return self.convert(by);
        }
        // What a conversion says as it panics may hold what it converts.
        let converted = contain(|| self.convert(by));
        let converted = converted.unwrap_or_else(|panic| Err(Problem::Panicked(panic)));
        converted.map_err(Problem::masked)
    }

    fn convert<T>(&self, by: &By<T>) -> Result<T, Problem> {
        let from_value = |value| (by.from_value)(value).map_err(Problem::Mismatch);
        match &self.stored {
            Stored::Value(_) | Stored::Unreadable(_) if self.is_better_declared(by.kinds) => {
                from_value(self.shown(by.kinds).ok_or(Problem::StaleTypes)?)
            }
            Stored::Value(value) => from_value(value),
            Stored::Null => (by.from_null)().ok_or(Problem::Null),
            Stored::Empty => (by.from_null)().ok_or(Problem::Empty),
            Stored::Redacted => Err(Problem::Redacted),
            Stored::ImportedRedaction => Err(Problem::ImportedRedaction),
            Stored::Unknown => Err(Problem::Unknown),
            Stored::Unreadable(kind) => Err(Problem::Unreadable(*kind)),
        }
    }
}

impl Entry {
    /// The value that a type of the `fitting` kinds is made of.
    fn shown(&self, fitting: &[Kind]) -> Option<&Value> {
        if self.is_better_declared(fitting) {
            let declared = self.declared.as_ref();
            declared.and_then(|declared| declared.value.as_ref())
        } else {
            self.value()
        }
    }

    /// Whether the schema declares a kind that fits, and the server showed one that does not.
    fn is_better_declared(&self, fitting: &[Kind]) -> bool {
        let shown = match &self.stored {
            Stored::Value(value) => value.kind(),
            Stored::Unreadable(kind) => *kind,
            _ => return false,
        };
        let declared = self.declared.as_ref().map(|declared| declared.kind);
        !fitting.contains(&shown) && declared.is_some_and(|kind| fitting.contains(&kind))
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

/// Makes a whole struct of a reading.
pub(crate) fn decode<C: DecreeConfig>(reading: &Reading) -> Result<C, DecodeError> {
    decode_with(reading, &Instead::new())
}

/// Makes a whole struct of a reading, but for some entries that are those of versions before.
///
/// Conversions and validators are code of the application: a panic in one is an error like any other.
pub(crate) fn decode_with<C: DecreeConfig>(
    reading: &Reading,
    instead: &Instead<'_>,
) -> Result<C, DecodeError> {
    let mut fields = Fields::of(reading, instead);
    let (config, panic) = match contain(|| C::decode(&mut fields)) {
        Ok(config) => (config, None),
        Err(panic) => (None, Some(panic)),
    };
    let (errors, refusals) = match fields.mode {
        Mode::Read(read) => (read.errors, read.refusals),
        Mode::Describe(_) => (Vec::new(), Vec::new()),
    };
    match config {
        Some(config) if errors.is_empty() => Ok(config),
        _ => Err(DecodeError {
            config: short_type_name::<C>(),
            tenant_id: Arc::clone(&reading.tenant_id),
            tenant: Some(Arc::clone(&reading.tenant)),
            version: reading.version,
            errors,
            refused: Refused::of(refusals, instead),
            panic,
        }),
    }
}

/// The paths of fields, each once: two structs in one may read the same.
pub(crate) fn paths<'a>(fields: impl IntoIterator<Item = &'a FieldSpec>) -> Vec<Arc<str>> {
    let mut seen = BTreeSet::new();
    let paths = fields.into_iter().map(FieldSpec::path);
    let first = paths.filter(|path| seen.insert(*path));
    first.map(Arc::from).collect()
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
