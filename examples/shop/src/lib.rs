//! A shop of the size that applications have: some twenty routes in nested routers, three structs of
//! settings in one state, keys that are settings, server-sent events, and gRPC on the same port.
//!
//! | To see | Read |
//! |---|---|
//! | what the settings are | `settings.rs` |
//! | how handlers come by them | `app.rs`, then any of `routes/` |
//! | who is pinned when | `routes/mod.rs` |
//! | middleware that reads settings | `access.rs` |
//! | a response that follows changes | `routes/campaign.rs` |
//! | gRPC | `grpc.rs` |
//! | how to stop | `main.rs` |
//! | tests without a server, and of the whole | `tests/` |

#![allow(missing_docs, reason = "it is read, not used")]

mod access;
mod app;
mod catalogue;
mod grpc;
mod problem;
mod quote;
mod routes;
pub mod settings;
mod store;

/// Messages and stubs of package `shop.v1`, made from `proto/shop.proto`; see `tests/generated.rs`.
#[allow(
    clippy::pedantic,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications
)]
#[rustfmt::skip]
pub mod v1 {
    include!("generated/shop.v1.rs");
}

pub use self::{app::App, routes::router};
