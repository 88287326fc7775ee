//! The names that `#[decree(...)]` takes, where, and what another one may have meant.

/// What a list of entries may stand on.
pub(crate) struct Place {
    name: &'static str,
    pub(crate) keys: &'static [&'static str],
}

pub(crate) const STRUCT: Place = Place {
    name: "the struct",
    keys: &["prefix", "rename_all", "crate", "validate"],
};
pub(crate) const FIELD: Place = Place {
    name: "a field",
    keys: &[
        "key",
        "default",
        "skip",
        "nested",
        "prefix",
        "flatten",
        "from_str",
        "json",
        "with",
        "restart",
        "min",
        "max",
        "exclusive_min",
        "exclusive_max",
        "min_len",
        "max_len",
        "one_of",
        "pattern",
        "validate",
    ],
};
pub(crate) const ENUM: Place = Place {
    name: "the enum",
    keys: &["rename_all", "crate"],
};
pub(crate) const VARIANT: Place = Place {
    name: "a variant of an enum",
    keys: &["rename"],
};

/// The names as a text.
pub(crate) fn list(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// What to say of a name that is none of a place.
pub(crate) fn unknown(name: &str, here: &Place) -> String {
    if let Some(cure) = other(name, here) {
        return format!("unknown `decree` key `{name}`: {cure}");
    }
    // Where it is said of a variant, the enum is nearer than a struct.
    let mut places = match here.name {
        "a variant of an enum" => [ENUM, VARIANT, STRUCT, FIELD],
        _ => [STRUCT, FIELD, ENUM, VARIANT],
    }
    .into_iter();
    if let Some(place) = places.find(|place| place.keys.contains(&name)) {
        return format!("`{name}` belongs on {}, not on {}", place.name, here.name);
    }
    match nearest(&name.to_lowercase(), here.keys) {
        Some(near) => format!("unknown `decree` key `{name}`; did you mean `{near}`?"),
        None => format!(
            "unknown `decree` key `{name}`; known are {}",
            list(here.keys)
        ),
    }
}

/// What is called otherwise elsewhere.
fn other(name: &str, here: &Place) -> Option<&'static str> {
    let cure = match (here.name, name) {
        ("a field", "rename" | "name" | "path" | "field" | "alias") => {
            "the name of a field on the server is its `key = \"…\"`"
        }
        ("a field", "len" | "length" | "min_length" | "max_length") => {
            "the length of a text has `min_len = …` and `max_len = …`"
        }
        ("a field", "range" | "minimum" | "maximum") => {
            "a range has `min = …` and `max = …`, or `exclusive_min` and `exclusive_max`"
        }
        ("a field", "regex" | "matches") => "a regular expression is a `pattern = \"…\"`",
        ("a field", "enum" | "values" | "allowed" | "choices") => {
            "values that are allowed are in `one_of = […]`"
        }
        ("a field", "secret" | "sensitive") => "a secret has the type `Secret<…>`",
        ("a field", "optional" | "nullable" | "required") => {
            "what may be missing has the type `Option<…>`, or a `default = …`"
        }
        ("a field", "parse") => "what is parsed by `FromStr` has `from_str`",
        ("a field", "deserialize_with" | "parse_with") => "a function reads by `with = path`",
        ("a field", "validate_with" | "check") => "a function judges by `validate = path`",
        ("a field", "skip_deserializing") => "a field that is not on the server has `skip`",
        ("a field", "doc" | "description") => "the description of a field is its doc comment",
        ("a field", "default_value" | "def") => "a default is `default = …`",
        ("a variant of an enum", "key" | "name" | "value") => {
            "the text of a variant is its `rename = \"…\"`"
        }
        ("the struct" | "the enum", "case" | "rename_all_fields") => {
            "a convention for all names is `rename_all = \"…\"`"
        }
        _ => return None,
    };
    Some(cure)
}

/// The known name that was meant, if one is close: of a short name, less may be wrong.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let known = known.iter().map(|known| {
        let is_mixed_up = letters(name) == letters(known);
        let distance = if is_mixed_up {
            1
        } else {
            distance(name, known)
        };
        (distance, *known)
    });
    let nearest = known.min();
    let most = (name.len() / 3).max(1);
    nearest.and_then(|(distance, known)| (distance <= most).then_some(known))
}

/// The letters of a name, in the order of the alphabet.
fn letters(name: &str) -> Vec<char> {
    let mut letters: Vec<char> = name.chars().collect();
    letters.sort_unstable();
    letters
}

/// How many letters must be added, dropped or changed to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let changed = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_guessed_and_a_far_one_is_not() {
        assert_eq!(
            unknown("defualt", &FIELD),
            "unknown `decree` key `defualt`; did you mean `default`?"
        );
        for (name, meant) in [("kye", "key"), ("MIN", "min"), ("min_lenght", "min_len")] {
            let message = format!("unknown `decree` key `{name}`; did you mean `{meant}`?");
            assert_eq!(unknown(name, &FIELD), message);
        }
        for name in ["my", "hex", "hint", "cache"] {
            assert!(unknown(name, &FIELD).contains("; known are"), "{name}");
        }
        assert_eq!(
            unknown("name", &STRUCT),
            "unknown `decree` key `name`; known are `prefix`, `rename_all`, `crate`, `validate`"
        );
        assert_eq!(distance("", "key"), 3);
        assert_eq!(distance("key", "key"), 0);
    }
}
