//! Modules of decree-runtime use only what is named here: data flows one way.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{collections::BTreeSet, fs, path::Path};

/// Each module and what it may use of the crate.
const MAY_USE: &[(&str, &[&str])] = &[
    ("value", &[]),
    ("reading", &["value"]),
    ("decode", &["reading", "value"]),
    ("snapshot", &["reading"]),
    ("cache", &["reading", "snapshot", "value"]),
    ("rejection", &["decode", "reading", "snapshot"]),
    ("status", &["rejection"]),
    ("started", &["error"]),
    (
        "live",
        &[
            "decode",
            "pin",
            "rejection",
            "snapshot",
            "started",
            "status",
        ],
    ),
    (
        "observe",
        &[
            "decode",
            "live",
            "reading",
            "rejection",
            "snapshot",
            "status",
        ],
    ),
    ("pin", &["snapshot"]),
    ("tower", &["live"]),
    (
        "testing",
        &[
            "decode",
            "live",
            "reading",
            "rejection",
            "snapshot",
            "started",
            "status",
        ],
    ),
    ("axum", &["live", "snapshot"]),
    ("error", &[]),
    (
        "field",
        &[
            "decode", "live", "observe", "reading", "snapshot", "status", "value",
        ],
    ),
    (
        "watch",
        &[
            "decode",
            "live",
            "reading",
            "rejection",
            "snapshot",
            "status",
            "value",
        ],
    ),
    (
        "client",
        &[
            "cache", "decode", "error", "field", "live", "reading", "snapshot", "started",
            "status", "value", "watch",
        ],
    ),
    (
        "blocking",
        &[
            "client", "decode", "error", "field", "live", "observe", "reading", "snapshot",
            "status", "value",
        ],
    ),
    ("__private", &["decode", "live"]),
    ("lib", &[]),
];

/// Types of these crates are named by the client alone,
const WIRE: [&str; 4] = ["tonic", "prost_types", "decree_proto", "hyper_util"];
/// and by what servers of an application use.
const SERVER: &str = "tower/interceptor.rs";

fn sources(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            // Unit tests of derived code see the crate as users do.
            && !path.display().to_string().ends_with("_tests.rs")
        {
            let text = fs::read_to_string(&path).expect("text");
            into.push((path.display().to_string(), text));
        }
    }
}

/// The names after `prefix` in the code, without comments and unit tests.
fn names(text: &str, prefix: &str) -> BTreeSet<String> {
    let code = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        // The first word of each top-level entry of the group.
        let (mut depth, mut fresh) = (0, true);
        for (at, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => fresh = true,
                letter if fresh && (letter.is_alphanumeric() || letter == '_') => {
                    found.insert(word(&list[at..]));
                    fresh = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn modules_use_only_what_stands_before_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../decree-runtime/src");
    for &(module, allowed) in MAY_USE {
        let mut files = Vec::new();
        let file = root.join(module).with_extension("rs");
        if let Ok(text) = fs::read_to_string(&file) {
            files.push((file.display().to_string(), text));
        }
        if root.join(module).is_dir() {
            sources(&root.join(module), &mut files);
        }
        for (file, text) in files.iter().filter(|_| module != "lib") {
            let mut used = names(text, "crate::");
            used.remove(module);
            for other in used {
                assert!(
                    allowed.contains(&other.as_str()),
                    "{file}: `{module}` must not use `crate::{other}`; it may use {allowed:?}"
                );
            }
            let is_wire = module == "client" || file.ends_with(SERVER);
            for wire in WIRE.iter().filter(|_| !is_wire) {
                let text = text.replace(&format!("{wire}::"), "\u{0}");
                assert!(
                    !text.contains('\u{0}'),
                    "{file}: only `client` names types of {wire}"
                );
            }
        }
    }
}

#[test]
fn every_module_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../decree-runtime/src");
    for entry in fs::read_dir(root).expect("the sources") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        assert!(MAY_USE.iter().any(|(module, _)| *module == name), "{name}");
    }
}

#[test]
fn a_name_in_a_group_is_found() {
    let code = "use crate::{a::B, c::{D, e}, f};\n// crate::g\nfn h() { crate::i::j() }";
    let found: Vec<_> = names(code, "crate::").into_iter().collect();
    assert_eq!(found, ["a", "c", "f", "i"]);
}
