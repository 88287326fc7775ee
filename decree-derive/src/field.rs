//! A field of the struct: where its value comes from.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Expr, Lit, LitStr, Meta, Type, Visibility, ext::IdentExt};

use crate::{
    attr::FieldAttr,
    by::{self, By},
    ctxt::Ctxt,
    default::{DefaultValue, Source},
    demand, literal, nested,
    path::{Naming, check_path},
    probe::Probe,
    types, unusable,
};

pub(crate) struct Field {
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) role: Role,
    pub(crate) state: State,
}

/// What the derive has found in a field.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum State {
    /// No mistake.
    Sound,
    Mistaken,
    /// A type of which the compiler says all that code for the struct would make it say again.
    Unusable,
}

/// Where the value of a field comes from.
pub(crate) enum Role {
    /// From the server.
    Setting {
        path: String,
        /// What the path was made of, for messages.
        key: Key,
        description: String,
        /// How it is read, if not as its type says.
        by: Option<TokenStream>,
        default: Option<Source>,
        /// Whether it is read once, when the program starts.
        restart: bool,
        /// Calls of what it demands.
        demands: Vec<TokenStream>,
    },
    /// A struct of settings of its own, whose paths begin with this.
    Nested { prefix: String },
    /// Not from the server: its default, or that of its type.
    Skipped { default: Option<TokenStream> },
}

pub(crate) enum Key {
    Named(LitStr),
    OfField,
}

impl Field {
    pub(crate) fn new(
        cx: &Ctxt,
        naming: Naming<'_>,
        holder: &Ident,
        field: &syn::Field,
    ) -> Option<Self> {
        let ident = field.ident.clone()?;
        let before = cx.count();
        let attr = FieldAttr::parse(cx, &field.attrs);
        let nested = nested(cx, &attr);
        let is_unusable = unusable::refuse(cx, holder, &field.ty);
        if !is_unusable && nested.is_some() {
            nested::check(cx, holder, &field.ty);
        }
        let role = match nested {
            Some(flat) => Role::Nested {
                prefix: nested_prefix(cx, &ident, attr.prefix.as_ref(), flat, naming),
            },
            None => one_value(cx, naming, field, &ident, &attr),
        };
        Some(Self {
            vis: field.vis.clone(),
            ident,
            ty: field.ty.clone(),
            role,
            state: match cx.count() {
                _ if is_unusable => State::Unusable,
                after if after == before => State::Sound,
                _ => State::Mistaken,
            },
        })
    }
}

/// The name of the constant of a field.
pub(crate) fn constant(ident: &Ident) -> String {
    ident.unraw().to_string().to_uppercase()
}

/// A field that is one value.
fn one_value(
    cx: &Ctxt,
    naming: Naming<'_>,
    field: &syn::Field,
    ident: &Ident,
    attr: &FieldAttr,
) -> Role {
    let by = By::new(cx, attr, &field.ty);
    let written = attr.default.as_ref().map(|expr| match by {
        None => literal::unwrapped(&field.ty, expr),
        Some(_) => expr,
    });
    if attr.skip.is_some() {
        let default = written.map(|expr| {
            literal::default(cx, &field.ty, &Probe::new(None).asking("any"), expr).tokens
        });
        refuse_of_skipped(cx, attr);
        return Role::Skipped { default };
    }
    if let Some(inner) = types::option_inner(&field.ty)
        && types::option_inner(inner).is_some()
    {
        let message = "null is `None`, and the server has no other: write one `Option`";
        cx.error(inner, message);
    }
    let default = written.map(|expr| DefaultValue::new(cx, &field.ty, by.as_ref(), expr));
    let known = default.as_ref().and_then(|default| default.known.as_ref());
    let is_from_str = by.as_ref().is_some_and(By::is_from_str);
    let is_text = |default: &DefaultValue| matches!(default.source, Source::Text(_));
    if is_from_str && !default.as_ref().is_some_and(is_text) {
        refuse_of_unknown_text(cx, attr);
    }
    let checked = written.zip(known);
    let demands = demand::check(cx, &field.ty, by.as_ref(), &attr.demands, checked);
    if let Some(prefix) = &attr.prefix {
        let message = "`prefix` is for structs: write `nested, prefix = \"…\"` if this is \
                       one, or `key = \"…\"` for a field";
        cx.error(prefix, message);
    }
    let by = by.map(|by| by.tokens());
    let key = attr.key.as_ref().inspect(|key| check_path(cx, key, "key"));
    let path = match &key {
        Some(key) => naming.path(&key.value()),
        None => naming.path_of_field(cx, ident),
    };
    Role::Setting {
        path,
        key: key.cloned().map_or(Key::OfField, Key::Named),
        description: doc_comment(&field.attrs),
        by,
        default: default.map(|default| default.source),
        restart: attr.restart.is_some(),
        demands,
    }
}

