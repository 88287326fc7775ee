//! What something costs by one version of the settings.

use decree_runtime::Snapshot;
use serde::Serialize;

use crate::settings::Pricing;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quote {
    pub cents: u64,
    pub discount: u32,
    pub campaign: String,
    pub version: i32,
}

impl Quote {
    #[must_use]
    pub fn of(pricing: &Snapshot<Pricing>, cents: u64) -> Self {
        Self {
            cents: cents - cents * u64::from(pricing.discount) / 100,
            discount: pricing.discount,
            campaign: pricing.campaign.clone(),
            version: pricing.version(),
        }
    }
}
