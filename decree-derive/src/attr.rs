//! The grammar of `#[decree(...)]`.

use proc_macro2::{Ident, Span, TokenTree};
use syn::{
    Attribute, Expr, ExprArray, ExprBlock, ExprPath, LitBool, LitStr, Path, Stmt, Token,
    ext::IdentExt,
    parse::{ParseStream, discouraged::Speculative},
    spanned::Spanned,
};

use crate::{
    case::Case,
    ctxt::Ctxt,
    literal,
    vocabulary::{FIELD, Place, STRUCT, list, unknown},
};

const BOUND: &str = "a value of the field's type";
const LENGTH: &str = "a number of characters";

/// What `#[decree(...)]` says of a struct.
#[derive(Default)]
pub(crate) struct StructAttr {
    pub(crate) prefix: Option<LitStr>,
    pub(crate) case: Option<Case>,
    pub(crate) krate: Option<Path>,
    pub(crate) validate: Option<ExprPath>,
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
    pub(crate) from_str: Option<Span>,
    pub(crate) json: Option<Span>,
    pub(crate) with: Option<ExprPath>,
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
    pub(crate) validate: Option<ExprPath>,
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

    /// The first of those that are about a text, where the field is parsed from one.
    pub(crate) fn of_text(&self) -> Option<&'static str> {
        let of_text = ["min_len", "max_len", "one_of", "pattern"];
        let mut written = self.written().map(|(name, _)| name);
        written.find(|name| of_text.contains(name))
    }
}

impl StructAttr {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, &STRUCT, |entry| {
            match entry.name.to_string().as_str() {
                "prefix" => entry.set(&mut parsed.prefix, entry.text()?),
                "rename_all" => entry.set(&mut parsed.case, entry.case()?),
                "crate" => entry.set(&mut parsed.krate, entry.krate()?),
                _ => entry.set(&mut parsed.validate, entry.function()?),
            }
            Ok(())
        });
        parsed
    }
}

