//! What `default = …` may be, and what it becomes.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{
    Expr, ExprLit, ExprUnary, GenericArgument, Lit, Path, PathArguments, Type, UnOp,
    spanned::Spanned,
};

use crate::{ctxt::Ctxt, duration};

/// A default that fits its field, as the expression to emit.
pub(crate) struct Default(pub(crate) TokenStream);

/// Checks what can be checked without knowing types: literals against types that are known by name.
/// The compiler checks the rest, at the same place.
pub(crate) fn check(cx: &Ctxt, krate: &Path, ty: &Type, expr: &Expr) -> Default {
    let Some((negative, literal)) = literal(expr) else {
        return Default(quote!(#expr));
    };
    let inner = option_inner(ty);
    let plain = match adapt(krate, inner.unwrap_or(ty), negative, literal, expr) {
        Ok(plain) => plain,
        Err(message) => {
            cx.error(expr, message);
            // It is not emitted: an error leaves only the fallback.
            quote!(#expr)
        }
    };
    Default(match inner {
        Some(_) => quote_spanned!(expr.span()=> ::core::option::Option::Some(#plain)),
        None => plain,
    })
}

/// A literal, and whether a minus stands before it.
fn literal(expr: &Expr) -> Option<(bool, &Lit)> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => Some((false, lit)),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => match &**expr {
            Expr::Lit(ExprLit { lit, .. }) => Some((true, lit)),
            _ => None,
        },
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

fn adapt(
    krate: &Path,
    ty: &Type,
    negative: bool,
    lit: &Lit,
    expr: &Expr,
) -> Result<TokenStream, String> {
    let name = type_name(ty).unwrap_or_default();
    let found = match lit {
        Lit::Str(_) => "a text",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a number",
        Lit::Bool(_) => "a bool",
        Lit::Char(_) => "a character",
        _ => "another literal",
    };
    let expects = |what: &str| Err(format!("`{name}` needs {what}, found {found}"));
    match (name.as_str(), lit) {
        ("String", Lit::Str(text)) => {
            Ok(quote_spanned!(text.span()=> ::std::borrow::ToOwned::to_owned(#text)))
        }
        ("String", _) => expects("a text: `default = \"…\"`"),
        ("Duration", Lit::Str(text)) => {
            let span = duration::parse(&text.value())?;
            let (seconds, nanos) = (span.as_secs(), span.subsec_nanos());
            Ok(quote_spanned!(text.span()=> ::core::time::Duration::new(#seconds, #nanos)))
        }
        ("Duration", _) => expects("a text with a unit: `default = \"30s\"`"),
        ("bool", Lit::Bool(_)) if !negative => Ok(quote!(#expr)),
        ("bool", _) => expects("`true` or `false`"),
        ("f64" | "f32", Lit::Float(_)) => Ok(quote!(#expr)),
        ("f64" | "f32", Lit::Int(int)) => Err(format!(
            "`{name}` needs a number with a point: write `{}.0`",
            int.base10_digits()
        )),
        ("f64" | "f32", _) => expects("a number: `default = 0.5`"),
        (int, Lit::Int(value)) if integer_range(int).is_some() => {
            integer_fits(int, negative, value.base10_digits())?;
            Ok(quote!(#expr))
        }
        (int, _) if integer_range(int).is_some() => expects("an integer: `default = 3`"),
        (_, Lit::Str(text)) => {
            let krate = located_at(krate, text.span());
            Ok(quote_spanned!(text.span()=> #krate::__private::FromText::from_text(#text)))
        }
        _ => Ok(quote!(#expr)),
    }
}

/// The same tokens, as if they stood at `place`: there the compiler points when they do not fit.
fn located_at(tokens: &Path, place: Span) -> TokenStream {
    let moved = |mut token: TokenTree| {
        token.set_span(token.span().located_at(place));
        token
    };
    quote!(#tokens).into_iter().map(moved).collect()
}

/// The lowest and the highest value, as digits; the server's integers end at those of `i64`.
fn integer_range(name: &str) -> Option<(i128, i128)> {
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

fn integer_fits(name: &str, negative: bool, digits: &str) -> Result<(), String> {
    let Some((low, high)) = integer_range(name) else {
        return Ok(());
    };
    let value = digits
        .parse::<i128>()
        .map(|value| if negative { -value } else { value });
    match value {
        Ok(value) if (low..=high).contains(&value) => Ok(()),
        _ => Err(format!(
            "out of range: `{name}` settings go from {low} to {high}"
        )),
    }
}

/// The last name of a path without its arguments: `std::time::Duration` is a `Duration`.
fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        Type::Group(group) => type_name(&group.elem),
        _ => None,
    }
}

/// The `T` of `Option<T>`.
fn option_inner(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}
