//! What handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use decree_runtime::{Client, Error, Live};

use crate::{
    settings::{Access, Pricing, Storefront},
    store::Store,
};

/// The state of the router: handlers take the parts that they need.
#[derive(Debug, Clone, FromRef)]
pub struct App {
    pub pricing: Live<Pricing>,
    pub access: Live<Access>,
    pub storefront: Live<Storefront>,
    pub store: Arc<Store>,
}

impl App {
    /// Follows the settings of `tenant`; the three share one watch.
    ///
    /// # Errors
    ///
    /// They cannot be read, or do not fit.
    pub async fn connect(client: &Client, tenant: &str) -> Result<Self, Error> {
        Ok(Self {
            pricing: client.live(tenant).await?,
            access: client.live(tenant).await?,
            storefront: client.live(tenant).await?,
            store: Arc::default(),
        })
    }
}
