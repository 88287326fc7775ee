use axum::{Router, routing::get};
use decree_runtime::Snapshot;

async fn fee(config: Snapshot<f64>) -> String {
    config.to_string()
}

fn main() {
    let _router: Router = Router::new().route("/fee", get(fee)).with_state(());
}
