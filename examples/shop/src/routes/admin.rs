//! For the people who run the shop.

use axum::{Json, Router, extract::State, routing::get};
use decree_runtime::{Live, Snapshot, Status};
use serde::Serialize;

use crate::{
    app::App,
    settings::{Pricing, Storefront},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings", get(settings))
        .route("/status", get(status))
}

#[derive(Serialize)]
struct Settings {
    version: i32,
    written_by: Option<String>,
    discount: u32,
    campaign: String,
    page_size: usize,
    max_quantity: u32,
    open: bool,
}

/// Two structs of one tenant may be a version apart for a moment; the number is that of the prices.
async fn settings(pricing: Snapshot<Pricing>, storefront: Snapshot<Storefront>) -> Json<Settings> {
    Json(Settings {
        version: pricing.version(),
        written_by: pricing.written().map(|written| written.by.clone()),
        discount: pricing.discount,
        campaign: pricing.campaign.clone(),
        page_size: storefront.page_size,
        max_quantity: storefront.max_quantity,
        open: storefront.open,
    })
}

#[derive(Serialize)]
struct Health {
    pricing: String,
    access: String,
    storefront: String,
}

/// What each watch says of itself.
async fn status(State(app): State<App>) -> Json<Health> {
    Json(Health {
        pricing: told(&app.pricing),
        access: told(&app.access),
        storefront: told(&app.storefront),
    })
}

fn told<C>(live: &Live<C>) -> String {
    let Status {
        phase,
        version,
        rejection,
        ..
    } = live.status();
    match rejection {
        None => format!("{phase:?} at version {version}"),
        Some(rejection) => format!("{phase:?}: {rejection}"),
    }
}
