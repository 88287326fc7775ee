//! The wire contract of OpenDecree, package `centralconfig.v1`.
//!
//! `centralconfig/v1/*.proto` is our own text of the contract, wire-identical to the server's at
//! v0.12.0-alpha.5; `src/generated/` is made from it and committed, so that nobody needs `protoc`
//! or a build script. `cargo test -p decree-proto` compares the two; `DECREE_BLESS=1` rewrites.

pub mod text;

/// Messages and stubs of package `centralconfig.v1`.
#[allow(
    clippy::pedantic,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications
)]
#[rustfmt::skip]
pub mod v1 {
    include!("generated/centralconfig.v1.rs");
}
