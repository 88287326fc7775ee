//! How a field is read when an attribute says so, and not its type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ExprPath, Type, spanned::Spanned};

use crate::{attr::FieldAttr, ctxt::Ctxt, expand, types};

/// The one attribute of the three.
enum Way<'a> {
    FromStr,
    Json,
    With(&'a ExprPath),
}

/// A field that is read so: what its `Option` and its `Secret` hold, by their names.
pub(crate) struct By<'a> {
    way: Way<'a>,
    ty: &'a Type,
    /// From the outside to the inside.
    layers: Vec<Layer>,
    inner: &'a Type,
}

#[derive(Clone, Copy, PartialEq)]
enum Layer {
    Option,
    Secret,
}

impl<'a> By<'a> {
    pub(crate) fn new(cx: &Ctxt, attr: &'a FieldAttr, ty: &'a Type) -> Option<Self> {
        let mut ways = written(attr);
        let (first, _) = ways.next()?;
        for (name, span) in ways {
            let message = format!("`{first}` and `{name}` are two conversions: keep one");
            cx.push(syn::Error::new(span, message));
        }
        let way = match (attr.from_str, &attr.with) {
            (Some(_), _) => Way::FromStr,
            (None, Some(function)) => Way::With(function),
            (None, None) => Way::Json,
        };
        if let Some(span) = attr.json.filter(|_| !cfg!(feature = "json")) {
            let message = "`json` needs the feature `json` of decree-runtime: \
                           add it to `features` in Cargo.toml";
            cx.push(syn::Error::new(span, message));
        }
        if attr.json.is_some() && refers(ty) {
            let message = "settings own their values, and JSON is read into what does: write `String`, or another type that \
                           owns what it holds";
            cx.error(ty, message);
        }
        let (mut layers, mut inner) = (Vec::new(), ty);
        loop {
            if let Some(next) = types::argument_of(inner, "Option") {
                layers.push(Layer::Option);
                inner = next;
            } else if let Some(next) = types::argument_of(inner, "Secret") {
                layers.push(Layer::Secret);
                inner = next;
            } else {
                break;
            }
        }
        Some(Self {
            way,
            ty,
            layers,
            inner,
        })
    }

    /// Whether a text is what it is parsed from.
    pub(crate) fn is_from_str(&self) -> bool {
        matches!(self.way, Way::FromStr)
    }

    /// Whether JSON is what it is read from.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.way, Way::Json)
    }

    /// The argument that says how to read the field.
    pub(crate) fn tokens(&self) -> TokenStream {
        let inner = self.inner;
        let value = match &self.way {
            // Another name than one of a function of theirs: see `expand::validator`.
            Way::With(path) => Ident::new("__value", path.span()),
            Way::FromStr | Way::Json => Ident::new("__value", Span::mixed_site()),
        };
        let (way, result) = match &self.way {
            Way::FromStr => (
                quote!(from_str),
                // At the type, so that the compiler points there when it cannot be parsed.
                quote_spanned!(inner.span()=> _decree::parsed::<#inner>(#value)),
            ),
            Way::Json => (
                quote!(json),
                quote_spanned!(inner.span()=> _decree::json::<#inner>(#value)),
            ),
            Way::With(path) => {
                let name = expand::name_of(path);
                // At the function, so that the compiler points there when it is another one.
                let result = quote_spanned! {path.span()=>
                    _decree::told::<#inner, _>(#name, #value, #path(#value))
                };
                (quote!(with), result)
            }
        };
        let wraps = self.layers.iter().rev().map(|layer| match layer {
            Layer::Option => quote!(.map(::core::option::Option::Some)),
            Layer::Secret => quote!(.map(<_decree::Secret<_> as ::core::convert::From<_>>::from)),
        });
        let secret = self.secret();
        let outermost = self.layers.iter().position(|layer| *layer == Layer::Option);
        let null = outermost.map(|at| {
            let null = self.wrapped(quote!(::core::option::Option::None), at);
            quote!(.or_null(|| ::core::option::Option::Some(#null)))
        });
        quote!(&_decree::By::#way(|#value| #result #(#wraps)*) #secret #null)
    }

    /// That it is a secret, or holds one.
    fn secret(&self) -> Option<TokenStream> {
        if self.layers.contains(&Layer::Secret) {
            return Some(quote!(.secret(true)));
        }
        let mut types = Vec::new();
        parts(self.ty, &mut types);
        // By the types themselves: an alias may stand for a `Secret`.
        let keep = types
            .iter()
            .map(|ty| quote!(_decree::Secrecy::<#ty>::new().keeps()));
        (!types.is_empty()).then(|| quote!(.secret(#(#keep)||*)))
    }

    /// A value in the outermost layers.
    fn wrapped(&self, value: TokenStream, layers: usize) -> TokenStream {
        let wrap = |value, layer: &Layer| match layer {
            Layer::Option => quote!(::core::option::Option::Some(#value)),
            Layer::Secret => {
                quote!(<_decree::Secret<_> as ::core::convert::From<_>>::from(#value))
            }
        };
        self.layers[..layers].iter().rev().fold(value, wrap)
    }
}

/// Which of the three are there, and where.
pub(crate) fn written(attr: &FieldAttr) -> impl Iterator<Item = (&'static str, Span)> {
    let all = [
        ("from_str", attr.from_str),
        ("json", attr.json),
        ("with", attr.with.as_ref().map(Spanned::span)),
    ];
    all.into_iter()
        .filter_map(|(name, span)| Some((name, span?)))
}

/// Whether there is a reference in it that has a lifetime; one without is told of anyway.
fn refers(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.lifetime.is_some(),
        _ => types::arguments(ty).any(refers),
    }
}

/// A type and all that it names, but for what is known to be no secret.
fn parts<'a>(ty: &'a Type, all: &mut Vec<&'a Type>) {
    match ty {
        Type::Array(array) => parts(&array.elem, all),
        Type::Group(group) => parts(&group.elem, all),
        Type::Paren(paren) => parts(&paren.elem, all),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| parts(ty, all)),
        Type::Path(_) if types::is_known(ty) => {}
        Type::Path(_) => {
            if types::option_inner(ty).is_none() {
                all.push(ty);
            }
            types::arguments(ty).for_each(|ty| parts(ty, all));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_or_the_feature_is_named() {
        let field: syn::Field = syn::parse_quote!(#[decree(json)] a: u32);
        let cx = Ctxt::default();
        let attr = FieldAttr::parse(&cx, &field.attrs);
        assert!(By::new(&cx, &attr, &field.ty).is_some());
        let error = cx.finish().err().map(|error| error.to_string());
        assert_eq!(error.is_none(), cfg!(feature = "json"));
        assert!(error.is_none_or(|error| error.contains("feature `json`")));
    }
}
