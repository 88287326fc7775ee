//! A payments service whose fee changes while it runs.
//!
//! Without `DECREE_SERVER` it brings an OpenDecree-compatible server of its own; with it, it uses
//! that one. It prints what to type next.

mod config;
mod routes;

use std::{io::IsTerminal, process::ExitCode};

use decree_examples::{Outcome, Server, report, say, tenant};
use decree_runtime::Live;
use tokio::{net::TcpListener, task::JoinSet};

use crate::config::PaymentsConfig;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
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

async fn listen() -> Result<TcpListener, String> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let number: u16 = port
        .parse()
        .map_err(|_| format!("PORT is {port:?}: expected a number from 0 to 65535"))?;
    let listener = TcpListener::bind(("127.0.0.1", number)).await;
    let cure = "is another program there? set PORT to a free one";
    listener.map_err(|error| format!("cannot listen on 127.0.0.1:{port}: {error}; {cure}"))
}

async fn stop_signal() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "ctrl-c will not stop this program");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(_) => interrupt.await,
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
