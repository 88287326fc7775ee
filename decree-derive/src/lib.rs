//! `#[derive(DecreeConfig)]`. Use it through `decree-runtime`, which re-exports it.

mod attr;
mod check;
mod ctxt;
mod demand;
mod duration;
mod expand;
mod input;
mod literal;
mod pattern;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

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
/// | `crate = "path"` | where `decree-runtime` is, if it was renamed or is re-exported | `::decree_runtime` | `key` here: `key` belongs on a field |
///
/// # On a field
///
/// | attribute | what it does | default | a mistake and its message |
/// |---|---|---|---|
/// | `key = "payments.fee"` | the path on the server, after the prefix | the name of the field | `key = "a b"`: `' '` cannot be in a `key`; a field `naïve` without it: `'ï'` cannot be in a key |
/// | `default = …` | stands in when the server has no value, or null for a type without null | none: such a field is an error | `default = 1` on an `f64`: needs a number with a point: write `1.0` |
/// | `skip` | the field is not on the server | | `skip, key = "a"`: a skipped field is not on the server |
///
/// `default` takes any expression of the field's type. A text does for a `String`, and for a
/// `Duration` in the server's grammar (`"1h30m"`, `"1.5s"`), which is checked when the program is
/// compiled. On an `Option`, a literal is wrapped in `Some`; the default applies when the server has
/// no value, while null is `None`. With `skip` it is the value of the field, which is
/// `Default::default()` otherwise. A text also does for a type that is `From<&'static str>`.
///
/// The doc comment of a field becomes its description.
#[proc_macro_derive(DecreeConfig, attributes(decree))]
pub fn derive_decree_config(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    let cx = Ctxt::default();
    let input = Input::new(&cx, &item);
    check::paths_are_unique(&cx, &input);
    let expanded = match cx.finish(input) {
        Ok(input) => expand::implementation(&input),
        Err(errors) => {
            let mut tokens = errors.into_compile_error();
            tokens.extend(expand::fallback(&item));
            tokens
        }
    };
    expanded.into()
}
