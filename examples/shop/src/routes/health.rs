//! For whoever starts and stops this program.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use decree_runtime::{Live, Phase};

use crate::{app::App, settings::Pricing};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
}

/// A settings server that is away is no reason to take the shop down, too: the last values stay.
async fn ready(State(pricing): State<Live<Pricing>>) -> StatusCode {
    match pricing.status().phase {
        Phase::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    }
}
