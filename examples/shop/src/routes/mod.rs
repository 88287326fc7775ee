//! What the shop answers, and in which order a request passes what.

mod admin;
mod campaign;
mod carts;
mod health;
mod orders;
mod products;

use axum::{Router, middleware::from_fn_with_state};
use decree_runtime::{SnapshotLayer, StampLayer};

use crate::{access, app::App, grpc};

/// Everything on one port. The layer that is named last is the outermost: each request is pinned to
/// one version before any middleware looks.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .nest("/products", products::routes())
        .nest("/campaign", campaign::routes())
        .nest("/carts", carts::routes())
        .nest("/orders", orders::routes())
        .layer(from_fn_with_state(app.clone(), campaign::announce));
    let customers = Router::new()
        .nest("/api", api)
        .merge(grpc::routes(&app))
        .route_layer(from_fn_with_state(app.clone(), access::customers));
    let staff = Router::new()
        .nest("/admin", admin::routes())
        .route_layer(from_fn_with_state(app.clone(), access::staff));
    Router::new()
        .merge(customers)
        .merge(staff)
        .merge(health::routes())
        .layer(StampLayer::new(app.pricing.clone()))
        .layer(SnapshotLayer::new(app.storefront.clone()))
        .layer(SnapshotLayer::new(app.access.clone()))
        .with_state(app)
}
