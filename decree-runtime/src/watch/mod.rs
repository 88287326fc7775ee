//! Keeps readers at the state of the server: decisions in [`machine`], IO in [`driver`].

mod consumer;
mod driver;
mod history;
mod job;
mod machine;
mod retry;
mod source;
mod timing;

pub(crate) use self::{
    driver::start,
    history::Row,
    retry::ReadRetry,
    source::{Cause, Failure, Hint, Hints, Source, tell},
    timing::Timing,
};
