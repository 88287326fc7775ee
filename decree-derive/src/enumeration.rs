//! `#[derive(DecreeEnum)]`: enums whose variants are texts on the server.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Path, ext::IdentExt};

use crate::{
    case::Case,
    ctxt::Ctxt,
    entry::each,
    expand::frame,
    input::krate,
    vocabulary::{ENUM, VARIANT},
};

/// The implementations of `FromValue` and `ToValue`, or the mistakes.
pub(crate) fn expand(item: &DeriveInput) -> TokenStream {
    let cx = Ctxt::default();
    // Of what is no enum, its attributes are of another kind, too.
    let attr = match item.data {
        Data::Enum(_) => EnumAttr::parse(&cx, &item.attrs),
        _ => EnumAttr::default(),
    };
    let variants = variants(&cx, item, attr.case.unwrap_or(Case::Snake));
    texts_are_unique(&cx, &variants);
    if let Some(first) = item.generics.params.first() {
        let message = "variants without fields have no use for generics: take them out";
        cx.error(first, message);
    }
    let krate = krate(attr.krate);
    match cx.finish() {
        Ok(()) => frame(&krate, &implementations(&item.ident, &variants)),
        Err(errors) => {
            let mut tokens = errors.into_compile_error();
            tokens.extend(frame(&krate, &fallback(item)));
            tokens
        }
    }
}

#[derive(Default)]
struct EnumAttr {
    case: Option<Case>,
    krate: Option<Path>,
}

impl EnumAttr {
    fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, &ENUM, |entry| {
            if entry.name == "rename_all" {
                entry.set(&mut parsed.case, entry.case()?);
            } else {
                entry.set(&mut parsed.krate, entry.krate()?);
            }
            Ok(())
        });
        parsed
    }
}

struct Variant<'a> {
    ident: &'a Ident,
    text: String,
    rename: Option<LitStr>,
}

impl<'a> Variant<'a> {
    fn new(cx: &Ctxt, case: Case, variant: &'a syn::Variant) -> Self {
        let mut rename = None;
        each(cx, &variant.attrs, &VARIANT, |entry| {
            entry.set(&mut rename, entry.text()?);
            Ok(())
        });
        if !matches!(variant.fields, Fields::Unit) {
            let message = "a text has no room for fields: take them out, or read the whole enum \
                           from a json field with `#[decree(json)]`";
            cx.error(&variant.fields, message);
        }
        let name = || case.of_variant(&variant.ident.unraw().to_string());
        Self {
            ident: &variant.ident,
            text: rename.as_ref().map_or_else(name, LitStr::value),
            rename,
        }
    }
}

fn variants<'a>(cx: &Ctxt, item: &'a DeriveInput, case: Case) -> Vec<Variant<'a>> {
    let needs = "`DecreeEnum` needs an enum of variants without fields";
    match &item.data {
        Data::Enum(data) => {
            if data.variants.is_empty() {
                let message =
                    format!("{needs}: this one has no variants, and no text can become it");
                cx.error(&item.ident, message);
            }
            let variant = |variant| Variant::new(cx, case, variant);
            return data.variants.iter().map(variant).collect();
        }
        Data::Struct(data) => {
            let cure = "for a struct of settings there is `DecreeConfig`";
            cx.error(data.struct_token, format!("{needs}, not a struct: {cure}"));
        }
        Data::Union(data) => cx.error(data.union_token, format!("{needs}, not a union")),
    }
    Vec::new()
}

/// One text is one variant: the second would never be read.
fn texts_are_unique(cx: &Ctxt, variants: &[Variant<'_>]) {
    let mut first = HashMap::new();
    for variant in variants {
        // Of two with one name, the compiler tells.
        if let Some(other) = first.insert(&variant.text, variant.ident)
            && other != variant.ident
        {
            let text = &variant.text;
            let message =
                format!("`{other}` is already read from {text:?}; give this one another `rename`");
            let span = variant.rename.as_ref().map(LitStr::span);
            let span = span.unwrap_or_else(|| variant.ident.span());
            cx.push(syn::Error::new(span, message));
        }
    }
}

fn implementations(ident: &Ident, variants: &[Variant<'_>]) -> TokenStream {
    let value = Ident::new("__value", Span::mixed_site());
    let texts: Vec<_> = variants.iter().map(|variant| &variant.text).collect();
    let idents = variants.iter().map(|variant| variant.ident);
    let idents: Vec<_> = idents.collect();
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_qualifications)]
        impl _decree::FromValue for #ident {
            const KINDS: &'static [_decree::Kind] = &[_decree::Kind::String];
            const ONE_OF: &'static [&'static str] = &[#(#texts),*];

            fn from_value(
                #value: &_decree::Value,
            ) -> ::core::result::Result<Self, _decree::Mismatch> {
                match _decree::text(#value) {
                    #(::core::option::Option::Some(#texts) => ::core::result::Result::Ok(Self::#idents),)*
                    _ => ::core::result::Result::Err(_decree::no_variant::<Self>(#value)),
                }
            }
        }

        #[automatically_derived]
        #[allow(deprecated, unused_qualifications)]
        impl _decree::ToValue for #ident {
            fn to_value(
                &self,
            ) -> ::core::result::Result<::core::option::Option<_decree::Value>, _decree::Mismatch> {
                _decree::ToValue::to_value(match self {
                    #(Self::#idents => #texts,)*
                })
            }
        }
    }
}

/// Implementations for an enum with mistakes, so that each mistake is one message.
pub(crate) fn fallback(item: &DeriveInput) -> TokenStream {
    let ident = &item.ident;
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_qualifications)]
        impl #impl_generics _decree::FromValue for #ident #type_generics #where_clause {
            const KINDS: &'static [_decree::Kind] = &[_decree::Kind::String];

            fn from_value(
                value: &_decree::Value,
            ) -> ::core::result::Result<Self, _decree::Mismatch> {
                ::core::result::Result::Err(_decree::no_variant::<Self>(value))
            }
        }

        #[automatically_derived]
        #[allow(deprecated, unused_qualifications)]
        impl #impl_generics _decree::ToValue for #ident #type_generics #where_clause {
            fn to_value(
                &self,
            ) -> ::core::result::Result<::core::option::Option<_decree::Value>, _decree::Mismatch> {
                ::core::result::Result::Ok(::core::option::Option::None)
            }
        }
    }
}
