//! Values that are written as literals: a text for a span of time, an integer for a `u32`.

use std::{cmp::Ordering, time::Duration};

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprLit, ExprUnary, Lit, Type, UnOp, spanned::Spanned};

use crate::{ctxt::Ctxt, duration, probe::Probe, types};

/// A value that fits its field, as the expression to emit.
pub(crate) struct Checked {
    pub(crate) tokens: TokenStream,
    /// What it is, if that is known before the program runs.
    pub(crate) known: Option<Known>,
}

/// A value that is known before the program runs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known {
    Integer(i128),
    Number(f64),
    Duration(Duration),
    Text(String),
    Bool(bool),
}

impl Known {
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Duration(a), Self::Duration(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// Checks what can be checked without knowing types: literals against types that are known by name.
/// The compiler checks the rest, at the same place. `attr` is what the value is for.
pub(crate) fn check(cx: &Ctxt, attr: &str, ty: &Type, probe: &Probe, expr: &Expr) -> Checked {
    let Some((negative, lit)) = literal(expr) else {
        return Checked {
            tokens: quote!(#expr),
            known: None,
        };
    };
    let secret = types::known_in_secret(ty);
    let inner = secret.unwrap_or(ty);
    // What a `Secret` holds is known by its name.
    let probe = secret.is_none().then_some(probe);
    let adapted = adapt(attr, inner, probe, negative, lit, expr);
    let adapted = adapted.map(|tokens| match secret {
        Some(inner) => {
            quote_spanned!(expr.span()=> <_ as ::core::convert::From<#inner>>::from(#tokens))
        }
        None => tokens,
    });
    adapted.map_or_else(
        |message| {
            cx.error(expr, message);
            // It is not emitted: an error leaves only the fallback.
            Checked {
                tokens: quote!(#expr),
                known: None,
            }
        },
        |tokens| Checked {
            tokens,
            known: known(inner, negative, lit),
        },
    )
}

/// A default, which may be an `Option` or what is in it.
pub(crate) fn default(cx: &Ctxt, ty: &Type, probe: &Probe, expr: &Expr) -> Checked {
    let Some(inner) = types::option_inner(ty) else {
        return check(cx, "default", ty, probe, expr);
    };
    if literal(expr).is_some() {
        let Checked { tokens, known } = check(cx, "default", inner, &probe.asking("inner"), expr);
        let tokens = quote_spanned!(expr.span()=> ::core::option::Option::Some(#tokens));
        return Checked { tokens, known };
    }
    Checked {
        tokens: quote!(#expr),
        known: None,
    }
}

/// The literal in a `Some(…)` of an `Option`, which means the same without.
pub(crate) fn unwrapped<'a>(ty: &Type, expr: &'a Expr) -> &'a Expr {
    let inside = inside_some(expr).filter(|inside| literal(inside).is_some());
    inside
        .filter(|_| types::option_inner(ty).is_some())
        .unwrap_or(expr)
}

/// The `…` of `Some(…)`.
fn inside_some(expr: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = expr else {
        return None;
    };
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let some = function.path.segments.last()?.ident == "Some";
    call.args.first().filter(|_| some)
}

fn known(ty: &Type, negative: bool, lit: &Lit) -> Option<Known> {
    match lit {
        Lit::Int(int) => {
            let value: i128 = int.base10_parse().ok()?;
            Some(Known::Integer(if negative { -value } else { value }))
        }
        Lit::Float(float) => {
            let value: f64 = float.base10_parse().ok()?;
            Some(Known::Number(if negative { -value } else { value }))
        }
        Lit::Str(text) if types::name(ty).is_some_and(|name| types::is_span(&name)) => {
            duration::parse(&text.value()).ok().map(Known::Duration)
        }
        Lit::Str(text) => Some(Known::Text(text.value())),
        Lit::Bool(bool) => Some(Known::Bool(bool.value)),
        _ => None,
    }
}

/// A and whether a minus stands before it.
pub(crate) fn literal(expr: &Expr) -> Option<(bool, &Lit)> {
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
    attr: &str,
    ty: &Type,
    probe: Option<&Probe>,
    negative: bool,
    lit: &Lit,
    expr: &Expr,
) -> Result<TokenStream, String> {
    let name = types::name(ty).unwrap_or_default();
    let found = match lit {
        Lit::Str(_) => "a text",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a number",
        Lit::Bool(_) => "a bool",
        Lit::Char(_) => "a character",
        _ => "another literal",
    };
    let expects = |what: &str| Err(format!("`{name}` needs {what}, found {found}"));
    let example = |value: &str| match attr {
        "one_of" => format!("`one_of = [{value}]`"),
        _ => format!("`{attr} = {value}`"),
    };
    if let Some(int) = types::nonzero(ty) {
        let Lit::Int(value) = lit else {
            return expects(&format!("an integer: {}", example("3")));
        };
        nonzero_fits(&int, negative, value.base10_digits())?;
        let value: i64 = value.base10_parse().unwrap_or_default();
        let minus = negative.then(|| quote!(-));
        let value = Literal::i64_unsuffixed(value);
        let (place, value) = (lit.span(), quote!(#minus #value));
        return Ok(probe.map_or_else(
            || quote_spanned!(place=> <#ty as _decree::FromInteger>::from_integer(#value)),
            |probe| probe.call(place, "integer", &value),
        ));
    }
    match (name.as_str(), lit) {
        ("String", Lit::Str(text)) => {
            Ok(quote_spanned!(text.span()=> ::std::borrow::ToOwned::to_owned(#text)))
        }
        ("String", _) => expects(&format!("a text: {}", example("\"…\""))),
        (name, Lit::Str(text)) if types::is_span(name) => {
            let span = duration::parse(&text.value())?;
            let (seconds, nanos) = (span.as_secs(), span.subsec_nanos());
            let (place, span) = (text.span(), quote!(#seconds, #nanos));
            Ok(probe.map_or_else(
                || quote_spanned!(place=> <#ty as _decree::FromSpan>::from_span(#span)),
                |probe| probe.call(place, "span", &span),
            ))
        }
        (name, _) if types::is_span(name) => {
            expects(&format!("a text with a unit: {}", example("\"30s\"")))
        }
        ("bool", Lit::Bool(_)) | ("u8", Lit::Byte(_)) if !negative => Ok(quote!(#expr)),
        ("bool", _) => expects("`true` or `false`"),
        ("f64" | "f32", Lit::Float(_)) => Ok(quote!(#expr)),
        ("f64" | "f32", Lit::Int(int)) => Err(format!(
            "`{name}` needs a number with a point: write `{}{}.0`",
            if negative { "-" } else { "" },
            int.base10_digits()
        )),
        ("f64" | "f32", _) => expects(&format!("a number: {}", example("0.5"))),
        (int, Lit::Int(value)) if types::integer_range(int).is_some() => {
            integer_fits(int, negative, value.base10_digits())?;
            Ok(quote!(#expr))
        }
        (int, _) if types::integer_range(int).is_some() => {
            expects(&format!("an integer: {}", example("3")))
        }
        _ => Ok(probe.map_or_else(
            || quote!(#expr),
            |probe| {
                let method = match lit {
                    Lit::Str(_) => "text",
                    // Of an array, it becomes a slice.
                    Lit::ByteStr(_) => "value",
                    _ => "literal",
                };
                probe.call(expr.span(), method, expr)
            },
        )),
    }
}

fn integer_fits(name: &str, negative: bool, digits: &str) -> Result<(), String> {
    let Some((low, high)) = types::integer_range(name) else {
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

/// The same without zero.
fn nonzero_fits(int: &str, negative: bool, digits: &str) -> Result<(), String> {
    if digits == "0" {
        return Err(format!(
            "a `NonZero<{int}>` is never 0: write another integer"
        ));
    }
    integer_fits(int, negative, digits).map_err(|_| {
        let range = match types::integer_range(int) {
            Some((0, high)) => format!("from 1 to {high}"),
            Some((low, high)) => format!("from {low} to {high} without 0"),
            None => String::new(),
        };
        format!("out of range: `NonZero<{int}>` settings go {range}")
    })
}
