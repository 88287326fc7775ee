//! Dotted names of fields on the server.

use syn::{Ident, LitStr, ext::IdentExt};

use crate::{case::Case, ctxt::Ctxt};

/// How a struct names its fields.
#[derive(Clone, Copy)]
pub(crate) struct Naming<'a> {
    /// What stands before each name.
    pub(crate) prefix: Option<&'a str>,
    /// How names of fields are spelled; as they are without one.
    pub(crate) case: Option<Case>,
}

impl Naming<'_> {
    /// The whole path of a name.
    pub(crate) fn path(self, name: &str) -> String {
        let prefix = self.prefix;
        prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}.{name}"))
    }

    /// The whole path of a field that has no name but its own.
    pub(crate) fn path_of_field(self, cx: &Ctxt, ident: &Ident) -> String {
        let name = ident.unraw().to_string();
        let name = self.case.map_or(name.clone(), |case| case.of_field(&name));
        check_name(cx, ident, &name);
        self.path(&name)
    }
}

/// A path is made of names that start with a letter or `_` and are joined by dots. The server is
/// laxer about the later names; nobody writes `a..b` on purpose.
pub(crate) fn check_path(cx: &Ctxt, text: &LitStr, what: &str) {
    let path = text.value();
    let wrong = foreign(&path);
    let message = if path.is_empty() {
        format!("`{what}` is empty: name the field as the server does, such as \"payments.fee\"")
    } else if let Some(wrong) = wrong {
        format!("{wrong:?} cannot be in a `{what}`: use letters, digits, `_`, `-` and dots")
    } else if path.split('.').any(str::is_empty) {
        format!("`{what}` has an empty part: write one dot between two names, and none at the ends")
    } else if !starts_well(&path) {
        format!("`{what}` must start with a letter or `_`")
    } else {
        return;
    };
    cx.error(text, message);
}

/// The name of a field that is also its key: Rust allows letters that the server does not, and
/// conventions make other beginnings.
fn check_name(cx: &Ctxt, ident: &Ident, name: &str) {
    let cure = "name the field as the server does, `#[decree(key = \"…\")]`";
    if let Some(wrong) = foreign(name) {
        cx.error(ident, format!("{wrong:?} cannot be in a key: {cure}"));
    } else if !starts_well(name) {
        let message = format!("`rename_all` makes {name:?} of it, which is no key: {cure}");
        cx.error(ident, message);
    }
}

fn starts_well(path: &str) -> bool {
    path.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// The first letter that no path can hold.
fn foreign(path: &str) -> Option<char> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    path.chars().find(|c| !inside(*c))
}
