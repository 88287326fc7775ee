//! The struct as the rest of the macro sees it: whatever is here makes sense.

use proc_macro2::Ident;
use syn::{
    Data, DeriveInput, ExprPath, Fields, GenericParam, Generics, LitStr, Path, ReturnType,
    TraitBound, Type, TypeParamBound, parse_quote,
};

use crate::{
    attr::StructAttr,
    ctxt::Ctxt,
    field::Field,
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
        Self {
            ident: item.ident.clone(),
            generics: item.generics.clone(),
            fields: named(item)
                .filter_map(|field| Field::new(cx, naming, &item.ident, field))
                .collect(),
            krate: krate(attr.krate),
            validate: attr.validate,
        }
    }
}

/// The struct with what a setting must be demanded of its parameters: other threads read it, and it
/// owns what it holds.
pub(crate) fn shared(item: &DeriveInput) -> DeriveInput {
    let mut shared = item.clone();
    if let Data::Struct(data) = &mut shared.data {
        for field in &mut data.fields {
            // Behind a type that ends in `)`, the `:` of a bound is read as a mistyped arrow.
            if let Type::FnPtr(function) = &mut field.ty
                && let ReturnType::Default = function.output
            {
                function.output = parse_quote!(-> ());
            }
        }
    }
    for parameter in shared.generics.type_params_mut() {
        let demanded: [TypeParamBound; 3] = [
            parse_quote!(::core::marker::Send),
            parse_quote!(::core::marker::Sync),
            parse_quote!('static),
        ];
        for bound in demanded {
            // Written twice, it would be a lint of clippy.
            if !parameter.bounds.iter().any(|it| is_same(it, &bound)) {
                parameter.bounds.push(bound);
            }
        }
    }
    shared
}

fn is_same(one: &TypeParamBound, other: &TypeParamBound) -> bool {
    match (one, other) {
        (TypeParamBound::Lifetime(one), TypeParamBound::Lifetime(other)) => one == other,
        (TypeParamBound::Trait(one), TypeParamBound::Trait(other)) => {
            let name = |bound: &TraitBound| bound.path.segments.last().map(|it| it.ident.clone());
            name(one) == name(other)
        }
        _ => false,
    }
}

/// The fields that have names.
pub(crate) fn named(item: &DeriveInput) -> impl Iterator<Item = &syn::Field> {
    let fields = match &item.data {
        Data::Struct(data) => Some(&data.fields),
        Data::Enum(_) | Data::Union(_) => None,
    };
    let fields = fields.into_iter().flatten();
    fields.filter(|field| field.ident.is_some())
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
