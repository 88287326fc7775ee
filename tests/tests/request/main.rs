//! One request, one version: wherever it looks, whatever is forgotten, however it ends.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod held;
mod layers;
mod mixed;
mod released;
mod stamp;
mod support;
