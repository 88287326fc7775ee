//! Reading the struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{ExprPath, Generics, LitStr, Type, spanned::Spanned};

use crate::{
    default::Source,
    field::{Field, Role, State},
    input::{self, Input},
    probe,
};

/// The implementation of the trait.
pub(super) fn implementation(input: &Input) -> TokenStream {
    let Input {
        ident,
        generics,
        fields,
        validate,
        ..
    } = input;
    let reader = reader();
    let read = |field: &Field| read(field, generics, &reader);
    let parts = parts(fields, read);
    let checked = parts.is_none();
    let inits = fields.iter().map(|field| init(field, checked));
    let reads = parts.unwrap_or_else(|| fields.iter().map(read).collect());
    let whole = quote!(Self { #(#inits),* });
    let whole = match validate {
        None => quote!(::core::option::Option::Some(#whole)),
        Some(path) => {
            let (name, function) = validator(path);
            // At the function, so that the compiler points there when it is another one.
            quote_spanned!(path.span()=> #reader.accepted(#whole, #name, #function))
        }
    };
    frame(ident, generics, &quote!(#reads #whole))
}

/// One that does with the fields in which there is no mistake all that it would do, so that the compiler
/// says what it knows of them, and makes nothing of them.
pub(super) fn fallback(input: &Input) -> TokenStream {
    let sound = input.fields.iter();
    let sound = sound.filter(|field| field.state == State::Sound);
    let uses = sound.map(|field| match skipped(field) {
        Some(value) => quote!(let _ = #value;),
        None => read(field, &input.generics, &reader()),
    });
    let validate = input.validate.as_ref().map(|path| {
        let (_, function) = validator(path);
        quote_spanned! {path.span()=>
            let _: fn(&Self) -> ::core::result::Result<(), ::std::string::String> = #function;
        }
    });
    frame(
        &input.ident,
        &input.generics,
        &quote!(#(#uses)* #validate ::core::option::Option::None),
    )
}

fn frame(ident: &Ident, generics: &Generics, body: &TokenStream) -> TokenStream {
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let reader = reader();
    quote! {
        #[automatically_derived]
        #[allow(
            clippy::redundant_closure, clippy::type_repetition_in_bounds, deprecated,
            unused_qualifications
        )]
        impl #impl_generics _decree::DecreeConfig for #ident #type_generics #where_clause {
            fn decode(
                #reader: &mut _decree::Fields<'_>,
            ) -> ::core::option::Option<Self> {
                #body
            }
        }
    }
}

/// A name that no field has, and hardly a constant.
fn reader() -> Ident {
    Ident::new("decree_fields", Span::mixed_site())
}

/// The local that holds what was read: a name that no field and no constant can have.
fn local(field: &Field) -> Ident {
    use syn::ext::IdentExt;
    format_ident!("__{}", field.ident.unraw(), span = Span::mixed_site())
}

/// What is read of a struct with so many fields that it is read in parts; `None` for any other. Each
/// `?` may have to drop all the fields, so that the work of the compiler grows with their square:
/// 2,000 fields in one part took more than ten times as long.
fn parts(fields: &[Field], read: impl Fn(&Field) -> TokenStream) -> Option<TokenStream> {
    const MOST: usize = 64;
    const PART: usize = 32;
    if fields.len() <= MOST {
        return None;
    }
    let read_in = |field: &&Field| !matches!(field.role, Role::Skipped { .. });
    let read_in: Vec<_> = fields.iter().filter(read_in).collect();
    let parts = read_in.chunks(PART).enumerate().map(|(at, part)| {
        let name = format_ident!("decree_part_{at}", span = Span::mixed_site());
        let reads = part.iter().map(|field| read(field));
        let locals: Vec<_> = part.iter().map(|field| local(field)).collect();
        let part = quote! {
            let #name = (|| {
                #(#reads)*
                ::core::option::Option::Some((#(#locals?,)*))
            })();
        };
        (part, quote!(let (#(#locals,)*) = #name?;))
    });
    let (parts, taken): (TokenStream, TokenStream) = parts.unzip();
    Some(quote!(#parts #taken))
}

/// Every field is read before the first is used, so that every bad one is found.
fn read(field: &Field, generics: &Generics, reader: &Ident) -> TokenStream {
    let (ty, local) = (&field.ty, local(field));
    let (path, description, by, default, restart, demands) = match &field.role {
        Role::Setting {
            path,
            description,
            by,
            default,
            restart,
            demands,
            ..
        } => (path, description, by, default, restart, demands),
        // At the type, so that the compiler points there when it is no struct of settings.
        Role::Nested { prefix } => {
            let read = quote_spanned!(ty.span()=> #reader.nested::<#ty>(#prefix));
            return quote!(let #local = #read;);
        }
        Role::Skipped { .. } => return TokenStream::new(),
    };
    let method = match (by, default) {
        (None, None) => "read",
        (None, Some(Source::Expr(_))) => "read_or",
        (None, Some(Source::Text(_))) => "read_or_text",
        (Some(_), None) => "read_by",
        (Some(_), Some(Source::Expr(_))) => "read_by_or",
        (Some(_), Some(Source::Text(_))) => "read_by_or_text",
    };
    let method = Ident::new(method, ty.span());
    let of = probe::name(ty.span());
    let default = default.as_ref().map(|default| match default {
        Source::Expr(expr) => {
            quote_spanned!(ty.span()=> |#of| #expr, _decree::Shown::<#ty>::value)
        }
        Source::Text(text) if by.is_some() => quote!(#text),
        Source::Text(text) => text_of(ty, text, generics),
    });
    let last = by.iter().chain(&default);
    // At the type, so that the compiler points there when it has no conversion.
    let read = quote_spanned!(ty.span()=> #reader.#method::<#ty>(#path, #description #(, #last)*));
    let restart = restart.then(|| quote!(.restart()));
    if demands.is_empty() {
        return quote!(let #local = #read #restart .get(););
    }
    let it = Ident::new("decree_field", Span::mixed_site());
    quote! {
        let #local = {
            let #it = #read #restart .decree_inside();
            let #of = #it.of();
            #it #(#demands)* .get()
        };
    }
}

/// A text, if its type is made of one.
fn text_of(ty: &Type, text: &LitStr, generics: &Generics) -> TokenStream {
    // There the compiler points when it is not.
    let place = text.span();
    let check = quote_spanned! {place=>
        _decree::OfField::<#ty>::TEXTS.hold(#text)
    };
    // An item is looked into by `cargo check`, too, but knows no parameters. In a constant, the compiler
    // would take a type that is misspelt for one.
    if input::depends(quote!(#ty), generics) {
        quote_spanned!(place=> const { #check })
    } else {
        quote_spanned!(place=> { static DECREE_TEXT: &str = #check; DECREE_TEXT })
    }
}

/// A function as it is written: without the blanks that tokens have.
pub(crate) fn name_of(path: &ExprPath) -> String {
    let tokens = quote!(#path).to_string();
    let tokens = tokens.split(' ').map(|token| match token {
        "as" => " as ",
        "dyn" => "dyn ",
        other => other,
    });
    tokens.collect()
}

/// The name of a function, and a call of it that also takes a `&str` for a `&String`.
pub(crate) fn validator(path: &ExprPath) -> (String, TokenStream) {
    let name = name_of(path);
    // With the span of the user, or the compiler points at the derive when it does not fit. So it needs
    // a name that is no function of theirs.
    let value = format_ident!("__value", span = path.span());
    let function = quote_spanned! {path.span()=>
        |#value| _decree::said(#path(#value))
    };
    (name, function)
}

/// `checked` says whether what was read must be looked into.
fn init(field: &Field, checked: bool) -> TokenStream {
    let (ident, local) = (&field.ident, local(field));
    match skipped(field) {
        Some(value) => quote!(#ident: #value),
        None if checked => quote!(#ident: #local?),
        None => quote!(#ident: #local),
    }
}

/// The value of a field that is not on the server.
fn skipped(field: &Field) -> Option<TokenStream> {
    let Role::Skipped { default } = &field.role else {
        return None;
    };
    let (ty, of) = (&field.ty, probe::name(field.ty.span()));
    // At the type, so that the compiler points there when it has no default.
    let blank = || quote_spanned!(ty.span()=> _decree::blank::<#ty>());
    let default = default.as_ref();
    Some(default.map_or_else(
        blank,
        |default| quote_spanned!(ty.span()=> _decree::skipped::<#ty>(|#of| #default)),
    ))
}
