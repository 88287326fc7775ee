//! Comparing two structs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{GenericParam, Generics, Lifetime, LifetimeParam, spanned::Spanned};

use crate::{
    field::{Field, Role},
    input::Input,
};

/// For a lifetime, which makes its bounds conditions: whoever does not compare need not be able to.
pub(super) fn implementation(input: &Input) -> TokenStream {
    let lifetime = lifetime();
    let changed = format_ident!("__changed", span = Span::mixed_site());
    let bounds = input.fields.iter().map(|field| bound(field, &lifetime));
    let compares = input.fields.iter().map(|field| compare(field, &changed));
    let conditions = quote!(#(#bounds)*);
    frame(
        &input.ident,
        &input.generics,
        &conditions,
        &changed,
        &quote!(#(#compares)*),
    )
}

/// One that finds no difference.
pub(super) fn fallback(input: &Input) -> TokenStream {
    let unused = format_ident!("__changed", span = Span::mixed_site());
    frame(
        &input.ident,
        &input.generics,
        &TokenStream::new(),
        &unused,
        &TokenStream::new(),
    )
}

fn frame(
    ident: &Ident,
    generics: &Generics,
    conditions: &TokenStream,
    changed: &Ident,
    body: &TokenStream,
) -> TokenStream {
    let (lifetime, new) = (lifetime(), new());
    let (_, type_generics, where_clause) = generics.split_for_impl();
    let mut with_lifetime = generics.clone();
    let parameter = GenericParam::Lifetime(LifetimeParam::new(lifetime.clone()));
    with_lifetime.params.insert(0, parameter);
    let (impl_generics, _, _) = with_lifetime.split_for_impl();
    let given = where_clause.map(|clause| &clause.predicates);
    let given = given.into_iter().flatten();
    quote! {
        #[automatically_derived]
        #[allow(
            clippy::type_repetition_in_bounds, deprecated, unused_qualifications, unused_variables
        )]
        impl #impl_generics _decree::Compare<#lifetime> for #ident #type_generics
        where
            #(#given,)*
            #conditions
        {
            fn compare(
                &#lifetime self,
                #new: &#lifetime Self,
                #changed: &mut _decree::Changed,
            ) {
                #body
            }
        }
    }
}

fn lifetime() -> Lifetime {
    Lifetime::new("'__struct", Span::mixed_site())
}

fn new() -> Ident {
    Ident::new("__new", Span::mixed_site())
}

fn bound(field: &Field, lifetime: &Lifetime) -> TokenStream {
    let ty = &field.ty;
    match &field.role {
        Role::Setting { .. } => {
            quote_spanned!(ty.span()=> &#lifetime #ty: ::core::cmp::PartialEq,)
        }
        Role::Nested { .. } => {
            quote_spanned!(ty.span()=> #ty: _decree::Compare<#lifetime>,)
        }
        Role::Skipped { .. } => TokenStream::new(),
    }
}

fn compare(field: &Field, changed: &Ident) -> TokenStream {
    let (ident, new) = (&field.ident, new());
    match &field.role {
        Role::Setting { path, .. } => quote!(#changed.field(#path, &self.#ident, &#new.#ident);),
        Role::Nested { prefix } => quote!(#changed.nested(#prefix, &self.#ident, &#new.#ident);),
        Role::Skipped { .. } => TokenStream::new(),
    }
}
