//! The grammar of a list in `#[decree(...)]`: entries, each a name and what follows it.

use proc_macro2::{Ident, Span, TokenTree};
use syn::{
    Attribute, Expr, ExprArray, ExprBlock, ExprPath, Lit, LitBool, LitStr, Path, Stmt, Token,
    ext::IdentExt,
    parse::{ParseStream, discouraged::Speculative},
};

use crate::{
    case::Case,
    ctxt::Ctxt,
    literal,
    vocabulary::{Place, list, unknown},
};

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
        if input.peek(Lit) {
            let message = "an entry starts with its name: a number has no commas, as in `1_000_000` and `0.5`, and a \
                           list stands in brackets";
            cx.push(input.error(message));
            while input.peek(Token![,]) && input.peek2(Lit) || input.peek(Lit) {
                input.parse::<TokenTree>()?;
            }
        } else {
            let names = list(place.keys);
            cx.push(input.error(format!("an entry starts with its name: {names}")));
        }
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
    pub(crate) fn value(&self, expected: &str) -> syn::Result<Option<Expr>> {
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
                lit: Lit::Str(text),
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

    pub(crate) fn list(&self) -> syn::Result<Option<ExprArray>> {
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

    pub(crate) fn function(&self) -> syn::Result<Option<ExprPath>> {
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
    pub(crate) fn alone(&self) -> syn::Result<Option<Span>> {
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

/// Whether it is a text that the compiler does not understand.
fn is_broken(expr: &Expr) -> bool {
    let Some((_, Lit::Verbatim(literal))) = literal::literal(expr) else {
        return false;
    };
    // A number may be of a kind that is newer than this.
    !literal
        .to_string()
        .starts_with(|c: char| c.is_ascii_digit())
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
