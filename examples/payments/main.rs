//! A payments service whose fee changes while it runs.
//!
//! Without `DECREE_SERVER` it brings an OpenDecree-compatible server of its own; with it, it uses
//! that one. It prints what to type next.

mod config;
mod routes;
mod server;

use std::error::Error;

use decree_runtime::{Client, Live};
use tokio::net::TcpListener;

use crate::config::PaymentsConfig;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();

    let server = server::find().await?;
    let tenant = std::env::var("DECREE_TENANT_ID").unwrap_or_else(|_| "acme".to_owned());
    let mut client = Client::builder(&server.address).subject("payments");
    if let Ok(token) = std::env::var("DECREE_TOKEN") {
        client = client.token(token);
    }
    if std::env::var("DECREE_INSECURE").is_ok_and(|insecure| insecure == "true") {
        client = client.plaintext();
    }
    let live: Live<PaymentsConfig> = client.build()?.live(&tenant).await?;

    let listener = listen().await?;
    let web = listener.local_addr()?;
    println!(
        "fee {} of tenant {tenant}, version {}",
        live.load().fee,
        live.version()
    );
    println!("in a second terminal, ask, change the fee, and ask again:");
    println!("  curl '{web}/quote?amount=100'");
    println!("  {}", server.how_to_set(&tenant));

    axum::serve(listener, routes::router(live.clone()))
        .with_graceful_shutdown(stop_signal())
        .await?;
    live.shutdown().await;
    server.shutdown().await;
    Ok(())
}

async fn listen() -> Result<TcpListener, Box<dyn Error>> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let port: u16 = port
        .parse()
        .map_err(|_| format!("PORT={port:?}: expected a number from 0 to 65535"))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let cure = "is another program there? set PORT to a free one";
    Ok(listener.map_err(|error| format!("cannot listen on 127.0.0.1:{port}: {error}; {cure}"))?)
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
