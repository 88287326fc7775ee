//! The struct as the rest of the macro sees it: whatever is here makes sense.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Data, DeriveInput, ExprPath, Fields, GenericParam, Generics, LitStr, Path, ReturnType, Type,
    TypeParamBound, parse_quote, parse_quote_spanned, spanned::Spanned,
};

use crate::{
    attr::StructAttr,
    ctxt::Ctxt,
    field::{Field, Role, State},
    path::{Naming, check_path},
};

/// A struct of settings.
pub(crate) struct Input {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The path of `decree-runtime`.
    pub(crate) krate: Path,
    pub(crate) fields: Vec<Field>,
    /// What must accept the whole.
    pub(crate) validate: Option<ExprPath>,
    /// Whether two fields have one name, which the compiler refuses.
    pub(crate) has_twins: bool,
}

/// `decree_runtime`, unless `crate = "…"` says otherwise.
pub(crate) fn krate(named: Option<Path>) -> Path {
    named.unwrap_or_else(|| syn::parse_quote!(::decree_runtime))
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
        let naming = Naming {
            prefix: prefix.as_deref(),
            case: attr.case,
        };
        check_shape(cx, item);
        let fields: Vec<_> = named(item)
            .filter_map(|field| Field::new(cx, naming, &item.ident, field))
            .collect();
        let mut generics = item.generics.clone();
        for field in &fields {
            if let Role::Nested { .. } = field.role
                && field.state == State::Sound
                && depends(field.ty.to_token_stream(), &item.generics)
            {
                let ty = &field.ty;
                let is_read = parse_quote_spanned!(ty.span()=> #ty: _decree::DecreeConfig);
                generics.make_where_clause().predicates.push(is_read);
            }
        }
        Self {
            ident: item.ident.clone(),
            generics,
            fields,
            krate: krate(attr.krate),
            validate: attr.validate,
            has_twins: fields_of(item).count() > named(item).count(),
        }
    }
}

/// The struct with what settings are: other threads read them, and they own what they hold.
pub(crate) fn shared(item: &DeriveInput) -> DeriveInput {
    let mut shared = item.clone();
    if let Data::Struct(data) = &mut shared.data {
        for field in &mut data.fields {
            returning(&mut field.ty);
        }
    }
    let generics = &mut shared.generics;
    for parameter in generics.type_params_mut() {
        let is_static = |bound: &TypeParamBound| match bound {
            TypeParamBound::Lifetime(lifetime) => lifetime.ident == "static",
            _ => false,
        };
        if !parameter.bounds.iter().any(is_static) {
            parameter.bounds.push(parse_quote!('static));
        }
    }
    if generics.type_params().next().is_some() {
        // Of the whole: a parameter may be of no field.
        let whole = parse_quote!(Self: ::core::marker::Send + ::core::marker::Sync);
        generics.make_where_clause().predicates.push(whole);
    }
    shared
}

/// Whether a type may be another one for other parameters: it names one, or what may stand for one, which
/// are `Self` and a macro.
pub(crate) fn depends(ty: TokenStream, generics: &Generics) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Group(group) => depends(group.stream(), generics),
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Ident(ident) => {
            let mut types = generics.type_params().map(|it| &it.ident);
            let mut constants = generics.const_params().map(|it| &it.ident);
            ident == "Self" || types.any(|it| *it == ident) || constants.any(|it| *it == ident)
        }
        TokenTree::Literal(_) => false,
    })
}

/// Says what a function returns that returns nothing: behind a type that ends in `)`, the `:` of a
/// bound is read as a mistyped arrow.
fn returning(ty: &mut Type) {
    if let Type::FnPtr(function) = ty {
        match &mut function.output {
            ReturnType::Type(_, returned) => returning(returned),
            // At the type, or it has no place.
            nothing @ ReturnType::Default => {
                *nothing = parse_quote_spanned!(function.fn_token.span=> -> ());
            }
        }
    }
}

/// The fields that have names. Of two with one, which the compiler refuses, the first.
fn named(item: &DeriveInput) -> impl Iterator<Item = &syn::Field> {
    let mut seen = HashSet::new();
    fields_of(item)
        .filter(move |field| field.ident.as_ref().is_some_and(|ident| seen.insert(ident)))
}

fn fields_of(item: &DeriveInput) -> impl Iterator<Item = &syn::Field> {
    let fields = match &item.data {
        Data::Struct(data) => Some(&data.fields),
        Data::Enum(_) | Data::Union(_) => None,
    };
    fields.into_iter().flatten()
}

fn check_shape(cx: &Ctxt, item: &DeriveInput) {
    let cure = "`DecreeConfig` needs a struct with named fields";
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(_) => {}
            Fields::Unnamed(fields) => {
                cx.error(fields, format!("{cure}: fields without a name have no key"));
            }
            Fields::Unit => cx.error(&item.ident, format!("{cure}; this one has no fields")),
        },
        Data::Enum(data) => {
            let other = "for an enum of texts there is `DecreeEnum`";
            cx.error(data.enum_token, format!("{cure}, not an enum: {other}"));
        }
        Data::Union(data) => cx.error(data.union_token, format!("{cure}, not a union")),
    }
}
