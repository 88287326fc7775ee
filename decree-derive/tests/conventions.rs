//! Names are spelled as serde spells them, by each of its conventions.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use decree_runtime::{DecreeConfig, DecreeEnum, FieldSpec, FromValue, ToValue, Value};
use serde::Serialize;

macro_rules! alike {
    ($($case:ident = $convention:literal)*) => {$(
        mod $case {
            use super::*;

            #[derive(Debug, Clone, Copy, PartialEq, Serialize, DecreeEnum)]
            #[serde(rename_all = $convention)]
            #[decree(rename_all = $convention)]
            #[allow(non_camel_case_types, reason = "odd names are the point")]
            enum Variants {
                A,
                Fast,
                FirstCome,
                HTTPServer,
                Level2B,
                _Under,
                With_Score,
                lower,
            }

            const VARIANTS: [Variants; 8] = [
                Variants::A,
                Variants::Fast,
                Variants::FirstCome,
                Variants::HTTPServer,
                Variants::Level2B,
                Variants::_Under,
                Variants::With_Score,
                Variants::lower,
            ];

            #[derive(Default, Serialize, DecreeConfig)]
            #[serde(rename_all = $convention)]
            #[decree(rename_all = $convention)]
            #[allow(non_snake_case, reason = "odd names are the point")]
            struct Fields {
                a: u8,
                max_size: u8,
                level_2_b: u8,
                r#type: u8,
                trailing_: u8,
                two__scores: u8,
                mixedCase: u8,
                #[serde(rename = "named_so")]
                #[decree(key = "named_so")]
                other: u8,
            }

            #[test]
            fn variants() {
                for variant in VARIANTS {
                    let serde_json::Value::String(text) = serde_json::to_value(variant).unwrap() else {
                        panic!("serde writes a text");
                    };
                    let value = Value::String(text);
                    assert_eq!(variant.to_value(), Ok(Some(value.clone())));
                    assert_eq!(Variants::from_value(&value), Ok(variant));
                }
            }

            #[test]
            fn fields() {
                let serde_json::Value::Object(fields) =
                    serde_json::to_value(Fields::default()).unwrap()
                else {
                    panic!("serde writes an object");
                };
                let mut keys: Vec<_> = fields.keys().map(String::as_str).collect();
                let specs = Fields::fields();
                let mut paths: Vec<_> = specs.iter().map(FieldSpec::path).collect();
                keys.sort_unstable();
                paths.sort_unstable();
                assert_eq!(paths, keys);
            }
        }
    )*};
}

alike! {
    lower = "lowercase"
    upper = "UPPERCASE"
    pascal = "PascalCase"
    camel = "camelCase"
    snake = "snake_case"
    screaming_snake = "SCREAMING_SNAKE_CASE"
    kebab = "kebab-case"
    screaming_kebab = "SCREAMING-KEBAB-CASE"
}
