//! Rules that look at more than one field.

use std::collections::HashMap;

use quote::quote;

use crate::{
    ctxt::Ctxt,
    field::{Role, constant},
    input::Input,
    types,
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

/// One path is one field: two would show the same value under two names, or two defaults for it. What is
/// in other structs is not known.
pub(crate) fn paths_are_unique(cx: &Ctxt, input: &Input) {
    let mut first = HashMap::new();
    let mut first_nested = HashMap::new();
    for field in &input.fields {
        let (path, key) = match &field.role {
            Role::Setting { path, key, .. } => (path, key),
            Role::Nested { prefix } => {
                let ident = &field.ident;
                let ty = types::option_inner(&field.ty).unwrap_or(&field.ty);
                if let Some(other) = first_nested.insert((prefix, quote!(#ty).to_string()), ident) {
                    let message = format!(
                        "field `{other}` already reads the same paths; give this one another prefix, \
                         `nested, prefix = \"…\"`"
                    );
                    cx.error(ident, message);
                }
                continue;
            }
            Role::Skipped { .. } => continue,
        };
        if let Some(other) = first.insert(path, &field.ident) {
            let message =
                format!("field `{other}` already reads `{path}`; give this one another key");
            cx.push(syn::Error::new(key.span(&field.ident), message));
        }
    }
}
