//! What the compiler is asked of a type that the derive knows by no more than its name.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Type;

use crate::{by::By, literal};

/// A question, by the name that it has in `decree-runtime`. Where the answer is no, a message tells of
/// that, and none of what follows from it.
#[derive(Clone, Copy)]
pub(crate) enum Probe {
    /// Whether a setting has the type.
    ByType,
    /// Whether it is read from JSON.
    ByJson,
    /// Nothing: an attribute says how it is made, or it is not read.
    ByAny,
    /// Whether it has bounds.
    Bounded,
    /// Whether it is one of a list.
    Listed,
}

impl Probe {
    /// Whether a type is read as its field is.
    pub(crate) fn of(by: Option<&By<'_>>) -> Self {
        match by {
            None => Self::ByType,
            Some(by) if by.is_json() => Self::ByJson,
            Some(_) => Self::ByAny,
        }
    }

    /// What there is of a type by that name. It is at `place`, so that the compiler points there.
    pub(crate) fn member(self, ty: &Type, place: Span, name: &str) -> TokenStream {
        let probe = match self {
            Self::ByType => "ByType",
            Self::ByJson => "ByJson",
            Self::ByAny => "ByAny",
            Self::Bounded => "Bounded",
            Self::Listed => "Listed",
        };
        let (probe, name) = (Ident::new(probe, place), Ident::new(name, place));
        let ty = literal::located_at(ty, place);
        quote_spanned!(place=> _decree::__private::#probe::<#ty>::#name)
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
