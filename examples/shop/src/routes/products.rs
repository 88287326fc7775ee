//! What there is, and what it costs now.

use axum::{
    Json, Router,
    extract::{Path, Query},
    routing::get,
};
use decree_runtime::Snapshot;
use serde::Deserialize;

use crate::{
    app::App,
    catalogue::{self, PRODUCTS, Product},
    problem::Problem,
    quote::Quote,
    settings::{Pricing, Storefront},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(page))
        .route("/{id}", get(product))
        .route("/{id}/price", get(price))
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    page: usize,
}

async fn page(
    storefront: Snapshot<Storefront>,
    Query(Page { page }): Query<Page>,
) -> Json<Vec<&'static Product>> {
    let first = page.saturating_mul(storefront.page_size);
    let products = PRODUCTS.iter().skip(first);
    Json(products.take(storefront.page_size).collect())
}

async fn product(Path(id): Path<u32>) -> Result<Json<&'static Product>, Problem> {
    let product = catalogue::find(id);
    product.map(Json).ok_or(Problem::Unknown("product"))
}

async fn price(pricing: Snapshot<Pricing>, Path(id): Path<u32>) -> Result<Json<Quote>, Problem> {
    let product = catalogue::find(id).ok_or(Problem::Unknown("product"))?;
    Ok(Json(Quote::of(&pricing, product.cents)))
}
