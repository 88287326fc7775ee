//! Types that no field of a struct of settings has, whatever its attributes say: by their names.

use syn::{GenericArgument, Ident, PathArguments, Type};

use crate::{ctxt::Ctxt, types};

/// Refuses a type that has no size, borrows for a time that has no name, is of one thread, or that of the
/// struct.
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
    let name = types::name(ty).filter(|_| types::is_bare(ty));
    let is_itself = name.is_some_and(|name| *holder == name || name == "Self");
    if is_itself {
        let message = "a struct cannot hold itself, for it would never end: read this field from JSON, \
                       `#[decree(json)]`, into an `Option<Box<…>>`, or put the fields of each level in \
                       a struct of its own";
        return Some(message.to_owned());
    }
    unsized_within(ty)
        .or_else(|| borrowed_within(ty))
        .or_else(|| unshared_within(ty))
}

/// What has no size, or would have to be in what wants one.
fn unsized_within(ty: &Type) -> Option<String> {
    let of = |what: &str, cure: &str| Some(format!("{what} has no size: {cure}"));
    match ty {
        Type::Slice(_) => return of("a slice", "read a `Vec` from JSON, `#[decree(json)]`"),
        Type::TraitObject(_) => {
            return of(
                "a trait object",
                "write a type, for none can be read into it",
            );
        }
        _ => {}
    }
    let name = types::name(ty)?;
    match name.as_str() {
        "Option" | "Secret" | "Json" | "Vec" => types::arguments(ty).find_map(unsized_within),
        "str" => of("`str`", "write `String`"),
        _ => None,
    }
}

/// A lifetime without a name.
fn borrowed_within(ty: &Type) -> Option<String> {
    let borrowed = match ty {
        Type::Reference(reference) => {
            let lifetime = reference.lifetime.as_ref();
            if lifetime.is_some_and(|it| it.ident != "_") {
                return borrowed_within(&reference.elem);
            }
            true
        }
        _ => is_anonymous(ty),
    };
    if borrowed {
        let message = match types::name(ty).as_deref() {
            Some("Cow") => "settings own their values: write `Cow<'static, …>`, or a `String`",
            _ => {
                "settings own their values: write `String`, or another type that owns what it holds"
            }
        };
        return Some(message.to_owned());
    }
    types::arguments(ty).find_map(borrowed_within)
}

/// Whether it is a `Name<'_>`, or a `Cow` that would be one.
fn is_anonymous(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let lifetimes = path.path.segments.iter().flat_map(|segment| {
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
            return Vec::new();
        };
        let lifetimes = arguments.args.iter().filter_map(|argument| match argument {
            GenericArgument::Lifetime(lifetime) => Some(lifetime),
            _ => None,
        });
        lifetimes.collect()
    });
    let lifetimes: Vec<_> = lifetimes.collect();
    let is_cow = types::name(ty).is_some_and(|name| name == "Cow");
    lifetimes.iter().any(|it| it.ident == "_") || is_cow && lifetimes.is_empty()
}

/// What other threads cannot read.
fn unshared_within(ty: &Type) -> Option<String> {
    let of = |what: &str, cure: &str| {
        Some(format!(
            "settings are read by many threads, and {what} by one: {cure}"
        ))
    };
    if let Type::Ptr(_) = ty {
        return of("a pointer", "write a type that owns what it holds");
    }
    // One without arguments is of their own.
    let name = types::name(ty).filter(|_| types::arguments(ty).next().is_some());
    match name.as_deref() {
        Some("Rc") => of("an `Rc`", "write `Arc`"),
        Some(name @ ("Cell" | "RefCell")) => of(
            &format!("a `{name}`"),
            "write what it holds, or an atomic or a `Mutex` in a skipped field",
        ),
        _ => types::arguments(ty).find_map(unshared_within),
    }
}
