//! What the derive says of mistakes. `TRYBUILD=overwrite` rewrites what is expected.

/// The compiler whose own messages `tests/ui/types` quotes.
const PINNED: &str = "1.95.";

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/attr/*.rs");
    if rustc_version().contains(PINNED) {
        cases.compile_fail("tests/ui/types/*.rs");
    } else {
        eprintln!("UI/TYPES NOT RUN: it quotes the messages of rustc {PINNED}x");
    }
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(rustc).arg("--version").output();
    String::from_utf8(output.expect("a compiler").stdout).expect("text")
}
