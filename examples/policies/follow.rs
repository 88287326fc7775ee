//! An application that starts in any weather, and says what it sees.

use std::{path::PathBuf, time::Duration};

use decree_examples::{Outcome, say, tenant};
use decree_runtime::{ClientBuilder, Live};

use crate::config::ShopConfig;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) async fn run() -> Outcome {
    let folder = std::env::var_os("DECREE_CACHE_DIR").map_or_else(
        || std::env::temp_dir().join("decree-policies"),
        PathBuf::from,
    );
    let mut builder = ClientBuilder::from_env()?.cache_dir(folder);
    if std::env::var("DECREE_SUBJECT").is_err() {
        builder = builder.subject("policies");
    }
    let client = builder.build()?;
    let live: Live<ShopConfig> = client
        .live(tenant("acme"))
        .start_timeout(Duration::from_secs(2))
        .or_disk(DAY)
        .or_defaults()
        .await?;
    say(live.started());
    say(live.load().as_line());

    let mut changes = live.changes();
    let mut statuses = live.status_changes();
    let mut phase = None;
    loop {
        tokio::select! {
            Some(change) = changes.next() => {
                let paths: Vec<_> = change.paths().collect();
                say(format!("version {}: {}", change.new.version(), paths.join(", ")));
                say(change.new.as_line());
            }
            Some(status) = statuses.next() => {
                if phase.replace(status.phase) != Some(status.phase) {
                    say(format!("{:?}, with settings from the {:?}", status.phase, status.origin));
                }
            }
            _ = tokio::signal::ctrl_c() => break,
            else => break,
        }
    }
    client.close().await;
    Ok(())
}

impl ShopConfig {
    fn as_line(&self) -> String {
        let Self {
            fee,
            retries,
            currency,
            left,
            right,
            pool,
        } = self;
        format!("  fee {fee} {currency}, {retries} retries, {left}:{right}, pool of {pool}")
    }
}
