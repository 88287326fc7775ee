//! The grammar of `#[decree(...)]`.

use proc_macro2::{Span, TokenTree};
use syn::{
    Attribute, Expr, LitStr, Path, Token,
    meta::ParseNestedMeta,
    parse::{ParseBuffer, ParseStream},
    spanned::Spanned,
};

use crate::ctxt::Ctxt;

/// What `#[decree(...)]` says of a struct.
#[derive(Default)]
pub(crate) struct StructAttr {
    pub(crate) prefix: Option<LitStr>,
    pub(crate) krate: Option<Path>,
}

/// What `#[decree(...)]` says of a field.
#[derive(Default)]
pub(crate) struct FieldAttr {
    pub(crate) key: Option<LitStr>,
    pub(crate) default: Option<Expr>,
    pub(crate) skip: Option<Span>,
}

impl StructAttr {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, &["prefix", "crate"], |name, meta| {
            let text = string(cx, meta)?;
            if name == "prefix" {
                set(cx, meta, &mut parsed.prefix, text);
            } else {
                let path = text.map(|text| text.parse()).transpose()?;
                set(cx, meta, &mut parsed.krate, path);
            }
            Ok(())
        });
        parsed
    }
}

impl FieldAttr {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, &["key", "default", "skip"], |name, meta| {
            match name {
                "key" => set(cx, meta, &mut parsed.key, string(cx, meta)?),
                "default" => {
                    let value = value(cx, meta, "an expression")?;
                    let value = value.map(ParseBuffer::parse).transpose()?;
                    set(cx, meta, &mut parsed.default, value);
                }
                _ => set(cx, meta, &mut parsed.skip, Some(meta.path.span())),
            }
            Ok(())
        });
        parsed
    }
}

/// Calls `take` for each known name of each list. A mistake in one entry does not hide the others.
fn each(
    cx: &Ctxt,
    attrs: &[Attribute],
    known: &[&str],
    mut take: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("decree")) {
        if !matches!(attr.meta, syn::Meta::List(_)) {
            cx.error(
                &attr.meta,
                format!("write a list: `#[decree({} = …)]`", known[0]),
            );
            continue;
        }
        let parsed = attr.parse_nested_meta(|meta| {
            let name = name(&meta);
            if known.contains(&name.as_str()) {
                return take(&name, &meta);
            }
            cx.error(&meta.path, unknown(&name, known));
            skip_value(&meta)
        });
        if let Err(error) = parsed {
            cx.push(error);
        }
    }
}

/// What stands before the `=`; empty for a path of several names, which no key is.
fn name(meta: &ParseNestedMeta<'_>) -> String {
    let name = meta.path.require_ident().map(ToString::to_string);
    name.unwrap_or_default()
}

/// Passes over `= …` or `(…)` of an entry that is not understood.
fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    while !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        meta.input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn set<T>(cx: &Ctxt, meta: &ParseNestedMeta<'_>, slot: &mut Option<T>, value: Option<T>) {
    if slot.is_some() {
        cx.error(&meta.path, format!("`{}` is set twice", name(meta)));
    } else {
        *slot = value;
    }
}

/// The stream behind the `=`; `None`, with the mistake noted, when there is none.
fn value<'a>(
    cx: &Ctxt,
    meta: &ParseNestedMeta<'a>,
    expected: &str,
) -> syn::Result<Option<ParseStream<'a>>> {
    if meta.input.peek(Token![=]) {
        return meta.value().map(Some);
    }
    let name = name(meta);
    cx.error(
        &meta.path,
        format!("`{name}` needs {expected}: `{name} = …`"),
    );
    skip_value(meta)?;
    Ok(None)
}

fn string(cx: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<LitStr>> {
    let Some(value) = value(cx, meta, "a text")? else {
        return Ok(None);
    };
    if value.peek(LitStr) {
        return value.parse().map(Some);
    }
    let other: Expr = value.parse()?;
    let name = name(meta);
    cx.error(other, format!("`{name}` is a text: `{name} = \"…\"`"));
    Ok(None)
}

fn unknown(name: &str, known: &[&str]) -> String {
    let list: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
    let nearest = known
        .iter()
        .map(|known| (distance(name, known), known))
        .min();
    match nearest {
        Some((distance, nearest)) if distance <= 2 => {
            format!("unknown `decree` key `{name}`; did you mean `{nearest}`?")
        }
        _ => format!(
            "unknown `decree` key `{name}`; known are {}",
            list.join(", ")
        ),
    }
}

/// How many letters must be added, dropped or changed to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let changed = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_guessed_and_a_far_one_is_not() {
        let known = ["key", "default", "skip"];
        assert_eq!(
            unknown("defualt", &known),
            "unknown `decree` key `defualt`; did you mean `default`?"
        );
        assert_eq!(
            unknown("validate", &known),
            "unknown `decree` key `validate`; known are `key`, `default`, `skip`"
        );
        assert_eq!(distance("", "key"), 3);
        assert_eq!(distance("key", "key"), 0);
    }
}
