//! What the tests that cross crates share: a way to write to a server as its administrator, and
//! the scenarios that hold on every server.

pub mod admin;
pub mod scenario;

/// The program of the README compiles as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
