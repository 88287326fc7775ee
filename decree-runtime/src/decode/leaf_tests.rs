//! Fields of types of the application.

mod conversions;
mod demands;
mod demands_of_texts;
mod enums;
#[cfg(feature = "json")]
mod json;
mod texts;

use super::*;
use crate::{DecreeConfig, DecreeEnum, Secret, value::Value};

#[derive(Debug, Clone, Copy, PartialEq, DecreeEnum)]
#[decree(rename_all = "kebab-case")]
enum Mode {
    Fair,
    FirstCome,
    #[decree(rename = "FAST!")]
    Fast,
}

fn decoded<C: DecreeConfig>(entries: &[(&str, Value)]) -> Result<C, DecodeError> {
    let entry = |(path, value): &(&str, Value)| {
        let entry = Entry::new(Stored::Value(value.clone()), String::new(), None);
        ((*path).to_owned(), entry)
    };
    decode(&Reading {
        entries: entries.iter().map(entry).collect(),
        ..Reading::of_nothing(4)
    })
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// What is wrong with each field, in the order of the struct.
fn problems<C: DecreeConfig>(entries: &[(&str, Value)]) -> Vec<String> {
    let error = decoded::<C>(entries).err();
    let fields = error.iter().flat_map(DecodeError::fields);
    fields.map(|error| error.problem().to_string()).collect()
}
