//! What the derive knows of a type: its name, and those of its arguments.

use quote::quote;
use syn::{GenericArgument, Lifetime, PathArguments, Type};

/// Whether a type of that name is a span of time, which the server holds as a duration.
pub(crate) fn is_span(name: &str) -> bool {
    matches!(name, "Duration" | "SignedDuration" | "TimeDelta")
}

/// Whether a literal can be checked by the name of the type.
pub(crate) fn is_known(ty: &Type) -> bool {
    let name = name(ty).unwrap_or_default();
    matches!(name.as_str(), "String" | "bool" | "f64" | "f32")
        || is_span(&name)
        || integer_range(&name).is_some()
        || nonzero(ty).is_some()
}

/// The lowest and the highest value, as digits; the server's integers end at those of `i64`.
pub(crate) fn integer_range(name: &str) -> Option<(i128, i128)> {
    let (low, high) = match name {
        "i8" => (i8::MIN.into(), i8::MAX.into()),
        "i16" => (i16::MIN.into(), i16::MAX.into()),
        "i32" => (i32::MIN.into(), i32::MAX.into()),
        "i64" | "i128" | "isize" => (i64::MIN.into(), i64::MAX.into()),
        "u8" => (0, u8::MAX.into()),
        "u16" => (0, u16::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "u64" | "u128" | "usize" => (0, i64::MAX.into()),
        _ => return None,
    };
    Some((low, high))
}

/// The last name of a path without its arguments: `std::time::Duration` is a `Duration`.
pub(crate) fn name(ty: &Type) -> Option<String> {
    match ungrouped(ty) {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// A type as people write it, without the blanks that tokens have.
pub(crate) fn shown(ty: &Type) -> String {
    let tokens = quote!(#ty).to_string();
    [(" < ", "<"), (" >", ">"), (" :: ", "::"), (" ,", ",")]
        .into_iter()
        .fold(tokens, |text, (from, to)| text.replace(from, to))
}

/// Whether it is named without a path.
pub(crate) fn is_bare(ty: &Type) -> bool {
    matches!(ungrouped(ty), Type::Path(path) if path.path.segments.len() == 1)
}

/// The type itself, where a macro has passed it on as `$ty`.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        _ => ty,
    }
}

/// The integer in a `NonZero<u32>` or a `NonZeroU32`.
pub(crate) fn nonzero(ty: &Type) -> Option<String> {
    let whole = name(ty)?;
    let int = match whole.strip_prefix("NonZero")? {
        "" => name(argument_of(ty, "NonZero")?)?,
        short => short.to_lowercase(),
    };
    integer_range(&int).map(|_| int)
}

/// The `T` of `Option<T>`.
pub(crate) fn option_inner(ty: &Type) -> Option<&Type> {
    argument_of(ty, "Option")
}

/// The `T` of `Secret<T>`, if its literals can be checked by its name.
pub(crate) fn known_in_secret(ty: &Type) -> Option<&Type> {
    argument_of(ty, "Secret").filter(|inner| is_known(inner))
}

/// The `T` of `Name<T>`, by that name.
pub(crate) fn argument_of<'a>(ty: &'a Type, called: &str) -> Option<&'a Type> {
    let of_that_name = name(ty).is_some_and(|found| found == called);
    arguments(ty).next().filter(|_| of_that_name)
}

/// The types in `Name<…>`.
pub(crate) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    generic_arguments(ty).filter_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(ungrouped(inner)),
        _ => None,
    })
}

/// The lifetimes in `Name<…>`.
pub(crate) fn lifetimes(ty: &Type) -> impl Iterator<Item = &Lifetime> {
    generic_arguments(ty).filter_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) => Some(lifetime),
        _ => None,
    })
}

fn generic_arguments(ty: &Type) -> impl Iterator<Item = &GenericArgument> {
    let last = match ungrouped(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let arguments = last.and_then(|last| match &last.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments.into_iter().flatten()
}