/// Whether a field is a nested struct, and that without a prefix; `None` if it is one value.
fn nested(cx: &Ctxt, attr: &FieldAttr) -> Option<bool> {
    if let (Some(_), Some(flatten)) = (attr.nested, attr.flatten) {
        let message = "`flatten` is `nested` without a prefix: keep one of the two";
        cx.push(syn::Error::new(flatten, message));
    }
    let span = attr.nested.or(attr.flatten)?;
    let name = if attr.nested.is_some() {
        "nested"
    } else {
        "flatten"
    };
    if attr.skip.is_some() {
        let message = format!("a skipped field is not on the server: take out `{name}` or `skip`");
        cx.push(syn::Error::new(span, message));
    }
    if let Some(key) = &attr.key {
        let message = "a nested struct has no value of its own, and no key: its paths begin with \
                       a `prefix = \"…\"`";
        cx.error(key, message);
    }
    if let Some(default) = &attr.default {
        let message = "a nested struct has the defaults of its fields: take out `default`";
        cx.error(default, message);
    }
    for (name, span) in by::written(attr) {
        let message = format!("a nested struct is not one value: take out `{name}` or `nested`");
        cx.push(syn::Error::new(span, message));
    }
    if let Some(restart) = attr.restart {
        let message = "`restart` is about one value: put it on fields of the nested struct";
        cx.push(syn::Error::new(restart, message));
    }
    for (demand, span) in attr.demands.written() {
        let message = if demand == "validate" {
            "the nested struct has its own: put `validate` on it".to_owned()
        } else {
            format!("`{demand}` is about one value: put it on a field of the nested struct")
        };
        cx.push(syn::Error::new(span, message));
    }
    Some(attr.nested.is_none())
}

/// What the paths of a nested struct begin with; empty if they stand for themselves.
fn nested_prefix(
    cx: &Ctxt,
    ident: &Ident,
    prefix: Option<&LitStr>,
    flat: bool,
    naming: Naming<'_>,
) -> String {
    match prefix {
        Some(prefix) if flat => {
            let message = "a flattened struct has no prefix: write `nested, prefix = \"…\"`";
            cx.error(prefix, message);
            String::new()
        }
        None if flat => naming.prefix.unwrap_or_default().to_owned(),
        Some(prefix) => {
            check_path(cx, prefix, "prefix");
            naming.path(&prefix.value())
        }
        None => naming.path_of_field(cx, ident),
    }
}

/// What is demanded of a text cannot be checked of a default that is none.
fn refuse_of_unknown_text(cx: &Ctxt, attr: &FieldAttr) {
    let (Some(expr), Some(demand)) = (&attr.default, attr.demands.of_text()) else {
        return;
    };
    // `None` fits whatever is demanded.
    if let Expr::Path(path) = expr
        && path
            .path
            .segments
            .last()
            .is_some_and(|it| it.ident == "None")
    {
        return;
    }
    let message = format!(
        "`{demand}` is about the text that `from_str` reads, and this default is none: \
         write the text of it"
    );
    cx.error(expr, message);
}

/// What speaks of the server is of no use to a field that is not there.
fn refuse_of_skipped(cx: &Ctxt, attr: &FieldAttr) {
    let key = attr.key.as_ref().map(|key| ("key", key.span()));
    let restart = attr.restart.map(|span| ("restart", span));
    let prefix = attr.prefix.as_ref().map(|prefix| ("prefix", prefix.span()));
    // Beside `nested`, which is told of, it is right.
    let prefix = prefix.filter(|_| attr.nested.is_none() && attr.flatten.is_none());
    let all = key.into_iter().chain(restart).chain(prefix);
    let all = all.chain(by::written(attr));
    for (name, span) in all.chain(attr.demands.written()) {
        let message = format!("a skipped field is not on the server: take out `{name}` or `skip`");
        cx.push(syn::Error::new(span, message));
    }
}

/// The doc comment as one text: its lines, without the blank that starts each.
fn doc_comment(attrs: &[Attribute]) -> String {
    let line = |attr: &Attribute| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    let lines: Vec<String> = attrs.iter().filter_map(line).collect();
    let lines: Vec<&str> = lines
        .iter()
        .flat_map(|text| text.split('\n'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect();
    lines.join("\n").trim().to_owned()
}

impl Key {
    /// Where a message about the path belongs.
    pub(crate) fn span(&self, field: &Ident) -> Span {
        match self {
            Self::Named(key) => key.span(),
            Self::OfField => field.span(),
        }
    }
}
