//! The code that the derive writes: a frame for each item in it, one line per field, and nothing that
//! a function could do.

mod compare;
mod constants;
mod decode;
#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, spanned::Spanned};

pub(crate) use self::decode::{name_of, validator};
use crate::{field::State, input::Input};

/// All that is derived.
pub(crate) fn implementation(input: &Input) -> TokenStream {
    let decode = decode::implementation(input);
    let compare = compare::implementation(input);
    let constants = constants::implementation(input);
    frame(&input.krate, &quote!(#decode #compare #constants))
}

/// What stands for all that for a struct with mistakes, so that each mistake is one message: without
/// it, every use of the struct would fail again.
pub(crate) fn fallback(input: &Input) -> TokenStream {
    // The trait asks for types that own what they hold: this would be a mistake more.
    let borrows = input.generics.lifetimes().next().is_some();
    if borrows
        || input
            .fields
            .iter()
            .any(|field| field.state == State::Unusable)
    {
        return TokenStream::new();
    }
    let decode = decode::fallback(input);
    let compare = compare::fallback(input);
    let constants = constants::implementation(input);
    frame(&input.krate, &quote!(#decode #compare #constants))
}

/// A scope in which what is needed of `decree-runtime` has a short name, whatever that is called outside.
pub(crate) fn frame(krate: &Path, items: &TokenStream) -> TokenStream {
    // At the path, so that the compiler points there when there is no such crate.
    let place = Span::call_site().located_at(krate.span());
    let import = quote_spanned!(place=> use #krate::__private as _decree;);
    quote! {
        const _: () = {
            #import
            #[allow(unused_imports)]
            use _decree::{
                KeptAsItSays as _, NoAnswer as _, NotKept as _, NotShown as _, WholeValue as _,
            };
            #items
        };
    }
}
