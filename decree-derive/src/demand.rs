//! What a field may demand of its value, and what that becomes.

mod bounds;

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ExprArray, ExprPath, LitStr, Type, spanned::Spanned};

use crate::{
    attr::Demands,
    by::By,
    ctxt::Ctxt,
    expand,
    literal::{self, Checked, Known},
    pattern,
    probe::Probe,
    types,
};

/// Checks what is demanded of a field, and its default by that; the calls to emit. What is known of
/// values is only known of literals.
pub(crate) fn check(
    cx: &Ctxt,
    ty: &Type,
    by: Option<&By<'_>>,
    demands: &Demands,
    default: Option<(&Expr, &Known)>,
) -> Vec<TokenStream> {
    let ty = types::option_inner(ty).unwrap_or(ty);
    let mut checker = Checker {
        cx,
        ty,
        is_from_str: by.is_some_and(By::is_from_str),
        is_json: by.is_some_and(By::is_json),
        probe: Probe::new(by),
        name: types::name(ty).unwrap_or_default(),
        calls: Vec::new(),
        rules: Vec::new(),
    };
    checker.bounds(demands);
    checker.lengths(demands);
    if let Some(pattern) = &demands.pattern {
        checker.pattern(pattern);
    }
    if let Some(list) = &demands.one_of {
        checker.one_of(list);
    }
    if let Some(function) = &demands.validate {
        checker.validate(function);
    }
    if let Some((expr, known)) = default
        && let Some(rule) = checker.violated(known)
    {
        let message = format!("the default violates `{rule}`: change one of the two");
        cx.error(expr, message);
    }
    checker.calls
}

struct Checker<'a> {
    cx: &'a Ctxt,
    /// That of the field, or what is in its `Option`.
    ty: &'a Type,
    name: String,
    /// What is demanded is about the text that it is parsed from.
    is_from_str: bool,
    is_json: bool,
    probe: Probe,
    calls: Vec<TokenStream>,
    /// What is known of the demands.
    rules: Vec<Rule>,
}

/// A demand that is known before the program runs.
struct Rule {
    /// As it is written.
    text: String,
    holds: Box<dyn Fn(&Known) -> bool>,
}

