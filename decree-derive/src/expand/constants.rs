//! A constant for each field.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Generics, Type, Visibility};

use crate::{
    field::{Role, constant},
    input::{self, Input},
};

pub(super) fn implementation(input: &Input) -> TokenStream {
    let constants = input.fields.iter().filter_map(|field| {
        let path = match &field.role {
            Role::Setting { path, .. } | Role::Nested { prefix: path } => path,
            Role::Skipped { .. } => return None,
        };
        Some(line(&field.vis, &field.ident, &field.ty, path))
    });
    frame(&input.ident, &input.generics, &quote!(#(#constants)*))
}

/// They have no paths.
pub(super) fn fallback(item: &DeriveInput) -> TokenStream {
    let mut seen = HashSet::new();
    let constants = input::named(item).filter_map(|field| {
        let ident = field.ident.as_ref()?;
        if !seen.insert(constant(ident)) {
            return None;
        }
        Some(line(&field.vis, ident, &field.ty, ""))
    });
    frame(&item.ident, &item.generics, &quote!(#(#constants)*))
}

fn frame(ident: &Ident, generics: &Generics, constants: &TokenStream) -> TokenStream {
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #type_generics #where_clause {
            #constants
        }
    }
}

fn line(vis: &Visibility, ident: &Ident, ty: &Type, path: &str) -> TokenStream {
    let name = format_ident!("{}", constant(ident), span = ident.span());
    let doc = format!("The field `{ident}`: `{path}` on the server.");
    // At the field, so that the compiler points there when its struct has such a constant already.
    let place = Span::call_site().located_at(ident.span());
    quote_spanned! {place=>
        #[doc = #doc]
        #vis const #name: _decree::Setting<Self, #ty> = _decree::Setting::new(#path, |__it| &__it.#ident);
    }
}
