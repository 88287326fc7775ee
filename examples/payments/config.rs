//! The settings of this program.

use std::time::Duration;

use decree_runtime::DecreeConfig;

#[derive(Debug, Clone, PartialEq, DecreeConfig)]
pub(crate) struct PaymentsConfig {
    /// Share of the amount that is charged, 0 to 1.
    #[decree(key = "payments.fee", default = 0.01)]
    pub(crate) fee: f64,
    /// How often a failed payment is tried again.
    #[decree(key = "payments.retries", default = 3)]
    pub(crate) retries: u32,
    /// How long one try may take.
    #[decree(key = "payments.timeout", default = "30s")]
    pub(crate) timeout: Duration,
    /// Shown above the quote.
    #[decree(key = "payments.banner")]
    pub(crate) banner: Option<String>,
}
