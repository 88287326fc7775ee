//! The server as a client sees it, over the pipe and over TCP.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod life;
mod limits;
mod locks;
mod reads;
mod schemas;
mod seen;
mod subscribe;
mod support;
mod writes;
