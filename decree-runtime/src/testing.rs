//! A [`Live`] that a test drives by hand: no server, no network, nothing shared between tests.
//!
//! What is under test gets a `Live` like any other. The test keeps the [`Control`], and each of its
//! calls returns when readers see what it did.
//!
//! ```
//! use decree_runtime::{Live, testing};
//!
//! #[derive(Clone)]
//! struct Pay {
//!     fee: f64,
//! }
//!
//! fn quote(pay: &Live<Pay>, amount: f64) -> f64 {
//!     pay.with(|pay| amount * (1.0 + pay.fee))
//! }
//!
//! let (pay, mut control) = testing::live(Pay { fee: 0.5 });
//! assert_eq!(quote(&pay, 100.0), 150.0);
//! control.set(|pay| pay.fee = 0.25);
//! assert_eq!(quote(&pay, 100.0), 125.0);
//! ```
//!
//! A value that need not change is [`Live::fixed`], which needs no feature. A test of the whole
//! stack, with the schema and the server's ways, has a `DevServer` of the crate `decree-dev`.
//!
//! # Waiting
//!
//! Readers are current when a call of the control returns, so nothing has to sleep. A task that
//! follows changes was woken, and runs when the runtime lets it: wait for what it does, such as the
//! next event of a stream. Staleness goes by tokio's clock, which `start_paused` stops.
#![cfg_attr(feature = "axum", doc = include_str!("../docs/testing.md"))]

use std::{fmt, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{
    decode::{DecodeError, FieldError, Problem, short_type_name},
    live::{Live, Publisher},
    reading::Reading,
    rejection::Rejection,
    snapshot::{About, Versioned, Written},
    status::{Phase, Status, StopReason, Trouble},
};

/// Settings at version 1 as if a server had them, and what changes them.
///
/// Callbacks ([`on_change`](Live::on_change), [`on_stale`](Live::on_stale)) run on the runtime that
/// this is called on, and without one not at all.
#[must_use = "without the control the watch has ended"]
pub fn live<C>(config: C) -> (Live<C>, Control<C>) {
    let first = versioned(config, 1);
    #[cfg(feature = "client")]
    let live = {
        let started = crate::started::Started::Live { version: 1 };
        Live::started_with(first, started, Phase::Following)
    };
    #[cfg(not(feature = "client"))]
    let live = Live::new(first, Phase::Following);
    let publisher = Publisher::new(&live);
    #[cfg(feature = "client")]
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        publisher.follow(crate::live::Hold::of_no_watch(runtime));
    }
    let control = Control {
        publisher,
        version: 1,
    };
    (live, control)
}

/// The server's side of a [`Live`], in the hand of a test. Made by [`live`].
///
/// Each version has a number one above the last. Dropping it ends the watch, as the end of a client
/// does.
pub struct Control<C> {
    publisher: Publisher<C>,
    /// The last that was made, shown or rejected.
    version: i32,
}

impl<C> Control<C> {
    /// Changes what readers see; returns the version that it made.
    pub fn set(&mut self, change: impl FnOnce(&mut C)) -> i32
    where
        C: Clone,
    {
        match self.publisher.current() {
            Some(current) => {
                let mut next = (*current).clone();
                change(&mut next);
                self.replace(next)
            }
            None => self.next_version(), // Nobody is left to see it.
        }
    }

    /// The same, with all of the settings. An [outage](Self::outage) ends with it. No server has said
    /// which fields are other: [`Change::paths`](crate::Change::paths) is empty.
    pub fn replace(&mut self, config: C) -> i32 {
        let version = self.next_version();
        self.publisher.publish(versioned(config, version));
        self.recover();
        version
    }

    /// Says who wrote what readers see, and that it was now. A version has one author: the first that
    /// is named.
    pub fn written_by(&mut self, subject: &str) {
        let written = Written {
            by: subject.to_owned(),
            at: Some(std::time::SystemTime::now()),
        };
        if let Some(current) = self.publisher.current() {
            self.publisher.attribute(current.version(), &written);
        }
    }

    /// Makes a version whose field at `path` does not fit, so that readers stay with what they have
    /// and [`Status::rejection`] says why. Returns its number.
    ///
    /// ```
    /// use decree_runtime::{Problem, testing};
    ///
    /// let (live, mut control) = testing::live(1);
    /// control.reject("pay.fee", Problem::Null);
    /// assert_eq!(live.version(), 1);
    /// assert!(live.status().rejection.is_some());
    /// ```
    pub fn reject(&mut self, path: &str, problem: Problem) -> i32 {
        let version = self.next_version();
        let reading = reading(version);
        let field = FieldError::new(path.to_owned(), problem);
        let error = DecodeError::of_fields(short_type_name::<C>(), &reading, vec![field]);
        self.status(|status| {
            let before = status.rejection.as_deref();
            let rejection = Rejection::new(error, &reading, status.version, before);
            status.rejection = Some(Arc::new(rejection));
            status.saw(version);
        });
        version
    }

    /// The server is away: the phase is [`Recovering`](Phase::Recovering), and every call counts one
    /// more failure in a row.
    pub fn outage(&mut self) {
        self.status(|status| {
            let times = status.trouble.as_ref().map_or(0, |trouble| trouble.times);
            let trouble = Trouble {
                code: Some("UNAVAILABLE"),
                message: "the test says that the server is away".to_owned(),
                times: times + 1,
            };
            status.phase = Phase::Recovering;
            status.trouble = Some(trouble.clone());
            status.last_trouble = Some(trouble);
        });
    }

    /// The server is back, and confirms what readers see.
    pub fn recover(&mut self) {
        self.status(|status| {
            status.phase = Phase::Following;
            status.trouble = None;
            status.confirmed(Instant::now());
        });
    }

    /// The server confirmed so long ago what readers see: the [`staleness`](Status::staleness).
    pub fn stale(&mut self, age: Duration) {
        self.status(|status| status.unconfirmed(status.origin, age));
    }

    /// Anything else that a status can say, such as another [`Origin`](crate::Origin).
    ///
    /// ```
    /// use decree_runtime::{Origin, testing};
    ///
    /// let (live, mut control) = testing::live(1);
    /// control.status(|status| {
    ///     assert_eq!(live.status().origin, Origin::Server, "it is not changed yet");
    ///     status.origin = Origin::Disk;
    /// });
    /// assert_eq!(live.status().origin, Origin::Disk);
    /// ```
    pub fn status(&mut self, change: impl FnOnce(&mut Status)) {
        // Of a copy, so that `change` may ask the `Live`. Nobody else writes it.
        if let Some(mut next) = self.publisher.status() {
            change(&mut next);
            self.publisher.update_status(|status| {
                *status = next;
                true
            });
        }
    }

    /// Ends the watch. Readers keep what they see, and nothing that is set later is shown.
    pub fn stop(&mut self, reason: StopReason) {
        self.publisher.stop(reason);
    }

    fn next_version(&mut self) -> i32 {
        self.version += 1;
        self.version
    }
}

impl<C> fmt::Debug for Control<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

fn versioned<C>(config: C, version: i32) -> Versioned<C> {
    Versioned::with(config, About::of(&reading(version), &[], None))
}

fn reading(version: i32) -> Reading {
    Reading {
        version,
        tenant_id: TENANT.into(),
        ..Reading::blind(TENANT)
    }
}

const TENANT: &str = "test";
