//! Dotted names of fields on the server.

use syn::{Ident, LitStr, ext::IdentExt};

use crate::ctxt::Ctxt;

/// A name behind what stands before it.
pub(crate) fn joined(prefix: Option<&str>, name: &str) -> String {
    prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}.{name}"))
}

/// A path is made of names that start with a letter or `_` and are joined by dots. The server is
/// laxer about the later names; nobody writes `a..b` on purpose.
pub(crate) fn check_path(cx: &Ctxt, text: &LitStr, what: &str) {
    let path = text.value();
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    let wrong = foreign(&path);
    let message = if path.is_empty() {
        format!("`{what}` is empty: name the field as the server does, such as \"payments.fee\"")
    } else if let Some(wrong) = wrong {
        format!("{wrong:?} cannot be in a `{what}`: use letters, digits, `_`, `-` and dots")
    } else if path.split('.').any(str::is_empty) {
        format!("`{what}` has an empty part: write one dot between two names, and none at the ends")
    } else if !path.starts_with(starts) {
        format!("`{what}` must start with a letter or `_`")
    } else {
        return;
    };
    cx.error(text, message);
}

/// The name of a field that is also its key: Rust allows letters that the server does not.
pub(crate) fn check_name(cx: &Ctxt, ident: &Ident) {
    if let Some(wrong) = foreign(&ident.unraw().to_string()) {
        let cure = "name the field as the server does, `#[decree(key = \"…\")]`";
        cx.error(ident, format!("{wrong:?} cannot be in a key: {cure}"));
    }
}

/// The first letter that no path can hold.
fn foreign(path: &str) -> Option<char> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    path.chars().find(|c| !inside(*c))
}
