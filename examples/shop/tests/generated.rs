//! The committed code is what `proto/shop.proto` says.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{fs, path::Path};

#[test]
fn the_committed_code_matches_the_proto_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    fs::create_dir_all(&scratch).expect("a scratch folder");
    let proto = root.join("proto");
    let descriptors = protox::compile(["shop.proto"], [proto]).expect("it compiles");
    tonic_prost_build::configure()
        .build_transport(false)
        .out_dir(&scratch)
        .compile_fds(descriptors)
        .expect("code is generated");

    let committed = root.join("src/generated/shop.v1.rs");
    let fresh = fs::read_to_string(scratch.join("shop.v1.rs")).expect("generated code");
    if std::env::var_os("DECREE_BLESS").is_some() {
        fs::write(&committed, &fresh).expect("the committed file is writable");
    }
    let current = fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        current == fresh,
        "src/generated is not what proto says; run: DECREE_BLESS=1 cargo test -p decree-shop"
    );
}
