//! What the program says about its settings, where they are declared.

use decree_runtime::DecreeConfig;

#[derive(Debug, Clone, PartialEq, DecreeConfig)]
#[decree(prefix = "shop", validate = parts_make_a_whole)]
pub(crate) struct ShopConfig {
    /// Share of the amount that is charged.
    #[decree(default = 0.01, min = 0.0, max = 1.0)]
    pub(crate) fee: f64,
    /// How often a failed payment is tried again.
    #[decree(default = 3, max = 10)]
    pub(crate) retries: u32,
    #[decree(default = "EUR", one_of = ["EUR", "USD", "CHF"])]
    pub(crate) currency: String,
    /// Percent of the traffic for each of two versions of the page.
    #[decree(default = 50)]
    pub(crate) left: u32,
    #[decree(default = 50)]
    pub(crate) right: u32,
    /// Connections to the database, which are made once.
    #[decree(default = 4, min = 1, restart)]
    pub(crate) pool: u32,
}

fn parts_make_a_whole(config: &ShopConfig) -> Result<(), String> {
    match config.left + config.right {
        100 => Ok(()),
        sum => Err(format!("left and right make {sum} percent, not 100")),
    }
}