impl<'a> Checker<'a> {
    fn lengths(&mut self, demands: &'a Demands) {
        let others = self.rules.len();
        let least = self.length("min_len", demands.min_len.as_ref());
        let most = self.length("max_len", demands.max_len.as_ref());
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            let message = format!(
                "no text fits both `min_len = {least}` and `max_len = {most}`: change one of the two"
            );
            self.cx.error(&demands.max_len, message);
            self.rules.truncate(others);
        }
    }

    fn length(&mut self, attr: &'static str, expr: Option<&Expr>) -> Option<usize> {
        let expr = expr?;
        if !self.is_text(attr, expr.span()) {
            return None;
        }
        let known = match literal::literal(expr) {
            None => None,
            Some((false, syn::Lit::Int(int))) if int.base10_parse::<usize>().is_ok() => {
                int.base10_parse::<usize>().ok()
            }
            Some(_) => {
                let message = format!("`{attr}` is a number of characters: `{attr} = 3`");
                self.cx.error(expr, message);
                return None;
            }
        };
        self.call(attr, "letters", expr.span(), &quote!(#expr));
        if let Some(bound) = known {
            self.rule(written(attr, expr), move |value| match value {
                Known::Text(text) if attr == "min_len" => text.chars().count() >= bound,
                Known::Text(text) => text.chars().count() <= bound,
                _ => true,
            });
        }
        known
    }

    fn pattern(&mut self, text: &LitStr) {
        if !self.is_text("pattern", text.span()) {
            return;
        }
        match pattern::compile(text) {
            Err(message) => self.cx.error(text, message),
            Ok(is_in) => {
                let once = quote_spanned! {text.span()=> {
                    static PATTERN: _decree::Pattern =
                        _decree::Pattern::new(#text);
                    &PATTERN
                }};
                self.call("pattern", "letters", text.span(), &once);
                self.rule(written("pattern", text), move |value| match value {
                    Known::Text(value) => is_in(value),
                    _ => true,
                });
            }
        }
    }

    fn one_of(&mut self, list: &ExprArray) {
        if list.elems.is_empty() {
            let message = "no value is in an empty `one_of`: name the values, or take it out";
            self.cx.error(list, message);
            return;
        }
        let mut known: Vec<Known> = Vec::new();
        let (mut tokens, mut paths) = (Vec::new(), HashSet::new());
        for expr in &list.elems {
            if let Expr::Path(path) = expr
                && !paths.insert(quote!(#path).to_string())
            {
                self.cx
                    .error(expr, "this value is in `one_of` twice: take one out");
            }
            if is_nan(expr) {
                let message = "no value is equal to NAN: take it out";
                self.cx.error(expr, message);
                continue;
            }
            let checked = self.one(expr);
            tokens.push(checked.tokens);
            let Some(value) = checked.known else {
                continue;
            };
            if known.contains(&value) {
                self.cx
                    .error(expr, "this value is in `one_of` twice: take one out");
            } else if let Some(rule) = self.violated(&value) {
                let message = format!("this value violates `{rule}`: change one of the two");
                self.cx.error(expr, message);
            }
            known.push(value);
        }
        let place = list.span();
        let values = quote_spanned!(place=> &[#(#tokens),*]);
        self.call("one_of", "equality", place, &values);
        if known.len() == list.elems.len() {
            self.rule(written("one_of", list), move |value| known.contains(value));
        }
    }

    /// One value of a list.
    fn one(&self, expr: &Expr) -> Checked {
        if !self.is_from_str {
            return self.value("one_of", "listed", expr);
        }
        let known = match literal::literal(expr) {
            Some((false, syn::Lit::Str(text))) => Some(Known::Text(text.value())),
            Some(_) => {
                let message = "what `from_str` reads is text: `one_of = [\"…\"]`";
                self.cx.error(expr, message);
                None
            }
            None => None,
        };
        let tokens = quote!(#expr);
        Checked { tokens, known }
    }

    /// A value to compare with. One that is no literal is of the type that the compiler expects, or of
    /// one of which it says that it does not compare.
    fn value(&self, attr: &str, question: &'static str, expr: &Expr) -> Checked {
        let probe = self.probe.asking(question);
        let mut checked = literal::check(self.cx, attr, self.ty, &probe, expr);
        let is_adapted = types::known_in_secret(self.ty).is_some();
        if !types::is_known(self.ty) && (is_adapted || literal::literal(expr).is_none()) {
            checked.tokens = probe.call(expr.span(), "value", checked.tokens);
        }
        checked
    }

    fn validate(&mut self, function: &ExprPath) {
        let (name, call) = expand::validator(function);
        self.calls
            .push(quote_spanned!(function.span()=> .validate(#name, #call)));
    }

    /// Whether the type may be text; the compiler knows more of types that are not known by name.
    fn is_text(&self, attr: &str, span: Span) -> bool {
        let held = types::argument_of(self.ty, "Secret").and_then(types::name);
        let name = held.as_deref().unwrap_or(&self.name);
        if self.is_json && name != "String" {
            let message = format!(
                "`{attr}` is for text, and what `json` reads is none: write a function that judges \
                 what was read: `validate = …`"
            );
            self.cx.push(syn::Error::new(span, message));
            return false;
        }
        let other = matches!(name, "bool" | "f32" | "f64" | "SystemTime")
            || types::is_span(name)
            || name.starts_with("NonZero")
            || types::integer_range(name).is_some();
        let other = other && !self.is_from_str;
        if other {
            let message = format!("`{attr}` is for text, and `{name}` is none: take it out");
            self.cx.push(syn::Error::new(span, message));
        }
        !other
    }

    /// At the value, so that the compiler points there when the type does not have the ability.
    fn call(&mut self, attr: &'static str, ability: &str, span: Span, value: &TokenStream) {
        if leaves(value) {
            let message = format!(
                "`{attr}` is no function, and there is nothing to leave: write a value, without `?` and `return`"
            );
            self.cx.error(value, message);
        }
        if self.is_from_str {
            let method = format_ident!("text_{attr}", span = span);
            self.calls.push(quote_spanned!(span=> .#method(#value)));
            return;
        }
        let method = format_ident!("{attr}", span = span);
        let ability = self.probe.call(span, ability, quote!());
        self.calls
            .push(quote_spanned!(span=> .#method(#ability, #value)));
    }

    fn rule(&mut self, text: String, holds: impl Fn(&Known) -> bool + 'static) {
        self.rules.push(Rule {
            text,
            holds: Box::new(holds),
        });
    }

    /// The first rule that a value violates.
    fn violated(&self, value: &Known) -> Option<&str> {
        let violated = self.rules.iter().find(|rule| !(rule.holds)(value));
        violated.map(|rule| rule.text.as_str())
    }
}

/// Whether it may leave the code around it.
fn leaves(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => leaves(&group.stream()),
        TokenTree::Ident(ident) => ident == "return",
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Literal(_) => false,
    })
}

/// Whether it is `NAN` of a float by any path.
fn is_nan(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|it| it.ident == "NAN"),
        Expr::Unary(unary) => is_nan(&unary.expr),
        Expr::Group(group) => is_nan(&group.expr),
        _ => false,
    }
}

/// An entry as it is written, without the blanks that tokens have.
fn written(attr: &str, value: &impl quote::ToTokens) -> String {
    let value = value.to_token_stream().to_string();
    let value = value
        .strip_prefix("- ")
        .map_or_else(|| value.clone(), |rest| format!("-{rest}"));
    format!(
        "{attr} = {}",
        value.replace("[- ", "[-").replace(", - ", ", -")
    )
}
