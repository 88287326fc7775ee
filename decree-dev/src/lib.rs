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
//!
//! # Features
//!
//! | Feature | Adds | Costs |
//! |---|---|---|
//! | `cli` (default) | the binary | clap, a gRPC client |
//! | `jwt` | `Jwt`: callers with tokens | jsonwebtoken with pure Rust cryptography |
//! | `tls` (default) | `tls` and `client_ca` of [`DevServerBuilder`] | rustls, ring |
//!
//! # Where it differs on purpose
//!
//! A script of calls is answered here as the real server answered it, word for word; a test keeps it
//! so. These are the exceptions:
//!
//! - Secrets stay secret. The real server shows the values of sensitive fields in clear when a
//!   subscription replays, and in `DiffVersions`; here both show `[REDACTED]`.
//! - What is not evaluated is refused: CEL rules (`validations`) and `json_schema` are errors of
//!   the schema.
//! - Seed files are read strictly. A value that does not parse is an error with its place; the real
//!   server stores it, and shows zero.
//! - `ImportConfig`, `ExportConfig`, `ExportSchema` and the audit service are not implemented, and say so by name.
//! - An import of a schema leaves nothing behind when it fails; the real one may leave an empty
//!   version.
//! - A deleted tenant answers as in a process of the real server that used it before; one that did
//!   not says that the lookup of a validator failed.
//! - Lists that the real server gives in no order are sorted.
//! - Certificates and the JWKS are read once, at the start, and have to be in order. The real
//!   server reads certificates at every handshake, starts without a JWKS, and looks for it again.
//! - Nobody is turned away for too many HTTP/2 pings, and idempotency keys never expire.

mod auth;
mod builder;
mod deadline;
mod engine;
pub mod faults;
mod gate;
mod hub;
mod json;
mod limiter;
mod net;
mod quirks;
mod seed;
mod seen;
mod server;
mod service;
#[cfg(feature = "tls")]
mod tls;
mod writes;
mod yaml;

/// What the binary shares with the library. Not covered by semver.
#[doc(hidden)]
pub mod __private {
    pub use crate::yaml::suggest::closest;
}

#[cfg(feature = "jwt")]
pub use self::auth::Jwt;
pub use self::{
    builder::{DevServerBuilder, StartError},
    net::Pipe,
    quirks::Quirks,
    server::DevServer,
};
