//! What the compiler is asked of a type that the derive knows by no more than its name.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Type;

use crate::{by::By, literal};

/// A question, by the name that it has in `decree-runtime`. Where the answer is no, a message tells of
/// that, and none of what follows from it.
#[derive(Clone, Copy)]
pub(crate) enum Probe<'a> {
    /// Whether a setting has the type.
    ByType,
    /// Whether what it holds is read from JSON.
    ByJson(&'a Type),
    /// Nothing: an attribute says how it is made, or it is not read.
    ByAny,
    /// Whether it has bounds.
    Bounded,
    /// Whether it is one of a list.
    Listed,
}

impl<'a> Probe<'a> {
    /// Whether a type is read as its field is.
    pub(crate) fn of(by: Option<&By<'a>>) -> Self {
        by.map_or(Self::ByType, |by| {
            by.of_json().map_or(Self::ByAny, Self::ByJson)
        })
    }

    /// What there is of a type by that name. It is at `place`, so that the compiler points there.
    pub(crate) fn member(self, ty: &Type, place: Span, name: &str) -> TokenStream {
        let ty = literal::located_at(ty, place);
        let probe = match self {
            Self::ByType => quote_spanned!(place=> ByType::<#ty>),
            Self::ByJson(held) => {
                let held = literal::located_at(held, place);
                quote_spanned!(place=> ByJson::<#ty, #held>)
            }
            Self::ByAny => quote_spanned!(place=> ByAny::<#ty>),
            Self::Bounded => quote_spanned!(place=> Bounded::<#ty>),
            Self::Listed => quote_spanned!(place=> Listed::<#ty>),
        };
        let name = Ident::new(name, place);
        quote_spanned!(place=> _decree::__private::#probe::#name)
    }

    /// What a function makes of it.
    pub(crate) fn call(
        self,
        ty: &Type,
        place: Span,
        name: &str,
        arguments: impl ToTokens,
    ) -> TokenStream {
        let function = self.member(ty, place, name);
        quote_spanned!(place=> #function(#arguments))
    }
}
