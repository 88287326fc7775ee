//! What every web service does around its routes.

use std::io::IsTerminal;

use tokio::net::TcpListener;

/// Logs to where people and collectors look for it: standard error, `RUST_LOG` or info.
pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

/// Listens on this machine, on the port that `PORT` names, or 3000.
///
/// # Errors
///
/// What is wrong with `PORT`, or why nobody can listen there, and what to do.
pub async fn listen() -> Result<TcpListener, String> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let number: u16 = port
        .parse()
        .map_err(|_| format!("PORT is {port:?}: expected a number from 0 to 65535"))?;
    let listener = TcpListener::bind(("127.0.0.1", number)).await;
    let cure = "is another program there? set PORT to a free one";
    listener.map_err(|error| format!("cannot listen on 127.0.0.1:{port}: {error}; {cure}"))
}

/// Waits until somebody wants the program to stop: ctrl-c, or SIGTERM.
pub async fn stop_signal() {
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
