//! The settings of the shop: what must agree is in one struct.

use decree_runtime::{DecreeConfig, Secret};

#[derive(Debug, Clone, PartialEq, DecreeConfig)]
#[decree(prefix = "pricing")]
pub struct Pricing {
    /// Percent off every price.
    #[decree(default = 0, max = 90)]
    pub discount: u32,
    /// What customers are told of the discount.
    #[decree(default = "no campaign")]
    pub campaign: String,
}

#[derive(Debug, Clone, PartialEq, DecreeConfig)]
#[decree(prefix = "access")]
pub struct Access {
    /// What programs of customers send as `x-api-key`.
    #[decree(min_len = 8)]
    pub key: Secret<String>,
    /// The key before it, while programs move to the new one.
    #[decree(min_len = 8)]
    pub previous_key: Option<Secret<String>>,
    /// What the people who run the shop send.
    #[decree(min_len = 8)]
    pub staff_key: Secret<String>,
}

#[derive(Debug, Clone, PartialEq, DecreeConfig)]
#[decree(prefix = "storefront")]
pub struct Storefront {
    /// Products on one page.
    #[decree(default = 3, min = 1, max = 100)]
    pub page_size: usize,
    /// The most of one product that a cart takes.
    #[decree(default = 10, min = 1)]
    pub max_quantity: u32,
    /// Nobody orders while it is false.
    #[decree(default = true)]
    pub open: bool,
}
