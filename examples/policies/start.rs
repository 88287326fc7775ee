//! Programs that start while the server is up, while it is down, and when it comes back.

use std::time::Duration;

use decree_examples::{Outcome, say};
use decree_runtime::{Live, LiveBuilder, Origin, Started};

use crate::{
    config::ShopConfig,
    place::{Place, TENANT},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Long enough for a server on this machine.
const PATIENCE: Duration = Duration::from_millis(500);

pub(crate) async fn show(place: &mut Place) -> Outcome {
    let first = place.client()?;
    let live: Live<ShopConfig> = first.live(TENANT).await?;
    say(format!("  the server is up: {}", told(&live)));
    // The copy on disk is written beside the program, a moment later.
    live.wait_for(|config| config.fee > 0.01).await?;
    let mut status = live.status_changes();
    while live
        .status()
        .cache
        .is_none_or(|disk| disk.version.is_none())
    {
        status.next().await;
    }
    drop(live);
    first.close().await;

    place.stop_server().await;
    let client = place.client()?;
    let builder = || -> LiveBuilder<ShopConfig> { client.live(TENANT).start_timeout(PATIENCE) };
    match builder().await {
        Ok(live) => say(format!("  {}", told(&live))),
        Err(error) => say(format!("  it is down, and required: {:?}", error.kind())),
    }
    let defaults = builder().or_defaults().await?;
    say(format!("  or the defaults: {}", told(&defaults)));
    let copy = builder().or_disk(DAY).or_defaults().await?;
    say(format!("  or the copy on disk: {}", told(&copy)));

    place.start_server().await?;
    for (what, live) in [("the defaults", defaults), ("the copy", copy)] {
        let mut status = live.status_changes();
        while live.status().origin != Origin::Server {
            status.next().await.ok_or("the watch has ended")?;
        }
        say(format!(
            "  it is up again, and {what} gave way: {}",
            shown(&live)
        ));
    }
    client.close().await;
    Ok(())
}

fn told(live: &Live<ShopConfig>) -> String {
    let how = match live.started() {
        Started::Live { version } => format!("version {version} of the server"),
        Started::FromDisk { version, why, .. } => {
            format!(
                "version {version} from disk, for the server is {:?}",
                why.kind()
            )
        }
        Started::Defaults { why } => format!("defaults, for the server is {:?}", why.kind()),
        other => other.to_string(),
    };
    format!("{how}: {}", shown(live))
}

fn shown(live: &Live<ShopConfig>) -> String {
    let config = live.load();
    format!(
        "a fee of {} from the {:?}",
        config.fee,
        live.status().origin
    )
}
