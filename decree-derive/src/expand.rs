//! The code that the derive writes: a frame for each item in it, one line per field, and nothing that
//! a function could do.

mod compare;
mod constants;
mod decode;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) use self::decode::validator;
use crate::{
    attr::StructAttr,
    ctxt::Ctxt,
    input::{Input, krate},
};

/// All that is derived.
pub(crate) fn implementation(input: &Input) -> TokenStream {
    let decode = decode::implementation(input);
    let compare = compare::implementation(input);
    let constants = constants::implementation(input);
    quote!(#decode #compare #constants)
}

/// What stands for all that for a struct with mistakes, so that each mistake is one message: without
/// it, every use of the struct would fail again.
pub(crate) fn fallback(item: &DeriveInput) -> TokenStream {
    // The trait asks for types that own what they hold: this would be a mistake more.
    if item.generics.lifetimes().next().is_some() {
        return TokenStream::new();
    }
    let krate = krate(&StructAttr::parse(&Ctxt::default(), &item.attrs));
    let decode = decode::fallback(&krate, item);
    let compare = compare::fallback(&krate, item);
    let constants = constants::fallback(&krate, item);
    quote!(#decode #compare #constants)
}
