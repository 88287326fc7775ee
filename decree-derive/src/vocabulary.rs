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
    match (here.name, name) {
        ("a field", "rename") => {
            return "the name of a field is its `key`, not `rename`".to_owned();
        }
        ("a variant of an enum", "key") => {
            return "the text of a variant is its `rename`, not `key`".to_owned();
        }
        _ => {}
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
    match nearest(name, here.keys) {
        Some(near) => format!("unknown `decree` key `{name}`; did you mean `{near}`?"),
        None => format!(
            "unknown `decree` key `{name}`; known are {}",
            list(here.keys)
        ),
    }
}

/// The known name that was meant, if one is close.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let known = known.iter().map(|known| (distance(name, known), *known));
    let nearest = known.min();
    nearest.and_then(|(distance, known)| (distance <= 2).then_some(known))
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
        assert_eq!(
            unknown("name", &STRUCT),
            "unknown `decree` key `name`; known are `prefix`, `rename_all`, `crate`, `validate`"
        );
        assert_eq!(distance("", "key"), 3);
        assert_eq!(distance("key", "key"), 0);
    }
}
