//! The page of attributes in the docs names each, and quotes the messages of mistakes as they are.

use std::{fs, path::Path};

use crate::vocabulary::{ENUM, FIELD, STRUCT, VARIANT};

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file of the project")
}

fn page() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    read(&root.join("../decree-runtime/docs/attributes.md"))
}

#[test]
fn every_attribute_has_a_paragraph() {
    let page = page();
    let heads: Vec<_> = page
        .lines()
        .filter(|line| line.starts_with("## "))
        .collect();
    for place in [&STRUCT, &FIELD, &ENUM, &VARIANT] {
        for key in place.keys {
            let quoted = format!("`{key}`");
            assert!(heads.iter().any(|head| head.contains(&quoted)), "{key}");
        }
    }
}

#[test]
fn every_message_is_one_that_a_test_has_seen() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/attr");
    let files = fs::read_dir(folder).expect("the tests");
    let seen: String = files
        .map(|file| file.expect("a test").path())
        .filter(|path| path.extension().is_some_and(|it| it == "stderr"))
        .map(|path| read(&path))
        .collect();
    let page = page();
    let quoted: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("> error: "))
        .collect();
    let paragraphs = page.lines().filter(|line| line.starts_with("## ")).count();
    assert!(quoted.len() >= paragraphs, "one wrong use for each");
    for message in quoted {
        assert!(seen.contains(&format!("error: {message}\n")), "{message}");
    }
}
