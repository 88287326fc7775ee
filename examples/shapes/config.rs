//! Settings of every shape: structs in structs, names, addresses, times, documents.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use decree_runtime::{DecreeConfig, DecreeEnum, Json, Secret};
use serde::Deserialize;

#[derive(Debug, PartialEq, DecreeConfig)]
#[decree(prefix = "depot", rename_all = "kebab-case")]
pub(crate) struct DepotConfig {
    /// What stands above the gate.
    #[decree(default = "a depot")]
    pub(crate) name: Arc<str>,
    #[decree(default = Order::FirstCome)]
    pub(crate) order_of_work: Order,
    /// For the carrier; in no log.
    pub(crate) token: Option<Secret<String>>,
    #[decree(nested, prefix = "db")]
    pub(crate) database: Database,
    pub(crate) opens: Option<jiff::Timestamp>,
    pub(crate) tariff: Option<Json<Vec<Step>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, DecreeEnum)]
#[decree(rename_all = "kebab-case")]
pub(crate) enum Order {
    FirstCome,
    #[decree(rename = "round-robin")]
    Fair,
}

/// Where the data is; the copy of it need not be there.
#[derive(Debug, PartialEq, DecreeConfig)]
pub(crate) struct Database {
    #[decree(flatten)]
    pub(crate) main: Place,
    #[decree(nested)]
    pub(crate) replica: Option<Place>,
}

/// One type, read from two places.
#[derive(Debug, PartialEq, DecreeConfig)]
pub(crate) struct Place {
    pub(crate) host: IpAddr,
    #[decree(nested)]
    pub(crate) pool: Pool,
}

#[derive(Debug, Clone, PartialEq, DecreeConfig)]
pub(crate) struct Pool {
    #[decree(default = NonZeroU32::MIN, max = NonZeroU32::new(100).unwrap_or(NonZeroU32::MIN))]
    pub(crate) size: NonZeroU32,
    #[decree(default = "10s", max = "5m")]
    pub(crate) patience: Duration,
}

/// A step of the tariff, as JSON.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Step {
    pub(crate) from: u32,
    pub(crate) price: f64,
}
