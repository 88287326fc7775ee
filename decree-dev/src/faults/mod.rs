//! Going wrong on demand: what a test of a client needs a server to do, and no server does when
//! asked.
//!
//! What lasts is in [`Faults`]: [`DevServer::misbehave`](crate::DevServer::misbehave) changes it and
//! [`DevServer::behave`](crate::DevServer::behave) puts it back. What happens once is a method of
//! [`DevServer`](crate::DevServer):
//!
//! | | |
//! |---|---|
//! | calls | `fail_next`, `release` |
//! | streams | `end_subscriptions`, `end_subscriptions_with` |
//! | connections | `freeze_connections`, `cut_connections`, `goaway` |
//! | the process | `stop_gracefully`, `kill`, `revive` |
//! | its data | `lose_versions`, `rewrite_versions` |
//! | tenants | `rename_tenant`, `delete_tenant`, `replace_tenant`, `add_tenant`, `change_schema` |
//!
//! Nothing here is random, and all of it works under a paused clock.

mod actions;
mod calls;
mod connections;
mod events;
mod fault;
mod garbage;
mod lies;
mod reads;
mod tenants;

use std::{collections::BTreeMap, time::Duration};

pub(crate) use self::{
    calls::Verdict,
    connections::{Connection, Connections, Line, Open},
    events::{Delivery, Flaw},
    garbage::Spoil,
    lies::Lies,
};
pub use self::{
    calls::{Answer, rate_limited, too_large},
    connections::{ConnectFault, Streams},
    events::EventFault,
    fault::Fault,
    garbage::Garbage,
    reads::{Lag, ReadFault},
};

/// What goes wrong from now on. Nothing, unless told otherwise.
///
/// ```
/// use std::time::Duration;
///
/// use decree_dev::{DevServer, faults::{Answer, EventFault, Fault, Lag, ReadFault}};
/// use tonic::Status;
///
/// # const SEED: &str = "
/// # spec_version: v1
/// # schema: { name: shop, fields: { cart.limit: { type: integer } } }
/// # tenant: { name: acme }
/// # ";
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await?;
///
/// server.misbehave(|faults| {
///     // Two events are lost, and every read is a second late.
///     faults.events = Fault::Next(2, EventFault::Drop);
///     faults.reads = Fault::Always(ReadFault::Late(Lag::Time(Duration::from_secs(1))));
///     // Nobody can subscribe.
///     let refusal = Answer::Fail(Status::unavailable("not now"));
///     faults.answers.insert("Subscribe", Fault::Always(refusal));
/// });
/// server.set("acme", "cart.limit", "40")?; // nobody hears of it
///
/// server.behave();
/// server.set("acme", "cart.limit", "41")?; // everybody does
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// What happens to events.
    pub events: Fault<EventFault>,
    /// What happens to calls, by the name of the RPC as in `GetConfig`. Calls that were told to
    /// fail by [`fail_next`](crate::DevServer::fail_next) fail first.
    pub answers: BTreeMap<&'static str, Fault<Answer>>,
    /// How `GetConfig`, `GetField`, `GetFields`, `ListVersions` and `GetVersion` are behind.
    pub reads: Fault<ReadFault>,
    /// Reads and new streams type values by the schema from before its last change: a new field
    /// arrives as a string, and one whose type changed as zero if its text does not fit. `GetTenant`
    /// and `GetSchema` tell the truth.
    pub stale_types: bool,
    /// What happens to who connects.
    pub connects: Fault<ConnectFault>,
    /// How many calls may be open on a connection made from now on; no limit unless said.
    pub max_streams: Option<u32>,
    /// How many paths or values a call may name (`CONFIG_MAX_LIST_LEN` of the real server); 1000
    /// unless said, as there.
    pub longest_list: Option<usize>,
    /// Calls that come without a deadline, streams too, are cut after this time
    /// (`GRPC_DEFAULT_TIMEOUT` of the real server); never unless said.
    pub default_timeout: Option<Duration>,
}
