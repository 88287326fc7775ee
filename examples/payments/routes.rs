//! What the service answers.

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    routing::get,
};
use decree_runtime::{Live, Phase, Rejection, Snapshot, SnapshotLayer};
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
async fn quote(
    config: Snapshot<PaymentsConfig>,
    Query(order): Query<Order>,
) -> Result<Json<Quote>, (StatusCode, &'static str)> {
    let fee = order.amount * config.fee;
    let total = order.amount + fee;
    // A number that is none passes as one in a query, and JSON would make it null.
    if !total.is_finite() {
        let cure = "amount must be a finite number, such as 100 or 99.5\n";
        return Err((StatusCode::BAD_REQUEST, cure));
    }
    Ok(Json(Quote {
        amount: order.amount,
        fee,
        total,
        config_version: config.version(),
    }))
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
        "rejection": status.rejection.as_deref().map(rejection),
        "trouble": status.trouble.map(|trouble| trouble.message),
    });
    (code, Json(body))
}

/// The version that was not taken; for each bad field since when it is, who wrote it, what to do.
fn rejection(rejection: &Rejection) -> Value {
    let fields = rejection.blames.iter().map(|blame| {
        let suspects = blame.suspects.iter();
        let field = json!({
            "since_version": blame.since,
            "written_by": suspects.map(|(_, written)| &*written.by).collect::<Vec<_>>(),
            "problem": blame.error.problem().to_string(),
        });
        (blame.error.path().to_owned(), field)
    });
    json!({
        "version": rejection.error.version(),
        "fields": Value::Object(fields.collect()),
    })
}
