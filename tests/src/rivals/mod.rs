//! What several clients show under the same faults: judging it, and the table of it. The play itself
//! is in `tests/rivals`.

mod facts;
mod promise;
mod table;
mod truth;

pub use self::{
    facts::{Facts, Said},
    promise::Promise,
    table::{Client, Row, table},
    truth::{History, Untrue, View},
};
