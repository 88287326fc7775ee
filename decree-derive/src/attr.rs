//! The grammar of `#[decree(...)]`.

use proc_macro2::{Ident, Span, TokenTree};
use syn::{
    Attribute, Expr, ExprArray, LitStr, Path, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

use crate::ctxt::Ctxt;

const OF_STRUCT: &[&str] = &["prefix", "crate", "validate"];
const OF_FIELD: &[&str] = &[
    "key",
    "default",
    "skip",
    "nested",
    "prefix",
    "flatten",
    "restart",
    "min",
    "max",
    "exclusive_min",
    "exclusive_max",
    "min_len",
    "max_len",
    "one_of",
    "pattern",
    "validate",
];

const BOUND: &str = "a value of the field's type";
const LENGTH: &str = "a number of characters";

/// What `#[decree(...)]` says of a struct.
#[derive(Default)]
pub(crate) struct StructAttr {
    pub(crate) prefix: Option<LitStr>,
    pub(crate) krate: Option<Path>,
    pub(crate) validate: Option<Path>,
}

/// What `#[decree(...)]` says of a field.
#[derive(Default)]
pub(crate) struct FieldAttr {
    pub(crate) key: Option<LitStr>,
    pub(crate) default: Option<Expr>,
    pub(crate) skip: Option<Span>,
    pub(crate) nested: Option<Span>,
    pub(crate) flatten: Option<Span>,
    /// Of a nested struct.
    pub(crate) prefix: Option<LitStr>,
    pub(crate) restart: Option<Span>,
    /// What is demanded of the value, as it is written.
    pub(crate) demands: Demands,
}

/// What a field demands of its value, as it is written.
#[derive(Default)]
pub(crate) struct Demands {
    pub(crate) min: Option<Expr>,
    pub(crate) max: Option<Expr>,
    pub(crate) exclusive_min: Option<Expr>,
    pub(crate) exclusive_max: Option<Expr>,
    pub(crate) min_len: Option<Expr>,
    pub(crate) max_len: Option<Expr>,
    pub(crate) one_of: Option<ExprArray>,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) validate: Option<Path>,
}

impl Demands {
    /// What is demanded, and where.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let values = [
            ("min", &self.min),
            ("max", &self.max),
            ("exclusive_min", &self.exclusive_min),
            ("exclusive_max", &self.exclusive_max),
            ("min_len", &self.min_len),
            ("max_len", &self.max_len),
        ];
        let values = values.map(|(name, value)| (name, value.as_ref().map(Spanned::span)));
        let others = [
            ("one_of", self.one_of.as_ref().map(Spanned::span)),
            ("pattern", self.pattern.as_ref().map(LitStr::span)),
            ("validate", self.validate.as_ref().map(Spanned::span)),
        ];
        let all = values.into_iter().chain(others);
        all.filter_map(|(name, span)| Some((name, span?)))
    }
}

impl StructAttr {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, OF_STRUCT, |entry| {
            if entry.name == "validate" {
                entry.set(&mut parsed.validate, entry.function()?);
            } else if entry.name == "prefix" {
                entry.set(&mut parsed.prefix, entry.text()?);
            } else {
                let path = entry.text()?.map(|text| {
                    let cure =
                        "`crate` is the path of decree-runtime, such as `\"crate::settings\"`";
                    text.parse().map_err(|_| syn::Error::new(text.span(), cure))
                });
                entry.set(&mut parsed.krate, path.transpose()?);
            }
            Ok(())
        });
        parsed
    }
}

impl FieldAttr {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, OF_FIELD, |entry| {
            let FieldAttr {
                key,
                default,
                skip,
                nested,
                flatten,
                prefix,
                restart,
                demands,
            } = &mut parsed;
            match entry.name.to_string().as_str() {
                "key" => entry.set(key, entry.text()?),
                "default" => entry.set(default, entry.value("an expression")?),
                "skip" => entry.set(skip, entry.alone()?),
                "nested" => entry.set(nested, entry.alone()?),
                "flatten" => entry.set(flatten, entry.alone()?),
                "prefix" => entry.set(prefix, entry.text()?),
                "restart" => entry.set(restart, entry.alone()?),
                "min" => entry.set(&mut demands.min, entry.value(BOUND)?),
                "max" => entry.set(&mut demands.max, entry.value(BOUND)?),
                "exclusive_min" => entry.set(&mut demands.exclusive_min, entry.value(BOUND)?),
                "exclusive_max" => entry.set(&mut demands.exclusive_max, entry.value(BOUND)?),
                "min_len" => entry.set(&mut demands.min_len, entry.value(LENGTH)?),
                "max_len" => entry.set(&mut demands.max_len, entry.value(LENGTH)?),
                "one_of" => entry.set(&mut demands.one_of, entry.list()?),
                "pattern" => entry.set(&mut demands.pattern, entry.text()?),
                _ => entry.set(&mut demands.validate, entry.function()?),
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
    mut take: impl FnMut(&Entry<'_>) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("decree")) {
        if !matches!(attr.meta, syn::Meta::List(_)) {
            cx.error(
                &attr.meta,
                format!("write a list: `#[decree({} = …)]`", known[0]),
            );
            continue;
        }
        let parsed = attr.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                entry(cx, input, known, &mut take)?;
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        });
        if let Err(error) = parsed {
            cx.push(error);
        }
    }
}

