//! Types that no field of a struct of settings has, whatever its attributes say.

use syn::{GenericArgument, Ident, PathArguments, Type};

use crate::{ctxt::Ctxt, literal};

/// Refuses a type that has no size, borrows for a time that has no name, or is that of the struct.
///
/// The compiler says something of each by itself. Code for such a field would say it again in other
/// words, so that there is none: see [`is`]. Whether it was refused.
pub(crate) fn refuse(cx: &Ctxt, holder: &Ident, ty: &Type) -> bool {
    let reason = reason(holder, ty);
    let refused = reason.is_some();
    if let Some(message) = reason {
        cx.error(ty, message);
    }
    refused
}

/// Whether no code can be written for a struct that holds it.
pub(crate) fn is(holder: &Ident, ty: &Type) -> bool {
    reason(holder, ty).is_some()
}

fn reason(holder: &Ident, ty: &Type) -> Option<String> {
    match ty {
        Type::Slice(_) => {
            return Some(
                "a slice has no size: read a `Vec` from JSON, `#[decree(json)]`".to_owned(),
            );
        }
        Type::TraitObject(_) => {
            return Some("a trait object has no size, and cannot be read: write a type".to_owned());
        }
        _ => {}
    }
    let name = literal::type_name(ty).filter(|_| literal::is_bare(ty));
    match name.as_deref() {
        Some("str") => Some("`str` has no size: write `String`".to_owned()),
        Some(name) if *holder == name || name == "Self" => Some(
            "a struct cannot hold itself, for it would never end: read this field from JSON, \
             `#[decree(json)]`, into an `Option<Box<…>>`, or put the fields of each level in a struct \
             of its own"
                .to_owned(),
        ),
        _ if borrows(ty) => {
            Some("settings own their values: write `String`, or another type that owns what it holds"
                .to_owned())
        }
        _ => None,
    }
}

/// Whether it has a lifetime without a name.
fn borrows(ty: &Type) -> bool {
    if let Type::Reference(reference) = ty {
        let named = reference
            .lifetime
            .as_ref()
            .is_some_and(|it| it.ident != "_");
        return !named || borrows(&reference.elem);
    }
    anonymous(ty) || literal::arguments(ty).any(borrows)
}

/// Whether it is a `Name<'_>`.
fn anonymous(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    path.path.segments.iter().any(|segment| {
        match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(|argument| {
            matches!(argument, GenericArgument::Lifetime(lifetime) if lifetime.ident == "_")
        }),
        _ => false,
    }
    })
}
