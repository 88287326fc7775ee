//! What a customer is about to buy.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post, put},
};
use decree_runtime::Snapshot;
use serde::Deserialize;

use crate::{
    app::App,
    catalogue,
    problem::Problem,
    quote::Quote,
    settings::{Pricing, Storefront},
    store::{Cart, Store},
};

const UNKNOWN: Problem = Problem::Unknown("cart");

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", post(create))
        .route("/{id}", get(cart).delete(empty))
        .route("/{id}/total", get(total))
        .route("/{id}/items/{product}", put(set).delete(remove))
}

async fn create(State(store): State<Arc<Store>>) -> (StatusCode, Json<u32>) {
    (StatusCode::CREATED, Json(store.new_cart()))
}

async fn cart(State(store): State<Arc<Store>>, Path(id): Path<u32>) -> Result<Json<Cart>, Problem> {
    store.cart(id).map(Json).ok_or(UNKNOWN)
}

async fn empty(
    State(store): State<Arc<Store>>,
    Path(id): Path<u32>,
) -> Result<StatusCode, Problem> {
    store.take_cart(id).ok_or(UNKNOWN)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn total(
    State(store): State<Arc<Store>>,
    pricing: Snapshot<Pricing>,
    Path(id): Path<u32>,
) -> Result<Json<Quote>, Problem> {
    let cart = store.cart(id).ok_or(UNKNOWN)?;
    Ok(Json(Quote::of(&pricing, catalogue::sum(&cart))))
}

#[derive(Deserialize)]
struct Amount {
    quantity: u32,
}

async fn set(
    State(store): State<Arc<Store>>,
    storefront: Snapshot<Storefront>,
    Path((id, product)): Path<(u32, u32)>,
    Json(Amount { quantity }): Json<Amount>,
) -> Result<Json<Cart>, Problem> {
    catalogue::find(product).ok_or(Problem::Unknown("product"))?;
    if quantity > storefront.max_quantity {
        return Err(Problem::TooMany(storefront.max_quantity));
    }
    let changed = store.change_cart(id, |cart| {
        cart.insert(product, quantity);
    });
    changed.map(Json).ok_or(UNKNOWN)
}

async fn remove(
    State(store): State<Arc<Store>>,
    Path((id, product)): Path<(u32, u32)>,
) -> Result<Json<Cart>, Problem> {
    let changed = store.change_cart(id, |cart| {
        cart.remove(&product);
    });
    changed.map(Json).ok_or(UNKNOWN)
}
