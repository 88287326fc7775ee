//! Rules that look at more than one field.

use std::collections::HashMap;

use crate::{
    ctxt::Ctxt,
    field::{Role, constant},
    input::Input,
};

/// Names that differ only in their case have the same constant.
pub(crate) fn constants_are_unique(cx: &Ctxt, input: &Input) {
    let mut first = HashMap::new();
    for field in &input.fields {
        if matches!(field.role, Role::Skipped { .. }) {
            continue;
        }
        let name = constant(&field.ident);
        if let Some(other) = first.insert(name.clone(), &field.ident) {
            let message = format!("`{name}` is the constant of field `{other}`, too: rename one");
            cx.error(&field.ident, message);
        }
    }
}

/// One path is one field: two would show the same value under two names, or two defaults for it.
pub(crate) fn paths_are_unique(cx: &Ctxt, input: &Input) {
    let mut first = HashMap::new();
    for field in &input.fields {
        let Role::Setting { path, key, .. } = &field.role else {
            continue;
        };
        if let Some(other) = first.insert(path, &field.ident) {
            let message =
                format!("field `{other}` already reads `{path}`; give this one another key");
            cx.push(syn::Error::new(key.span(&field.ident), message));
        }
    }
}
