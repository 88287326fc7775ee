//! Types that no field of a struct of settings has, whatever its attributes say: by their names.

use syn::{Ident, Type};

use crate::{ctxt::Ctxt, types};

/// Refuses a type that has no size, borrows for a time that has no name, is of one thread, or that of the
/// struct.
///
/// The compiler says something of each by itself, and code for such a field would make it say that again
/// in other words. Whether it was refused.
pub(crate) fn refuse(cx: &Ctxt, holder: &Ident, ty: &Type) -> bool {
    let reason = reason(holder, ty);
    let refused = reason.is_some();
    if let Some(message) = reason {
        cx.error(ty, message);
    }
    refused
}

fn reason(holder: &Ident, ty: &Type) -> Option<String> {
    let ty = types::ungrouped(ty);
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
        Type::Slice(_) => of("a slice", "read a `Vec` from JSON, `#[decree(json)]`"),
        Type::TraitObject(_) => of(
            "a trait object",
            "write a type, for none can be read into it",
        ),
        _ if types::name(ty)? == "str" => of("`str`", "write `String`"),
        _ => held(ty).find_map(unsized_within),
    }
}

/// What is in a type that has it as it is.
fn held(ty: &Type) -> impl Iterator<Item = &Type> {
    let name = types::name(ty).unwrap_or_default();
    let holds = matches!(name.as_str(), "Option" | "Secret" | "Json" | "Vec");
    types::arguments(ty).filter(move |_| holds)
}

/// A lifetime without a name.
fn borrowed_within(ty: &Type) -> Option<String> {
    if let Type::Reference(reference) = ty
        && reference
            .lifetime
            .as_ref()
            .is_some_and(|it| it.ident != "_")
    {
        return borrowed_within(&reference.elem);
    }
    let cure = match types::name(ty).as_deref() {
        Some("Cow") if is_elided(ty) => "write `Cow<'static, …>`, or a `String`",
        _ if is_anonymous(ty) => "write `String`, or another type that owns what it holds",
        _ => return types::arguments(ty).find_map(borrowed_within),
    };
    Some(format!("settings own their values: {cure}"))
}

/// Whether it is a `&T` or a `Name<'_>`.
fn is_anonymous(ty: &Type) -> bool {
    matches!(ty, Type::Reference(_)) || types::lifetimes(ty).any(|it| it.ident == "_")
}

/// Whether it is a `Cow<'_, T>` or a `Cow<T>`.
fn is_elided(ty: &Type) -> bool {
    let has_lifetime = types::lifetimes(ty).next().is_some();
    is_anonymous(ty) || !has_lifetime && types::arguments(ty).next().is_some()
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
        Some("Arc" | "Box") => types::arguments(ty).find_map(unshared_within),
        _ => held(ty).find_map(unshared_within),
    }
}
