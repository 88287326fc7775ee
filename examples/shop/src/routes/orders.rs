//! What was bought, for what was promised then.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use decree_runtime::Snapshot;
use serde::Deserialize;

use crate::{
    app::App,
    catalogue,
    problem::Problem,
    quote::Quote,
    settings::{Pricing, Storefront},
    store::{Order, Store},
};

const UNKNOWN: Problem = Problem::Unknown("order");

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(orders).post(order))
        .route("/{id}", get(one))
        .route("/{id}/cancel", post(cancel))
}

async fn orders(State(store): State<Arc<Store>>) -> Json<Vec<Order>> {
    Json(store.orders())
}

#[derive(Deserialize)]
struct Wish {
    cart: u32,
}

/// However long the body takes to come, the price is that of the moment when the request came.
async fn order(
    State(store): State<Arc<Store>>,
    storefront: Snapshot<Storefront>,
    pricing: Snapshot<Pricing>,
    Json(Wish { cart }): Json<Wish>,
) -> Result<(StatusCode, Json<Order>), Problem> {
    if !storefront.open {
        return Err(Problem::Closed);
    }
    let items = store.take_cart(cart).ok_or(Problem::Unknown("cart"))?;
    let order = Order {
        quote: Quote::of(&pricing, catalogue::sum(&items)),
        items,
        cancelled: false,
    };
    store.order(order.clone());
    Ok((StatusCode::CREATED, Json(order)))
}

async fn one(
    State(store): State<Arc<Store>>,
    Path(id): Path<usize>,
) -> Result<Json<Order>, Problem> {
    let order = store.orders().into_iter().nth(id);
    order.map(Json).ok_or(UNKNOWN)
}

async fn cancel(
    State(store): State<Arc<Store>>,
    Path(id): Path<usize>,
) -> Result<Json<Order>, Problem> {
    store.cancel(id).map(Json).ok_or(UNKNOWN)
}
