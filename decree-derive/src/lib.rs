//! `#[derive(DecreeConfig)]` and `#[derive(DecreeEnum)]`. Use them through `decree-runtime`, which re-exports them.

mod attr;
mod by;
mod case;
mod check;
mod ctxt;
mod default;
mod demand;
mod duration;
mod entry;
mod enumeration;
mod expand;
mod field;
mod input;
mod literal;
mod nested;
#[cfg(test)]
mod page;
mod path;
mod pattern;
mod probe;
mod types;
mod unusable;
mod vocabulary;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use syn::{Data, DeriveInput, parse_macro_input};

use crate::{ctxt::Ctxt, input::Input};

/// Reads a struct with named fields from a server, whole or not at all.
///
/// ```
/// use std::time::Duration;
///
/// use decree_runtime::DecreeConfig;
///
/// #[derive(DecreeConfig)]
/// #[decree(prefix = "payments")]
/// struct PaymentsConfig {
///     /// Share of the amount that is charged, 0 to 1.
///     #[decree(default = 0.01)]
///     fee: f64,
///     #[decree(key = "time-limit", default = "30s")]
///     timeout: Duration,
///     banner: Option<String>,
///     #[decree(skip)]
///     hits: u64,
/// }
/// ```
///
/// # On the struct
///
/// | attribute | what it does | default | a mistake and its message |
/// |---|---|---|---|
/// | `prefix = "payments"` | stands before each key, with a dot | none | `prefix = "a."`: `prefix` has an empty part |
/// | `rename_all = "…"` | how names of fields become keys, where there is no `key`: the conventions of [`DecreeEnum`](macro@DecreeEnum) | as they are | `rename_all = "kebab"`: unknown convention `kebab` |
/// | `validate = path` | `fn(&Self) -> Result<(), impl Display>` judges the whole, once every field is good | nothing | `validate = "check"`: `validate` is the path of a function |
/// | `crate = "path"` | where `decree-runtime` is, if it was renamed or is re-exported | `::decree_runtime` | `key` here: `key` belongs on a field |
///
/// # On a field
///
/// | attribute | what it does | default | a mistake and its message |
/// |---|---|---|---|
/// | `key = "payments.fee"` | the path on the server, after the prefix | the name of the field | `key = "a b"`: `' '` cannot be in a `key`; a field `naïve` without it: `'ï'` cannot be in a key |
/// | `default = …` | stands in when the server has no value, or null for a type without null | none: such a field is an error | `default = 1` on an `f64`: needs a number with a point: write `1.0` |
/// | `min = …`, `max = …` | the value is the bound, or on its right side | no bound | `min = 2, max = 1`: no value fits both; `min = 0` on an `f64`: needs a number with a point: write `0.0` |
/// | `exclusive_min = …`, `exclusive_max = …` | the same without the bound itself; not beside `min`, or `max` | no bound | `min = 1, exclusive_min = 0`: are two bounds at one end: keep one |
/// | `min_len = …`, `max_len = …` | how many Unicode scalar values a text has, as the server counts | any | `min_len = 1` on a `u32`: `min_len` is for text, and `u32` is none |
/// | `one_of = […]` | the value is one of these | any | `one_of = ["a", "a"]`: this value is in `one_of` twice |
/// | `pattern = "…"` | a text in which the regular expression is found, anywhere unless it says `^` and `$`; feature `pattern` | any | `pattern = "("`: is no regular expression: unclosed group |
/// | `validate = path` | `fn(&T) -> Result<(), impl Display>` judges what fulfils the rest | nothing | a function that returns `bool`: expected `Result<(), _>` |
/// | `restart` | the field keeps the value of the start; another one shows in `Status::restart` | it is live | `restart = true`: stands alone |
/// | `nested` | the field is a struct of settings; its paths begin with the name of the field | | `nested, default = …`: a nested struct has the defaults of its fields |
/// | `nested, prefix = "db"` | they begin with this instead, behind the prefix of this struct | the name of the field | `prefix` on another field: write `key = "…"` for a field |
/// | `flatten` | a nested struct whose paths begin with nothing but the prefix of this struct | | `nested, flatten`: keep one of the two |
/// | `from_str` | the field is parsed from a text by its `FromStr`; a default may be such a text | its type says | on a type without `FromStr`: cannot be parsed from text |
/// | `json` | the field is read from JSON by its `serde::Deserialize`; feature `json` | its type says | `json, from_str`: keep one of the two |
/// | `with = path` | `fn(&Value) -> Result<T, impl Display>` reads the field | its type says | `with = "read"`: `with` is the path of a function |
/// | `skip` | the field is not on the server | | `skip, key = "a"`: a skipped field is not on the server |
///
/// `default` takes any expression of the field's type. A text does for a `String`, for a `Duration` in
/// the server's grammar (`"1h30m"`, `"1.5s"`), as for the `TimeDelta` of chrono and the `SignedDuration`
/// of jiff, and for any other type that the server holds as text: it is read as if it came from there.
/// Durations, addresses and the texts of enums are checked when the program is compiled; of the rest,
/// one that does not fit is a problem of the field when it is used. On an `Option`, a literal is wrapped
/// in `Some`; the default applies when the server has no value, while null is `None`. With `skip` it is
/// the value of the field, which is `Default::default()` otherwise.
///
/// # What it gives
///
/// An implementation of `DecreeConfig`, with `fields()`, `defaults()` and, if the fields can be compared,
/// `changed_fields()`; and a constant for each field that is not skipped, with the name of the field in
/// capitals and its visibility, such as `PaymentsConfig::FEE` for `live.field(PaymentsConfig::FEE)`. The
/// struct can have no other constant of that name.
///
/// # Structs in structs
///
/// ```
/// # use decree_runtime::{DecreeConfig, FieldSpec};
/// #[derive(DecreeConfig)]
/// struct Pool {
///     size: u32,
///     #[decree(default = 0)]
///     spare: u32,
/// }
///
/// #[derive(DecreeConfig)]
/// struct Database {
///     #[decree(nested)]
///     pool: Pool,
///     #[decree(nested, prefix = "replica.pool")]
///     replica: Option<Pool>,
/// }
///
/// let fields = Database::fields();
/// let paths: Vec<_> = fields.iter().map(FieldSpec::path).collect();
/// assert_eq!(paths, ["pool.size", "pool.spare", "replica.pool.size", "replica.pool.spare"]);
/// ```
///
/// A `prefix` of the nested struct itself stands between the two. An `Option` of a nested struct is
/// `None` when the server has no value for any of its fields, or null; one value is enough for it to
/// be there, and then each field must have one, or a default. The whole is still read and swapped as
/// one, and a mistake anywhere in it is one of the whole.
///
/// # Types of your own
///
/// An enum of texts derives [`DecreeEnum`](macro@DecreeEnum). A type that is the same setting
/// everywhere implements `FromValue`; its docs show how. For all others, the field says how it is read:
///
/// ```
/// # use decree_runtime::{DecreeConfig, Secret, Value};
/// # mod semver { pub type Version = std::num::NonZero<u16>; }
/// # #[derive(serde::Deserialize)]
/// # struct Route { to: String }
/// #[derive(DecreeConfig)]
/// struct Gateway {
///     #[decree(from_str, default = "1")]
///     at_least: semver::Version,
///     #[decree(json, default = Vec::new())]
///     routes: Vec<Route>,
///     #[decree(with = megabytes)]
///     memory: Option<u64>,
///     #[decree(from_str)]
///     key: Option<Secret<char>>,
/// }
///
/// fn megabytes(value: &Value) -> Result<u64, String> {
///     match value {
///         Value::Integer(megabytes @ 0..=1_000_000) => Ok(megabytes.unsigned_abs() << 20),
///         _ => Err("a million megabytes are the most".to_owned()),
///     }
/// }
/// ```
///
/// `T` is then what the `Option` and the `Secret` of the field hold, by these names, in whatever order;
/// null is `None`, and what is in a `Secret` shows in no message.
///
/// # What a field may demand
///
/// ```
/// # use std::time::Duration;
/// # use decree_runtime::DecreeConfig;
/// #[derive(DecreeConfig)]
/// #[decree(prefix = "pool", validate = Pool::check)]
/// struct Pool {
///     #[decree(default = 10, min = 1, max = 1000, restart)]
///     size: u32,
///     #[decree(default = 2)]
///     reserve: u32,
///     #[decree(default = "30s", exclusive_min = "0s", max = "5m")]
///     timeout: Duration,
///     #[decree(default = "fair", one_of = ["fair", "fast"])]
///     mode: String,
///     #[decree(max_len = 40, validate = no_blank_ends)]
///     banner: Option<String>,
/// }
///
/// impl Pool {
///     fn check(&self) -> Result<(), String> {
///         if self.reserve <= self.size {
///             return Ok(());
///         }
///         Err(format!("a reserve of {} is more than the pool", self.reserve))
///     }
/// }
///
/// fn no_blank_ends(text: &str) -> Result<(), &'static str> {
///     if text.trim() == text { Ok(()) } else { Err("there are blanks at its ends") }
/// }
/// ```
///
/// A version that does not fulfil all of it is rejected as one with a wrong type is: before any reader
/// sees it, with a line for each bad field. A function that panics refuses. What a function says of a
/// `Secret` is not shown; what that of a struct says is, so that it must keep the secrets of its fields.
///
/// Bounds and the values of `one_of` are of the field's type, and written as literals where a number, a
/// `bool`, a span or a `String` is; any other type takes an expression, and must be `PartialOrd`, or
/// `PartialEq`, and `ToValue`. On an `Option` a constraint is about what is in it, and `None` fits. With
/// `from_str` it is about the text that is parsed, which has no bounds but lengths. `NaN` fits no bound, and
/// `-0.0` is `0.0`. A literal default that does not fit does not compile; any other default is checked
/// like a value.
///
/// A `restart` field is still checked in each version: a value that the next start would not survive
/// rejects the version while somebody is awake, not when the program starts again. What runs is judged
/// with the value of the start in its place.
///
/// The doc comment of a field becomes its description.
#[proc_macro_derive(DecreeConfig, attributes(decree))]
pub fn derive_decree_config(item: TokenStream) -> TokenStream {
    derived(&parse_macro_input!(item as DeriveInput)).into()
}

