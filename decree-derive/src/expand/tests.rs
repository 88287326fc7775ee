//! The code that is written, as people read it. `DECREE_BLESS=1` rewrites what is expected.

use std::{env, fs, path::Path};

use syn::{Data, DeriveInput};

use crate::{derived, enumeration};

fn printed(item: &str) -> String {
    let item: DeriveInput = syn::parse_str(item).expect("an item");
    let tokens = match item.data {
        Data::Enum(_) => enumeration::expand(&item),
        _ => derived(&item),
    };
    let file = syn::parse2(tokens).expect("items");
    prettyplease::unparse(&file)
}

#[test]
fn the_code_is_as_it_was_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expanded");
    for name in ["settings", "mode"] {
        let item = fs::read_to_string(folder.join(format!("{name}.rs"))).expect("an item");
        let expected = folder.join(format!("{name}.expanded.rs"));
        let printed = printed(&item);
        if env::var_os("DECREE_BLESS").is_some() {
            fs::write(&expected, &printed).expect("it is written");
        }
        let expected = fs::read_to_string(expected).expect("what was read");
        assert_eq!(printed, expected, "DECREE_BLESS=1 accepts it");
    }
}

/// The server takes letters, digits, `_`, `-` and dots; each other character is explained.
#[test]
fn a_key_with_any_character_builds_or_is_explained() {
    for odd in (0..=0x024f)
        .chain([0x2028, 0xfeff, 0x1f600])
        .filter_map(char::from_u32)
    {
        let item = format!(
            "struct S {{ #[decree(key = {:?})] a: u8 }}",
            format!("a{odd}b")
        );
        let item: DeriveInput = syn::parse_str(&item).expect("a struct");
        let refused = derived(&item).to_string().contains("compile_error");
        let fits = odd.is_ascii_alphanumeric() || "_-.".contains(odd);
        assert_eq!(refused, !fits, "{odd:?}");
    }
}

#[test]
fn a_field_is_one_line_in_each_part() {
    let lines = |fields: usize| {
        let fields: Vec<_> = (0..fields).map(|at| format!("f{at}: u8")).collect();
        let item = format!("struct S {{ {} }}", fields.join(", "));
        printed(&item).lines().count()
    };
    // Read, and taken; compared if it can be, and compared; the doc of its constant, and that, which
    // the printer breaks into four.
    let field = 2 + 2 + 1 + 4;
    assert_eq!(lines(11) - lines(10), field);
    assert_eq!(lines(63) - lines(62), field);
}
