//! The committed code is what the `.proto` files say.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::{fs, path::Path};

fn generate(into: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["audit", "config", "schema", "server"]
        .map(|service| root.join(format!("centralconfig/v1/{service}_service.proto")));
    let descriptors = protox::compile(files, [root]).expect("the .proto files compile");
    tonic_prost_build::configure()
        .build_transport(false)
        .client_mod_attribute("centralconfig.v1", "#[cfg(feature = \"client\")]")
        .server_mod_attribute("centralconfig.v1", "#[cfg(feature = \"server\")]")
        .out_dir(into)
        .compile_fds(descriptors)
        .expect("code is generated");
}

#[test]
fn the_committed_code_matches_the_proto_files() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    fs::create_dir_all(&scratch).expect("a scratch folder");
    generate(&scratch);

    let name = "centralconfig.v1.rs";
    let committed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/generated")
        .join(name);
    let fresh = fs::read_to_string(scratch.join(name)).expect("generated code");
    if std::env::var_os("DECREE_BLESS").is_some() {
        fs::write(&committed, &fresh).expect("the committed file is writable");
    }
    let current = fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        current == fresh,
        "{} is not what proto/centralconfig/v1 says; run: DECREE_BLESS=1 cargo test -p decree-proto",
        committed.display()
    );
}
