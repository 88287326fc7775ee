//! What the derive says of mistakes. `TRYBUILD=overwrite` rewrites what is expected.

use std::process::Command;

/// The compiler whose own messages `tests/ui/types` quotes.
const PINNED: &str = "1.95.";

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/attr/*.rs");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = String::from_utf8(version.expect("a compiler").stdout);
    if version.expect("text").contains(PINNED) {
        cases.compile_fail("tests/ui/types/*.rs");
    } else {
        eprintln!("TESTS/UI/TYPES NOT RUN: it quotes the messages of rustc {PINNED}x");
    }
}