fn entry(
    cx: &Ctxt,
    input: ParseStream<'_>,
    known: &[&str],
    take: &mut impl FnMut(&Entry<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    if !input.peek(Ident::peek_any) {
        let names = list(known);
        cx.push(input.error(format!("an entry starts with its name: {names}")));
        return skip_rest(input);
    }
    let name = input.call(Ident::parse_any)?;
    if known.iter().any(|known| name == known) {
        return take(&Entry { cx, name, input });
    }
    cx.error(&name, unknown(&name.to_string(), known));
    skip_rest(input)
}

/// Passes over what follows in an entry that is not understood.
fn skip_rest(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// One entry of a list, up to its name.
struct Entry<'a> {
    cx: &'a Ctxt,
    name: Ident,
    /// What follows the name.
    input: ParseStream<'a>,
}

impl Entry<'_> {
    fn set<T>(&self, slot: &mut Option<T>, value: Option<T>) {
        let name = &self.name;
        if slot.is_some() {
            self.cx.error(name, format!("`{name}` is set twice"));
        } else {
            *slot = value;
        }
    }

    /// What is behind the `=`; `None`, with the mistake noted, when there is none.
    fn value<T: Parse>(&self, expected: &str) -> syn::Result<Option<T>> {
        if self.input.peek(Token![=]) {
            self.input.parse::<Token![=]>()?;
            return self.input.parse().map(Some);
        }
        let name = &self.name;
        let message = format!("`{name}` needs {expected}: `{name} = …`");
        self.cx.error(name, message);
        skip_rest(self.input)?;
        Ok(None)
    }

    fn text(&self) -> syn::Result<Option<LitStr>> {
        let name = &self.name;
        Ok(match self.value("a text")? {
            Some(Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            })) => Some(text),
            Some(other) => {
                let message = format!("`{name}` is a text: `{name} = \"…\"`");
                self.cx.error(other, message);
                None
            }
            None => None,
        })
    }

    fn list(&self) -> syn::Result<Option<ExprArray>> {
        let expected = "a list of values";
        Ok(match self.value(expected)? {
            Some(Expr::Array(list)) => Some(list),
            Some(other) => {
                let message = format!("`one_of` is {expected}: `one_of = [1, 2]`");
                self.cx.error(other, message);
                None
            }
            None => None,
        })
    }

    fn function(&self) -> syn::Result<Option<Path>> {
        let expected = "the path of a function";
        Ok(match self.value(expected)? {
            Some(Expr::Path(function)) if function.qself.is_none() => Some(function.path),
            Some(other) => {
                let message = format!("`validate` is {expected}: `validate = check`");
                self.cx.error(other, message);
                None
            }
            None => None,
        })
    }

    /// Where an entry is that has no value.
    fn alone(&self) -> syn::Result<Option<Span>> {
        let name = &self.name;
        if !self.input.is_empty() && !self.input.peek(Token![,]) {
            let message = format!("`{name}` stands alone: take out what follows it");
            self.cx.push(self.input.error(message));
            skip_rest(self.input)?;
        }
        Ok(Some(name.span()))
    }
}

fn list(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn unknown(name: &str, known: &[&str]) -> String {
    for (others, place) in [
        (OF_STRUCT, "the struct, not on a field"),
        (OF_FIELD, "a field, not on the struct"),
    ] {
        if others.contains(&name) {
            return format!("`{name}` belongs on {place}");
        }
    }
    let nearest = known
        .iter()
        .map(|known| (distance(name, known), known))
        .min();
    match nearest {
        Some((distance, nearest)) if distance <= 2 => {
            format!("unknown `decree` key `{name}`; did you mean `{nearest}`?")
        }
        _ => format!("unknown `decree` key `{name}`; known are {}", list(known)),
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
        assert_eq!(
            unknown("defualt", OF_FIELD),
            "unknown `decree` key `defualt`; did you mean `default`?"
        );
        assert_eq!(
            unknown("name", OF_STRUCT),
            "unknown `decree` key `name`; known are `prefix`, `crate`, `validate`"
        );
        assert_eq!(distance("", "key"), 3);
        assert_eq!(distance("key", "key"), 0);
    }
}
