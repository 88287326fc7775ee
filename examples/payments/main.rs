//! A payments service whose fee changes while it runs.
//!
//! Without `DECREE_SERVER` it brings an OpenDecree-compatible server of its own; with it, it uses
//! that one. It prints what to type next.

mod config;
mod routes;

use std::process::ExitCode;

use decree_examples::{Outcome, Server, listen, log, report, say, stop_signal, tenant};
use decree_runtime::Live;
use tokio::task::JoinSet;

use crate::config::PaymentsConfig;

#[tokio::main]
async fn main() -> ExitCode {
    log();
    report(run().await)
}

async fn run() -> Outcome {
    let listener = listen().await?;
    let web = listener.local_addr()?;
    let server = Server::find_for_people(include_str!("seed.yaml")).await?;
    let tenant = tenant("acme");
    let client = server.client("payments")?.build()?;
    let live: Live<PaymentsConfig> = client.live(&tenant).await?;

    let (fee, version) = (live.load().fee, live.version());
    say(format!("fee {fee} of tenant {tenant}, version {version}"));
    say("in a second terminal, ask, change the fee, and ask again:");
    say(format!("  curl '{web}/quote?amount=100'"));
    let option = server.as_option();
    say(format!(
        "  cargo run -q -p decree-dev -- set {tenant} payments.fee 0.02{option}"
    ));

    // Dropped on an early return, it ends its task.
    let mut tasks = JoinSet::new();
    tasks.spawn(log_changes(live.clone()));
    axum::serve(listener, routes::router(live.clone()))
        .with_graceful_shutdown(stop_signal())
        .await?;
    tasks.shutdown().await;
    live.shutdown().await;
    server.shutdown().await;
    Ok(())
}

async fn log_changes(mut live: Live<PaymentsConfig>) {
    while let Ok(config) = live.changed().await {
        let by = config.written().map_or("unknown", |written| &written.by);
        tracing::info!(
            version = config.version(),
            by,
            fee = config.fee,
            "new settings"
        );
    }
}
