//! The short form of the load on the shop: see `src/bin/load`.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::process::Command;

#[test]
fn the_shop_answers_hundreds_from_one_version_each_while_settings_change() {
    let seconds = 4 * decree_tests::scale();
    let load = Command::new(env!("CARGO_BIN_EXE_load"))
        .args(["200", &seconds.to_string()])
        .output();
    let load = load.expect("it runs");
    let said = String::from_utf8_lossy(&load.stdout);
    println!("{said}");
    assert!(
        load.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&load.stderr)
    );
}
