//! What a nested struct may stand in, and what it may not hold.

use syn::{Ident, Type};

use crate::{ctxt::Ctxt, types};

/// Refuses what is known by its name to be no struct of settings.
pub(crate) fn check(cx: &Ctxt, holder: &Ident, ty: &Type) {
    if mentions(ty, holder) {
        let message = "a nested struct cannot hold itself, for its paths would never end: read this \
                       field from JSON, `#[decree(json)]`, or put the fields of each level in a \
                       struct of its own";
        cx.error(ty, message);
        return;
    }
    let inner = types::option_inner(ty).unwrap_or(ty);
    let name = types::name(inner).unwrap_or_default();
    let cure = match name.as_str() {
        "Secret" => "put `Secret` on the fields of it that are secret".to_owned(),
        "Box" | "Arc" | "Rc" | "Option" => held(inner),
        _ if types::is_known(inner) => {
            "it is one value, which is read without `nested` and `flatten`".to_owned()
        }
        "Vec" | "HashMap" | "BTreeMap" | "IndexMap" | "HashSet" | "BTreeSet" | "VecDeque" => {
            "how many there are is not known, and each path is one field: read them from JSON, \
             `#[decree(json)]`"
                .to_owned()
        }
        _ => return,
    };
    let message = format!("`{name}` is not a struct of settings: {cure}");
    cx.error(inner, message);
}

/// What to write instead of a `Box` and the like.
fn held(ty: &Type) -> String {
    let Some(held @ Type::Path(_)) = types::arguments(ty).next() else {
        return "name the struct that it holds".to_owned();
    };
    let name = types::shown(held);
    let name = match types::option_inner(held) {
        Some(_) => format!("`{name}`"),
        None => format!("`{name}`, or `Option<{name}>`"),
    };
    format!("write {name}; one that comes back to this struct is read from JSON, `#[decree(json)]`")
}

/// Whether a type has that name, or holds one that does.
fn mentions(ty: &Type, name: &Ident) -> bool {
    // By its name alone: another module may have one of that name.
    let found = types::name(ty).filter(|_| types::is_bare(ty));
    found.is_some_and(|found| *name == found || found == "Self")
        || types::arguments(ty).any(|ty| mentions(ty, name))
}
