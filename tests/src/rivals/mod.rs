//! What several clients show under the same faults: judging it, and the table of it. The play itself
//! is in `tests/rivals`.

mod facts;
mod table;
mod truth;

pub use self::{
    facts::{Facts, Said},
    table::{Client, Row, table},
    truth::{History, Untrue, View},
};
