//! An OpenDecree-compatible server in a box, for tests and laptops.
//!
//! [`DevServer`] speaks the gRPC contract of OpenDecree (`centralconfig.v1`), keeps everything in
//! memory, and has the habits of the real server that surprise clients, each behind a switch of
//! [`Quirks`]. The binary of the same name serves one from the command line.
//!
//! ```
//! use decree_dev::DevServer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = DevServer::builder()
//!     .seed_yaml(
//!         r#"
//! spec_version: v1
//! schema:
//!   name: shop
//!   fields:
//!     cart.limit: { type: integer, default: "25" }
//! tenant: { name: acme }
//! "#,
//!     )
//!     .start_in_memory()
//!     .await?;
//!
//! let version = server.set("acme", "cart.limit", "40")?;
//! assert_eq!(version, 2); // the default was version 1
//! # Ok(())
//! # }
//! ```

mod auth;
mod builder;
mod engine;
mod gate;
mod hub;
mod json;
mod limiter;
mod net;
mod quirks;
mod seed;
mod server;
mod service;
mod yaml;

/// What the binary shares with the library. Not covered by semver.
#[doc(hidden)]
pub mod __private {
    pub use crate::yaml::suggest::closest;
}

pub use self::{
    builder::{DevServerBuilder, StartError},
    net::Pipe,
    quirks::Quirks,
    server::DevServer,
};
