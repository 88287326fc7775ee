//! What the compiler is asked of a type that the derive knows by no more than its name.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use crate::by::By;

/// A value that stands for the type of a field, with the questions that were put to it. Where the answer
/// is no, a message tells of that, and none of what follows from it.
#[derive(Clone)]
pub(crate) struct Probe(Vec<&'static str>);

impl Probe {
    /// Whether a type is read as its field is.
    pub(crate) fn new(by: Option<&By<'_>>) -> Self {
        let probe = Self(Vec::new());
        if by.is_some() {
            probe.asking("any")
        } else {
            probe
        }
    }

    /// Another type, or another question.
    pub(crate) fn asking(&self, question: &'static str) -> Self {
        let mut questions = self.0.clone();
        questions.push(question);
        Self(questions)
    }

    /// What a method makes of it. It is at `place`, so that the compiler points there.
    pub(crate) fn call(&self, place: Span, method: &str, arguments: impl ToTokens) -> TokenStream {
        let of = name(place);
        // All in one context: of an expression in two, the compiler knows no place.
        let place = of.span();
        let method = Ident::new(method, place);
        let questions = self.0.iter().map(|question| Ident::new(question, place));
        quote_spanned!(place=> #of #(.#questions())* .#method(#arguments))
    }
}

/// The probe of a field in the code for it: a name that no field and hardly a constant has.
pub(crate) fn name(place: Span) -> Ident {
    Ident::new("decree_of", Span::mixed_site().located_at(place))
}