impl FieldAttr {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, &FIELD, |entry| {
            let FieldAttr {
                key,
                default,
                skip,
                nested,
                flatten,
                prefix,
                from_str,
                json,
                with,
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
                "from_str" => entry.set(from_str, entry.alone()?),
                "json" => entry.set(json, entry.alone()?),
                "with" => entry.set(with, entry.function()?),
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
pub(crate) fn each(
    cx: &Ctxt,
    attrs: &[Attribute],
    place: &Place,
    mut take: impl FnMut(&Entry<'_>) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("decree")) {
        if !matches!(attr.meta, syn::Meta::List(_)) {
            cx.error(
                &attr.meta,
                format!("write a list: `#[decree({} = …)]`", place.keys[0]),
            );
            continue;
        }
        let parsed = attr.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = entry(cx, input, place, &mut take) {
                    cx.push(error);
                    skip_rest(input)?;
                }
                end(cx, input)?;
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
    place: &Place,
    take: &mut impl FnMut(&Entry<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    if !input.peek(Ident::peek_any) {
        let names = list(place.keys);
        cx.push(input.error(format!("an entry starts with its name: {names}")));
        return skip_rest(input);
    }
    let name = input.call(Ident::parse_any)?;
    let is_known = |name: &str| place.keys.contains(&name);
    if let Some(dashed) = dashed(&name, input)
        && let meant = dashed.replace('-', "_")
        && is_known(&meant)
    {
        cx.error(&name, format!("`{dashed}` is written `{meant}`"));
        return skip_rest(input);
    }
    if is_known(&name.to_string()) {
        return take(&Entry { cx, name, input });
    }
    cx.error(&name, unknown(&name.to_string(), place));
    skip_rest(input)
}

/// A name with dashes, of which `name` is the first part.
fn dashed(name: &Ident, input: ParseStream<'_>) -> Option<String> {
    let ahead = input.fork();
    let mut dashed = name.to_string();
    while ahead.parse::<Token![-]>().is_ok() {
        let part = ahead.call(Ident::parse_any).ok()?;
        dashed = format!("{dashed}-{part}");
    }
    dashed.contains('-').then_some(dashed)
}

/// The comma behind an entry. One that is missing does not hide what follows.
fn end(cx: &Ctxt, input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![;]) {
        cx.push(
            input.error(
                "a comma stands between two entries: take out the `;`, or write one instead",
            ),
        );
        input.parse::<Token![;]>()?;
        return Ok(());
    }
    if !input.peek(Token![,]) {
        cx.push(input.error("a comma stands between two entries: write one before this"));
        if input.peek(Ident::peek_any) {
            return Ok(());
        }
        skip_rest(input)?;
    }
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

/// Passes over what follows in an entry that is not understood.
fn skip_rest(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// One entry of a list, up to its name.
pub(crate) struct Entry<'a> {
    cx: &'a Ctxt,
    pub(crate) name: Ident,
    /// What follows the name.
    input: ParseStream<'a>,
}

impl Entry<'_> {
    pub(crate) fn set<T>(&self, slot: &mut Option<T>, value: Option<T>) {
        let name = &self.name;
        if slot.is_some() {
            self.cx.error(name, format!("`{name}` is set twice"));
        } else {
            *slot = value;
        }
    }

    /// What is behind the `=`; `None`, with the mistake noted, when there is none.
    fn value(&self, expected: &str) -> syn::Result<Option<Expr>> {
        let (name, input) = (&self.name, self.input);
        let written = input.peek(Token![=]);
        if written {
            input.parse::<Token![=]>()?;
        }
        if !written || input.is_empty() || input.peek(Token![,]) {
            let message = format!("`{name}` needs {expected}: `{name} = …`");
            self.cx.error(name, message);
            skip_rest(input)?;
            return Ok(None);
        }
        // What fails may have read beyond the comma.
        let ahead = input.fork();
        let Ok(value) = ahead.parse() else {
            let message = format!("`{name}` needs {expected}, and this is no expression");
            return Err(input.error(message));
        };
        input.advance_to(&ahead);
        let value = ungrouped(value);
        // The compiler has refused it already.
        Ok((!is_broken(&value)).then_some(value))
    }

    pub(crate) fn text(&self) -> syn::Result<Option<LitStr>> {
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

    pub(crate) fn case(&self) -> syn::Result<Option<Case>> {
        Ok(self.text()?.and_then(|text| Case::parse(self.cx, &text)))
    }

    /// The path of decree-runtime.
    pub(crate) fn krate(&self) -> syn::Result<Option<Path>> {
        let cure = "`crate` is the path of decree-runtime, such as `\"crate::settings\"`";
        let parse = |text: LitStr| {
            let path = text.parse();
            path.map_err(|_| syn::Error::new(text.span(), cure))
        };
        self.text()?.map(parse).transpose()
    }

    fn list(&self) -> syn::Result<Option<ExprArray>> {
        let expected = "a list of values";
        Ok(match self.value(expected)? {
            Some(Expr::Array(mut list)) => {
                list.elems = list.elems.into_iter().map(ungrouped).collect();
                let sound = !list.elems.iter().any(is_broken);
                sound.then_some(list)
            }
            Some(other) => {
                let message = format!("`one_of` is {expected}: `one_of = [1, 2]`");
                self.cx.error(other, message);
                None
            }
            None => None,
        })
    }

    fn function(&self) -> syn::Result<Option<ExprPath>> {
        let (name, expected) = (&self.name, "the path of a function");
        Ok(match self.value(expected)? {
            Some(Expr::Path(function)) => Some(function),
            Some(other) => {
                let example = if name == "with" { "read" } else { "check" };
                let message = format!("`{name}` is {expected}: `{name} = {example}`");
                self.cx.error(other, message);
                None
            }
            None => None,
        })
    }

    /// Where an entry is that has no value.
    fn alone(&self) -> syn::Result<Option<Span>> {
        let (name, input) = (&self.name, self.input);
        // A comma is missing where an entry may be meant.
        let is_alone = input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]);
        if !is_alone && !input.peek(Ident::peek_any) {
            let cure = if input.peek(Token![=]) && input.peek2(LitBool) {
                let is_off = input.to_string().starts_with("= false");
                let what = if is_off {
                    format!("{name} = false")
                } else {
                    "= true".to_owned()
                };
                format!("take out `{what}`")
            } else if name == "nested" {
                "write `nested, prefix = \"…\"`".to_owned()
            } else {
                "take out what follows it".to_owned()
            };
            let message = format!("`{name}` stands alone: {cure}");
            self.cx.push(input.error(message));
            skip_rest(input)?;
        }
        Ok(Some(name.span()))
    }
}

/// Whether it is a literal that the compiler does not understand.
fn is_broken(expr: &Expr) -> bool {
    matches!(literal::literal(expr), Some((_, syn::Lit::Verbatim(_))))
}

/// The expression that a macro was given: what it hands on is in a group that nobody wrote.
fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        // Around an argument, the compiler would call these unnecessary.
        Expr::Paren(paren) => ungrouped(*paren.expr),
        Expr::Block(block) => match inside(&block) {
            Some(value) => ungrouped(value.clone()),
            None => Expr::Block(block),
        },
        other => other,
    }
}

/// What a block is that is no more than one value.
fn inside(block: &ExprBlock) -> Option<&Expr> {
    match &block.block.stmts[..] {
        [Stmt::Expr(value, None)] if block.attrs.is_empty() && block.label.is_none() => Some(value),
        _ => None,
    }
}
