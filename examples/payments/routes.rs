//! What the service answers.

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    routing::get,
};
use decree_runtime::{Live, Phase, Snapshot, SnapshotLayer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::PaymentsConfig;

pub(crate) fn router(live: Live<PaymentsConfig>) -> Router {
    Router::new()
        .route("/quote", get(quote))
        .route("/config", get(config))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .layer(SnapshotLayer::new(live.clone()))
        .with_state(live)
}

#[derive(Deserialize)]
struct Order {
    amount: f64,
}

#[derive(Serialize)]
struct Quote {
    amount: f64,
    fee: f64,
    total: f64,
    config_version: i32,
}

/// Every number of a quote comes from one version.
async fn quote(config: Snapshot<PaymentsConfig>, Query(order): Query<Order>) -> Json<Quote> {
    let fee = order.amount * config.fee;
    Json(Quote {
        amount: order.amount,
        fee,
        total: order.amount + fee,
        config_version: config.version(),
    })
}

async fn config(config: Snapshot<PaymentsConfig>) -> Json<Value> {
    let written = config.written();
    let at = written.and_then(|written| written.at);
    Json(json!({
        "version": config.version(),
        "changed_by": written.map(|written| &written.by),
        "changed_at": at.map(|at| humantime::format_rfc3339_millis(at).to_string()),
        "values": {
            "payments.fee": config.fee,
            "payments.retries": config.retries,
            "payments.timeout": humantime::format_duration(config.timeout).to_string(),
            "payments.banner": config.banner,
        },
    }))
}

/// Ready means that there is a value to work with. A configuration server that is down is a matter
/// for an alarm on `staleness`, not a reason to take this service down, too.
async fn ready(State(live): State<Live<PaymentsConfig>>) -> (StatusCode, Json<Value>) {
    let status = live.status();
    let code = match status.phase {
        Phase::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    let body = json!({
        "phase": format!("{:?}", status.phase).to_lowercase(),
        "version": status.version,
        "staleness_seconds": status.staleness().as_secs(),
        "rejection": status.rejection.map(|rejection| rejection.error.to_string()),
        "trouble": status.trouble.map(|trouble| trouble.message),
    });
    (code, Json(body))
}
