//! Streams, callbacks, projections and waits.

use std::{sync::mpsc, time::Duration};

use decree_examples::{Outcome, say};
use decree_runtime::{Live, Write};

use crate::{
    config::ShopConfig,
    place::{Place, TENANT},
};

const SOON: Duration = Duration::from_secs(10);

pub(crate) async fn show(place: &mut Place) -> Outcome {
    let client = place.client()?;
    let live: Live<ShopConfig> = client.live(TENANT).await?;
    let mut changes = live.changes();
    let fee = live.map(|config| config.fee);
    let mut fees = fee.changes();
    let (told, heard) = mpsc::channel();
    let told_stale = told.clone();
    let on_change = live.on_change(move |change| {
        let _gone = told.send(format!("a callback saw {} retries", change.new.retries));
    });

    let retries = client.set(TENANT, "shop.retries", 6).await?;
    live.wait_for_version(retries, SOON).await?;
    let change = changes.next().await.ok_or("the watch has ended")?;
    let paths: Vec<_> = change.paths().collect();
    say(format!("  a stream saw a change of {}", paths.join(", ")));
    say(format!("  {}", heard.recv()?));
    drop(on_change);

    let write = Write::new().set("shop.retries", 7).set("shop.fee", 0.04);
    client.write(TENANT, write).await?;
    let change = fees.next().await.ok_or("the watch has ended")?;
    say(format!(
        "  the fee alone: {} became {}",
        *change.old, *change.new
    ));

    let on_stale = live.on_stale(Duration::from_secs(1), move |status| {
        let _gone = told_stale.send(format!(
            "a hook heard that they are old: {:?}",
            status.phase
        ));
    });
    place.stop_server().await;
    say(format!("  {}", heard.recv()?));
    say(format!(
        "  and the last good fee stays: {}",
        live.load().fee
    ));
    drop(on_stale);
    client.close().await;
    Ok(())
}
