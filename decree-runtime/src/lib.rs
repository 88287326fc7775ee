//! Live, typed settings from OpenDecree.
//!
//! Derive a struct, ask a [`Client`] for a [`Live`] of it, and read: the value is always the newest
//! version of the tenant that fits the struct, whole, without a lock and without an await.
//!
//! ```no_run
//! use decree_runtime::{Client, DecreeConfig, Live};
//!
//! #[derive(DecreeConfig)]
//! struct Payments {
//!     /// Share of the amount that is charged, 0 to 1.
//!     #[decree(key = "payments.fee", default = 0.01)]
//!     fee: f64,
//!     #[decree(key = "payments.banner")]
//!     banner: Option<String>,
//! }
//!
//! # async fn example() -> Result<(), decree_runtime::Error> {
//! let client = Client::builder("localhost:9090").subject("shop").build()?;
//! let live: Live<Payments> = client.live("acme").await?;
//! assert!(live.with(|payments| payments.fee) <= 1.0);
//! # Ok(())
//! # }
//! ```
//!
//! Without a struct, [`Client`] reads and writes single values, whole versions and history; its docs
//! list the calls. [`Client::from_env`] takes its options from the environment.
//!
//! # What it promises
//!
//! | | |
//! |---|---|
//! | One version, one swap | A reader sees one version of the server, never a mixture of two, unless you ask for one: [`LiveBuilder::keep_bad_fields`], `restart` on a field. |
//! | Never backwards | The version only grows, unless the server has another history; that is adopted, counted and logged. |
//! | Bounded staleness | Whatever is lost on the way, readers are at the server's state at most 33 s and one read later. |
//! | Last good wins | A version that does not fit replaces nothing; [`Status::rejection`] says why. |
//! | Truthful null | Null, absent, empty, zero and redacted are told apart; what the server hides is never data. |
//! | Reads cost nothing | [`Live::with`] is one atomic load, [`Live::load`] a reference count more. |
//! | No silent death | The watch ends when its last handle does, and [`Status`] says so; no answer of a server ends it. |
//!
//! Each with its limit in time and the test that shows it: [`guarantees`].
//!
//! # How it works
//!
//! The server's stream of changes loses events, repeats them, cuts versions in half and never
//! mentions a rollback. So an event is only a hint that a version exists. State comes from one whole
//! read, which is decoded as a whole and swapped in as a whole; and every half minute the watch looks
//! by itself.
//!
//! # Features
//!
//! | | adds | costs |
//! |---|---|---|
//! | `client` (default) | [`Client`] and the watch | tonic, prost, hyper |
//! | `derive` (default) | the derive | syn, when building |
//! | `tls` (default) | TLS with the system's roots | rustls, ring |
//! | `tower` | `SnapshotLayer`, `StampLayer` and `Live::pin` | nothing next to `client` |
//! | `axum` | the extractors `Snapshot<T>` and `Live<T>`; turns on `tower` | axum-core |
//! | `testing` | [`testing::live`], driven by hand | nothing |
//! | `blocking` | `blocking::Client` | pollster, and a thread for each client |
//! | `tls-webpki` | [`Roots::WebPki`] | Mozilla's list of authorities, compiled in |
//! | `cache` | the last good version in a folder, for a start without a server | serde, serde_json, twox-hash |
//! | `pattern` | `#[decree(pattern = "…")]` on fields | regex, also when building |
//! | `json` | `Json<T>` and `serde_json::Value` for json fields | serde, serde_json |
//! | `url` | `url::Url` for url fields | url, idna |
//! | `jiff` | `Timestamp` and `SignedDuration` of jiff | jiff without its time zones |
//! | `chrono` | `DateTime<Utc>` and `TimeDelta` of chrono | chrono without its clock |

#![cfg_attr(docsrs, feature(doc_cfg))]
// Without the client nothing publishes; what it would use is still checked and tested.
#![cfg_attr(not(feature = "client"), allow(dead_code))]

// Derived code names this crate by its full path, also inside the crate.
extern crate self as decree_runtime;

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "cache")]
mod cache;
#[cfg(feature = "client")]
mod client;
mod decode;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "client")]
mod field;
mod live;
mod observe;
#[cfg(feature = "tower")]
mod pin;
mod reading;
mod rejection;
mod snapshot;
#[cfg(feature = "client")]
mod started;
mod status;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
mod tower;
mod value;
#[cfg(feature = "client")]
mod watch;

#[cfg(feature = "tower")]
pub use crate::tower::{SnapshotLayer, SnapshotService, StampFuture, StampLayer, StampService};
#[cfg(feature = "json")]
pub use crate::value::Json;
#[cfg(feature = "client")]
pub use crate::{
    client::{
        AtVersion, Body, Client, ClientBuilder, Diff, ForUpdate, LiveBuilder, RetryPolicy, Role,
        Roots, ServerInfo, TokenRequest, Transport, Version, Versions, Watcher, WhatChanged, Write,
    },
    error::{Error, ErrorKind},
    field::Field,
    observe::{CallbackGuard, Changes, WaitError},
    started::Started,
    status::StatusChanges,
    watch::WatchTiming,
};
pub use crate::{
    decode::{
        Constraint, DecodeError, DecreeConfig, FieldError, FieldSpec, Problem, Refusal, Setting,
    },
    live::{Live, Reader, Stopped},
    observe::{Change, Mapped},
    reading::{Entry, Reading, SchemaField},
    rejection::{Blame, Rejection},
    snapshot::{Snapshot, Written},
    status::{AwaitsRestart, CacheStatus, Deciding, Origin, Phase, Status, StopReason, Trouble},
    value::{FromValue, Kind, Mismatch, Secret, ToValue, Value},
};
#[cfg(feature = "derive")]
pub use decree_derive::{DecreeConfig, DecreeEnum};

#[cfg(doc)]
#[doc = include_str!("../docs/attributes.md")]
pub mod attributes {}

#[cfg(doc)]
#[doc = include_str!("../docs/guarantees.md")]
pub mod guarantees {}

#[cfg(doc)]
#[doc = include_str!("../docs/one_request_one_version.md")]
pub mod one_request_one_version {}

/// What a type needs for what its fields demand or how they are read, each by one name: the compiler
/// proposes them as bounds of a parameter.
///
/// ```
/// use decree_runtime::{DecreeConfig, FromValue, bounds::Ordered};
///
/// #[derive(DecreeConfig)]
/// struct Range<T: FromValue + Ordered + Default> {
///     low: T,
///     #[decree(min = T::default())]
///     high: T,
/// }
///
/// let fields = Range::<i64>::fields();
/// assert_eq!(fields[1].constraints()[0].to_string(), "at least 0");
/// ```
pub mod bounds {
    #[cfg(feature = "json")]
    pub use crate::decode::OfJson;
    pub use crate::decode::{Comparable, Ordered, Parsed, Text};
}

/// What tests/fuzz reaches for.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::{cache::fuzzing::file, client::fuzzing::answer};
}

/// All that derived code names. Not covered by semver.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "pattern")]
    pub use crate::decode::Pattern;
    #[cfg(feature = "json")]
    pub use crate::decode::json;
    pub use crate::{
        decode::{
            By, Changed, Compare, DecreeConfig, Fields, FromText, KeptAsItSays, LiteralOf,
            NoAnswer, NotKept, NotShown, OfField, Probe, Secrecy, Setting, Shown, Texts,
            WholeValue, blank, parsed, said, skipped, told,
        },
        value::{
            FromInteger, FromSpan, FromValue, Kind, Mismatch, Secret, ToValue, Value, no_variant,
            text,
        },
    };
}
