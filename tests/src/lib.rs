//! What the tests that cross crates share: a way to write to a server as its administrator, and
//! the scenarios that hold on every server.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "what fails here is a test, and a panic is how it says so"
)]
#![allow(
    clippy::float_cmp,
    reason = "a fee must arrive as it was written, to the last bit"
)]

use std::process::ExitCode;

pub mod access;
pub mod admin;
pub mod balancer;
pub mod conformance;
pub mod draws;
pub mod edges;
pub mod fleet;
pub mod itself;
pub mod pipe;
pub mod real;
pub mod rivals;
pub mod round_trip;
pub mod scenario;
pub mod shapes;
pub mod six;
pub mod torn;
pub mod wire;

/// The program of the README compiles as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// A handler that wants a snapshot and a state that holds its `Live`:
///
/// ```
/// use axum::{Router, routing::get};
/// use decree_runtime::{Live, Snapshot};
///
/// async fn fee(config: Snapshot<f64>) -> String {
///     config.to_string()
/// }
///
/// let _router: Router = Router::new().route("/fee", get(fee)).with_state(Live::fixed(0.01));
/// ```
///
/// The same with the state forgotten does not compile:
///
/// ```compile_fail,E0277
/// use axum::{Router, routing::get};
/// use decree_runtime::{Live, Snapshot};
///
/// async fn fee(config: Snapshot<f64>) -> String {
///     config.to_string()
/// }
///
/// let _router: Router = Router::new().route("/fee", get(fee)).with_state(());
/// ```
///
/// Nor does it with a state that holds others, if the handler takes the handle itself:
///
/// ```compile_fail,E0277
/// use axum::{Router, extract::FromRef, routing::get};
/// use decree_runtime::{Live, Snapshot};
///
/// #[derive(Clone, FromRef)]
/// struct App {
///     fees: Live<f64>,
///     limits: Live<u32>,
/// }
///
/// async fn both(fee: Snapshot<f64>, name: Live<String>) {}
///
/// let app = App { fees: Live::fixed(0.01), limits: Live::fixed(3) };
/// let _router: Router = Router::new().route("/fee", get(both)).with_state(app);
/// ```
#[cfg(doctest)]
struct StateForgotten;

/// How much longer than usual the tests run that count: `DECREE_TEST_SCALE`, 1 if unset.
#[must_use]
pub fn scale() -> u64 {
    let scale = std::env::var("DECREE_TEST_SCALE").unwrap_or_else(|_| "1".to_owned());
    scale.parse().expect("DECREE_TEST_SCALE is a whole number")
}

/// What a long run ends with, which says here what it missed.
#[must_use]
pub fn verdict(missed: &[String]) -> ExitCode {
    for bar in missed {
        println!("MISSED: {bar}");
    }
    if missed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
