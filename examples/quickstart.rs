//! The shortest way: typed reads, a struct that stays current, a write that it shows.

use std::{process::ExitCode, time::Duration};

use decree_examples::{Outcome, Server, report, say, tenant};
use decree_runtime::{DecreeConfig, Live};

#[derive(Debug, DecreeConfig)]
struct AppConfig {
    #[decree(key = "app.name", default = "unnamed")]
    name: String,
    #[decree(key = "features.dark_mode", default = false)]
    dark_mode: bool,
    #[decree(key = "server.timeout", default = "10s")]
    timeout: Duration,
}

#[tokio::main]
async fn main() -> ExitCode {
    report(run().await)
}

async fn run() -> Outcome {
    let server = Server::find(include_str!("seed.yaml")).await?;
    let tenant = tenant("acme-corp");
    let client = server.admin("quickstart")?.build()?;

    let rate_limit: u32 = client.get(&tenant, "server.rate_limit").await?;
    let fee_rate: f64 = client.get(&tenant, "payments.fee_rate").await?;
    say(format!("rate limit {rate_limit}, fee rate {fee_rate}"));

    let mut live: Live<AppConfig> = client.live(&tenant).await?;
    let config = live.load();
    say(format!(
        "{} has a timeout of {:?}",
        config.name, config.timeout
    ));
    say(format!("dark mode: {}", config.dark_mode));

    let wanted = !config.dark_mode;
    client.set(&tenant, "features.dark_mode", wanted).await?;
    while live.load().dark_mode != wanted {
        live.changed().await?;
    }
    say(format!(
        "dark mode: {}, without a restart",
        live.load().dark_mode
    ));
    say(format!(
        "what was loaded before still says {}",
        config.dark_mode
    ));

    live.shutdown().await;
    client.close().await;
    server.shutdown().await;
    Ok(())
}
