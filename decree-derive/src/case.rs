//! How names are spelled on the server: the eight conventions of serde, letter for letter.

use syn::LitStr;

use crate::{ctxt::Ctxt, vocabulary::nearest};

/// What `rename_all = "…"` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    /// The convention of that name; `None`, with the mistake noted, when there is none.
    pub(crate) fn parse(cx: &Ctxt, text: &LitStr) -> Option<Self> {
        let name = text.value();
        let found = CASES.into_iter().find(|(known, _)| *known == name);
        if found.is_none() {
            let names = CASES.map(|(known, _)| known);
            let cure = match nearest(&name, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", names.map(|it| format!("`{it}`")).join(", ")),
            };
            cx.error(text, format!("unknown convention `{name}`; {cure}"));
        }
        found.map(|(_, case)| case)
    }

    /// The text of a variant, whose name is in `PascalCase`.
    pub(crate) fn of_variant(self, name: &str) -> String {
        match self {
            Self::Pascal => name.to_owned(),
            Self::Lower => name.to_ascii_lowercase(),
            Self::Upper => name.to_ascii_uppercase(),
            Self::Camel => with_first(name, |first| first.to_ascii_lowercase()),
            Self::Snake | Self::ScreamingSnake | Self::Kebab | Self::ScreamingKebab => {
                self.of_field(&snake(name))
            }
        }
    }

    /// The key of a field, whose name is in `snake_case`.
    pub(crate) fn of_field(self, name: &str) -> String {
        match self {
            // As serde: there is nothing to lower in the name of a field.
            Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_ascii_uppercase(),
            Self::Pascal => pascal(name),
            Self::Camel => with_first(&pascal(name), |first| first.to_ascii_lowercase()),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

/// A word begins at each capital.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn pascal(name: &str) -> String {
    let word = |word| with_first(word, |first| first.to_ascii_uppercase());
    name.split('_').map(word).collect()
}

fn with_first(text: &str, change: impl FnOnce(char) -> char) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(change);
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // tests/conventions.rs compares the rest with serde, which has no answer here.
    #[test]
    fn names_of_other_letters_and_of_none_are_spelled_too() {
        assert_eq!(Case::Camel.of_variant("ÉlanVital"), "ÉlanVital");
        assert_eq!(Case::Snake.of_variant("ÉlanVital"), "Élan_vital");
        for (_, case) in CASES {
            assert_eq!(case.of_field(""), "");
        }
    }
}
