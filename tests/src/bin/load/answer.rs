//! What an answer of the shop says, and whether all of it is of one version.

use serde::Deserialize;

use super::changes::campaign;

/// The anvil, before any discount.
pub(crate) const PRODUCT: u32 = 1;
const CENTS: u64 = 4_900;

#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) cents: u64,
    pub(crate) discount: u32,
    pub(crate) campaign: String,
    pub(crate) version: i32,
    /// What the layers said of the same request.
    #[serde(skip)]
    pub(crate) stamped: String,
    #[serde(skip)]
    pub(crate) announced: Option<String>,
}

impl Answer {
    /// Whether it is made of two versions.
    pub(crate) fn is_torn(&self) -> bool {
        let cents = CENTS - CENTS * u64::from(self.discount) / 100;
        let announced = self.announced.as_ref();
        self.cents != cents
            || self.campaign != campaign(self.discount)
            || self.stamped != self.version.to_string()
            || announced.is_some_and(|announced| *announced != self.campaign)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    text: String,
    discount: u32,
}

impl Event {
    pub(crate) fn is_torn(&self) -> bool {
        self.text != campaign(self.discount)
    }
}
