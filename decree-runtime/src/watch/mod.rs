//! Keeps readers at the state of the server: decisions in [`machine`], IO in [`driver`].

mod consumer;
mod consumers;
mod driver;
mod handle;
mod history;
mod job;
mod keeper;
mod look;
mod machine;
mod memory;
mod retry;
mod source;
mod timing;
mod work;

#[cfg(feature = "cache")]
pub(crate) use self::keeper::{Disk, Kept};
pub use self::timing::WatchTiming;
pub(crate) use self::timing::within;
pub(crate) use self::{
    consumer::{Consumer, Delivery, Path},
    driver::start,
    handle::{Watch, WeakWatch},
    history::Row,
    look::Look,
    machine::Fit,
    memory::{BadFields, Memory},
    retry::ReadRetry,
    source::{Cause, Described, Dials, Failure, Hint, Hints, Listing, Scope, Source, tell},
};