fn derived(item: &DeriveInput) -> TokenStream2 {
    let item = &input::shared(item);
    let cx = Ctxt::default();
    let input = Input::new(&cx, item);
    check::paths_are_unique(&cx, &input);
    check::constants_are_unique(&cx, &input);
    match cx.finish() {
        Ok(()) if input.has_twins => expand::fallback(&input),
        Ok(()) => expand::implementation(&input),
        Err(errors) => {
            let mut tokens = errors.into_compile_error();
            tokens.extend(expand::fallback(&input));
            if let Data::Enum(_) = item.data {
                // Meant as the type of a field, it is one.
                let stub = enumeration::fallback(item);
                tokens.extend(expand::frame(&input.krate, &stub));
            }
            tokens
        }
    }
}

/// An enum whose variants are texts of a string field.
///
/// ```
/// use decree_runtime::{DecreeConfig, DecreeEnum};
///
/// #[derive(Debug, Clone, Copy, PartialEq, DecreeEnum)]
/// enum Mode {
///     Fair,
///     FirstCome,
///     #[decree(rename = "FAST!")]
///     Fast,
/// }
///
/// #[derive(DecreeConfig)]
/// struct Pool {
///     #[decree(default = Mode::Fair)]
///     mode: Mode,
///     #[decree(one_of = [Mode::Fair, Mode::Fast])]
///     at_night: Option<Mode>,
/// }
///
/// let fields = Pool::fields();
/// let texts = fields[0].constraints()[0].to_string();
/// assert_eq!(texts, "one of `fair`, `first_come`, `FAST!`");
/// ```
///
/// Any other text is a mistake that names the known ones. The texts are compared as they are, with
/// their case.
///
/// | attribute | what it does | default | a mistake and its message |
/// |---|---|---|---|
/// | on the enum: `rename_all = "…"` | how names become texts: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` or `SCREAMING-KEBAB-CASE`, as in serde | `snake_case`, as keys are | `rename_all = "kebab"`: unknown convention `kebab` |
/// | on the enum: `crate = "path"` | where `decree-runtime` is, if it was renamed or is re-exported | `::decree_runtime` | `prefix` here: `prefix` belongs on the struct |
/// | on a variant: `rename = "…"` | the text of this variant, whatever `rename_all` says | the name by `rename_all` | `rename = "fair"` on a second one: `Fair` is already read from "fair" |
///
/// A variant with fields has no text; an enum of such is for a json field.
#[proc_macro_derive(DecreeEnum, attributes(decree))]
pub fn derive_decree_enum(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    enumeration::expand(&item).into()
}
