//! The short form of the soak: see `src/bin/soak`. It looks at processes as only Linux shows them.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::process::Command;

#[test]
fn updates_at_full_speed_leave_nothing_behind() {
    let updates = 5_000 * decree_tests::scale();
    let soak = Command::new(env!("CARGO_BIN_EXE_soak"))
        .arg(updates.to_string())
        .output();
    let soak = soak.expect("it runs");
    let said = String::from_utf8_lossy(&soak.stdout);
    println!("{said}");
    assert!(
        soak.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&soak.stderr)
    );
}
