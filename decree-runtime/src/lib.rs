//! Live, typed settings from OpenDecree.

#![cfg_attr(docsrs, feature(doc_cfg))]
// Without the client nothing publishes; what it would use is still checked and tested.
#![cfg_attr(not(feature = "client"), allow(dead_code))]

// Derived code names this crate by its full path, also inside the crate.
extern crate self as decree_runtime;

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "client")]
mod client;
mod decode;
#[cfg(feature = "client")]
mod error;
mod live;
#[cfg(feature = "tower")]
mod pin;
mod reading;
mod snapshot;
mod status;
#[cfg(feature = "tower")]
mod tower;
mod value;
#[cfg(feature = "client")]
mod watch;

#[cfg(feature = "tower")]
pub use crate::tower::{SnapshotLayer, SnapshotService};
#[cfg(feature = "client")]
pub use crate::{
    client::{Client, ClientBuilder, LiveBuilder, Role},
    error::{Error, ErrorKind},
};
pub use crate::{
    decode::{DecodeError, DecreeConfig, FieldError, FieldSpec, Problem},
    live::{Live, Stopped},
    snapshot::{Snapshot, Written},
    status::{Phase, Rejection, Status, Trouble},
    value::{FromValue, Kind, Mismatch, Value},
};
#[cfg(feature = "derive")]
pub use decree_derive::DecreeConfig;

/// What derived code calls. Not covered by semver.
#[doc(hidden)]
pub mod __private {
    pub use crate::decode::Fields;
}
