//! Derived code works wherever a struct can stand, and pleases the strictest lints.

#![deny(warnings, clippy::pedantic, missing_docs)]

/// Nothing in scope, and the names of the prelude mean something else.
pub mod shadowed {
    #![no_implicit_prelude]

    /// Not the real ones.
    pub mod decoys {
        /// A decoy.
        #[derive(::core::fmt::Debug)]
        pub struct Option;
        /// A decoy.
        #[derive(::core::fmt::Debug)]
        pub struct Result;
        /// A decoy.
        #[derive(::core::fmt::Debug)]
        pub struct Vec;
        /// A decoy.
        #[derive(::core::fmt::Debug)]
        pub struct String;
        /// A decoy.
        pub trait Default {}
        /// A decoy.
        pub trait Into {}
    }

    #[allow(unused_imports, reason = "they are there to be in the way")]
    use decoys::{Default, Into, Option, Result, String, Vec};

    /// Settings.
    #[derive(::core::fmt::Debug, ::decree_runtime::DecreeConfig)]
    #[decree(validate = Self::all)]
    pub struct Settings {
        /// A text.
        #[decree(default = "x")]
        pub text: ::std::string::String,
        /// A word that is also one of the language.
        pub r#type: ::core::option::Option<u8>,
        /// The name of the argument of the generated function.
        #[decree(default = 1)]
        pub fields: i32,
        /// Not on the server.
        #[decree(skip)]
        pub skipped: u64,
        /// A span of time.
        #[decree(default = "1s", min = "0s", restart)]
        pub time: ::core::time::Duration,
        /// Demands of every sort.
        #[decree(min_len = 1, max_len = 9, pattern = "a", one_of = ["a", "ba"], validate = sound)]
        pub value: ::core::option::Option<::std::string::String>,
        /// And of numbers.
        #[decree(exclusive_min = -0.5, exclusive_max = 0.5, validate = self::small)]
        pub number: f64,
        /// Parsed.
        #[decree(from_str, default = "127.0.0.1")]
        pub parsed: ::core::option::Option<::decree_runtime::Secret<::core::net::IpAddr>>,
        /// From JSON.
        #[decree(json, default = ::core::default::Default::default())]
        pub json: ::core::option::Option<::std::vec::Vec<u8>>,
        /// By a function.
        #[decree(with = self::taken)]
        pub taken: ::decree_runtime::Secret<u8>,
        /// For another target.
        #[cfg(any())]
        pub elsewhere: NoSuchType,
        /// Settings in settings.
        #[decree(nested)]
        pub inner: ::core::option::Option<Inner>,
        /// The same, elsewhere.
        #[decree(flatten)]
        pub prefix: Inner,
    }

    /// A choice.
    #[derive(::core::fmt::Debug, ::decree_runtime::DecreeEnum)]
    #[decree(rename_all = "kebab-case")]
    pub enum Choice {
        /// The name of another type.
        Option,
        /// A word that is also one of the language.
        r#Match,
        /// Not to be used.
        #[deprecated]
        Old = 7,
    }

    /// Settings for settings.
    #[derive(::core::fmt::Debug, ::decree_runtime::DecreeConfig)]
    #[decree(rename_all = "kebab-case")]
    pub struct Inner {
        /// The name of the argument of the generated function.
        #[decree(default = 1)]
        pub changed: i32,
    }

    fn taken(value: &::decree_runtime::Value) -> ::core::result::Result<u8, ::core::fmt::Error> {
        match value {
            ::decree_runtime::Value::Bool(_) => ::core::result::Result::Ok(1),
            _ => ::core::result::Result::Err(::core::fmt::Error),
        }
    }

    fn sound(text: &str) -> ::core::result::Result<(), &str> {
        ::core::result::Result::Err(text)
    }

    #[allow(
        clippy::trivially_copy_pass_by_ref,
        clippy::unnecessary_wraps,
        reason = "a validator is called so"
    )]
    fn small(_: &f64) -> ::core::result::Result<(), ::core::fmt::Error> {
        ::core::result::Result::Ok(())
    }

    impl Settings {
        fn all(&self) -> ::core::result::Result<(), ::std::string::String> {
            ::core::result::Result::Err(::core::clone::Clone::clone(&self.text))
        }
    }
}

/// Another name for the runtime.
pub mod renamed {
    pub use decree_runtime as runtime;

    /// Settings.
    #[derive(Debug, decree_runtime::DecreeConfig)]
    #[decree(crate = "crate::renamed::runtime")]
    pub struct Settings {
        /// A number.
        #[decree(default = 0.5)]
        pub number: f64,
    }

    /// A choice.
    #[derive(Debug, decree_runtime::DecreeEnum)]
    #[decree(crate = "crate::renamed::runtime")]
    pub enum Choice {
        /// The only one.
        Only,
    }
}

/// Settings that are to be left, by whoever reads them.
pub mod deprecated {
    /// A part of others.
    #[deprecated = "there are others"]
    #[derive(Debug, PartialEq, decree_runtime::DecreeConfig)]
    pub struct Part {
        /// A number.
        #[decree(default = 1)]
        pub number: u32,
    }

    /// Settings.
    #[derive(Debug, PartialEq, decree_runtime::DecreeConfig)]
    pub struct Settings {
        /// A number.
        #[deprecated]
        #[decree(default = 3)]
        pub number: u32,
        /// Not on the server.
        #[deprecated]
        #[decree(skip)]
        pub skipped: u64,
    }
}

/// A macro passes types on in a group that nobody sees.
macro_rules! settings {
    ($name:ident: $($field:ident: $ty:ty = $default:expr),*) => {
        /// Settings.
        #[derive(Debug, decree_runtime::DecreeConfig)]
        pub struct $name {
            $(
                /// A field.
                #[decree(default = $default)]
                pub $field: $ty,
            )*
        }
    };
}

settings!(
    OfMacro: number: Option<u32> = 3,
    time: Option<std::time::Duration> = "3s",
    limit: std::num::NonZero<u32> = 7,
    secret: decree_runtime::Secret<String> = "x"
);

#[test]
fn types_that_a_macro_passes_on_are_what_they_are() {
    use decree_runtime::DecreeConfig as _;

    let defaults = OfMacro::defaults().expect("all have one");
    assert_eq!(defaults.number, Some(3));
    assert_eq!(defaults.time, Some(std::time::Duration::from_secs(3)));
    assert_eq!(defaults.limit.get(), 7);
    assert!(OfMacro::fields()[3].secret());
}

#[test]
fn the_paths_are_the_names_of_the_fields() {
    use decree_runtime::DecreeConfig as _;

    let fields = shadowed::Settings::fields();
    let paths: Vec<_> = fields.iter().map(decree_runtime::FieldSpec::path).collect();
    assert_eq!(
        paths,
        [
            "text",
            "type",
            "fields",
            "time",
            "value",
            "number",
            "parsed",
            "json",
            "taken",
            "inner.changed",
            "changed"
        ]
    );
    assert_eq!(renamed::Settings::fields().len(), 1);
}
