//! The struct as the rest of the macro sees it: whatever is here makes sense.

use proc_macro2::{Ident, TokenStream};
use syn::{
    Attribute, Data, DeriveInput, Expr, Fields, GenericParam, Generics, Lit, LitStr, Meta, Path,
    Type, ext::IdentExt,
};

use crate::{
    attr::{FieldAttr, StructAttr},
    ctxt::Ctxt,
    demand::{self, Demanded},
    literal,
};

/// A struct of settings.
pub(crate) struct Input {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The path of `decree-runtime`.
    pub(crate) krate: Path,
    pub(crate) fields: Vec<Field>,
    /// What must accept the whole.
    pub(crate) validate: Option<Path>,
}

pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) role: Role,
}

/// Where the value of a field comes from.
pub(crate) enum Role {
    /// From the server.
    Setting {
        path: String,
        /// What the path was made of, for messages.
        key: Key,
        description: String,
        default: Option<TokenStream>,
        /// Whether it is read once, when the program starts.
        restart: bool,
        demands: Vec<Demanded>,
    },
    /// Not from the server: its default, or that of its type.
    Skipped { default: Option<TokenStream> },
}

pub(crate) enum Key {
    Named(LitStr),
    OfField,
}

/// `decree_runtime`, unless `crate = "…"` says otherwise.
pub(crate) fn krate(attr: &StructAttr) -> Path {
    attr.krate
        .clone()
        .unwrap_or_else(|| syn::parse_quote!(::decree_runtime))
}

impl Input {
    pub(crate) fn new(cx: &Ctxt, item: &DeriveInput) -> Self {
        let attr = StructAttr::parse(cx, &item.attrs);
        for parameter in &item.generics.params {
            if let GenericParam::Lifetime(lifetime) = parameter {
                cx.error(lifetime, "settings own their values: take the lifetime out");
            }
        }
        if let Some(prefix) = &attr.prefix {
            check_path(cx, prefix, "prefix");
        }
        let prefix = attr.prefix.as_ref().map(LitStr::value);
        let krate = krate(&attr);
        let fields = named_fields(cx, item);
        let fields = fields.iter().flat_map(|fields| fields.iter());
        Self {
            ident: item.ident.clone(),
            generics: item.generics.clone(),
            fields: fields
                .filter_map(|field| Field::new(cx, &krate, prefix.as_deref(), field))
                .collect(),
            krate,
            validate: attr.validate,
        }
    }
}

fn named_fields<'a>(
    cx: &Ctxt,
    item: &'a DeriveInput,
) -> Option<&'a syn::punctuated::Punctuated<syn::Field, syn::Token![,]>> {
    let cure = "`DecreeConfig` needs a struct with named fields";
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(&fields.named),
            Fields::Unnamed(fields) => {
                cx.error(fields, format!("{cure}: fields without a name have no key"));
            }
            Fields::Unit => cx.error(&item.ident, format!("{cure}; this one has no fields")),
        },
        Data::Enum(data) => cx.error(data.enum_token, format!("{cure}, not an enum")),
        Data::Union(data) => cx.error(data.union_token, format!("{cure}, not a union")),
    }
    None
}

impl Field {
    fn new(cx: &Ctxt, krate: &Path, prefix: Option<&str>, field: &syn::Field) -> Option<Self> {
        let ident = field.ident.clone()?;
        let attr = FieldAttr::parse(cx, &field.attrs);
        let default = attr.default.as_ref();
        let checked = default.map(|expr| literal::default(cx, krate, &field.ty, expr));
        let known = checked.as_ref().and_then(|checked| checked.known.as_ref());
        let demands = demand::check(cx, krate, &field.ty, &attr.demands, default.zip(known));
        if attr.skip.is_some() {
            refuse_of_skipped(cx, &attr, &demands);
        }
        let default = checked.map(|checked| checked.tokens);
        let role = if attr.skip.is_some() {
            Role::Skipped { default }
        } else {
            let key = attr.key.inspect(|key| check_path(cx, key, "key"));
            if key.is_none() {
                check_name(cx, &ident);
            }
            let name = key
                .as_ref()
                .map_or_else(|| ident.unraw().to_string(), LitStr::value);
            Role::Setting {
                path: prefix.map_or_else(|| name.clone(), |prefix| format!("{prefix}.{name}")),
                key: key.map_or(Key::OfField, Key::Named),
                description: doc_comment(&field.attrs),
                default,
                restart: attr.restart.is_some(),
                demands,
            }
        };
        Some(Self {
            ident,
            ty: field.ty.clone(),
            role,
        })
    }
}

/// What speaks of the server is of no use to a field that is not there.
fn refuse_of_skipped(cx: &Ctxt, attr: &FieldAttr, demands: &[Demanded]) {
    let key = attr.key.as_ref().map(|key| ("key", key.span()));
    let restart = attr.restart.map(|span| ("restart", span));
    let demands = demands.iter().map(|it| (it.attr, it.span));
    for (name, span) in key.into_iter().chain(restart).chain(demands) {
        let message = format!("a skipped field is not on the server: take out `{name}` or `skip`");
        cx.push(syn::Error::new(span, message));
    }
}

/// A path is made of names that start with a letter or `_` and are joined by dots. The server is
/// laxer about the later names; nobody writes `a..b` on purpose.
fn check_path(cx: &Ctxt, text: &LitStr, what: &str) {
    let path = text.value();
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    let wrong = foreign(&path);
    let message = if path.is_empty() {
        format!("`{what}` is empty: name the field as the server does, such as \"payments.fee\"")
    } else if let Some(wrong) = wrong {
        format!("{wrong:?} cannot be in a `{what}`: use letters, digits, `_`, `-` and dots")
    } else if path.split('.').any(str::is_empty) {
        format!("`{what}` has an empty part: write one dot between two names, and none at the ends")
    } else if !path.starts_with(starts) {
        format!("`{what}` must start with a letter or `_`")
    } else {
        return;
    };
    cx.error(text, message);
}

/// The name of a field that is also its key: Rust allows letters that the server does not.
fn check_name(cx: &Ctxt, ident: &Ident) {
    if let Some(wrong) = foreign(&ident.unraw().to_string()) {
        let cure = "name the field as the server does, `#[decree(key = \"…\")]`";
        cx.error(ident, format!("{wrong:?} cannot be in a key: {cure}"));
    }
}

/// The first letter that no path can hold.
fn foreign(path: &str) -> Option<char> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    path.chars().find(|c| !inside(*c))
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
    pub(crate) fn span(&self, field: &Ident) -> proc_macro2::Span {
        match self {
            Self::Named(key) => key.span(),
            Self::OfField => field.span(),
        }
    }
}
