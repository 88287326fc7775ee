//! A constant for each field.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Type, Visibility};

use crate::{
    field::{Role, constant},
    input::Input,
};

/// Names that two fields would have are told elsewhere.
pub(super) fn implementation(input: &Input) -> TokenStream {
    let mut seen = HashSet::new();
    let constants = input.fields.iter().filter_map(|field| {
        let path = match &field.role {
            Role::Setting { path, .. } | Role::Nested { prefix: path } => path,
            Role::Skipped { .. } => return None,
        };
        let is_first = seen.insert(constant(&field.ident));
        is_first.then(|| line(&field.vis, &field.ident, &field.ty, path))
    });
    let ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[allow(
            clippy::type_repetition_in_bounds, dead_code, deprecated, unreachable_pub,
            unused_qualifications
        )]
        impl #impl_generics #ident #type_generics #where_clause {
            #(#constants)*
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
