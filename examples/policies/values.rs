//! Values that the server takes and the program does not.

use std::time::Duration;

use decree_examples::{Outcome, say};
use decree_runtime::{Live, WaitError, Write};

use crate::{
    config::ShopConfig,
    place::{Place, TENANT},
};

const SOON: Duration = Duration::from_secs(10);

pub(crate) async fn show(place: &Place) -> Outcome {
    let client = place.client()?;
    let strict: Live<ShopConfig> = client.live(TENANT).await?;
    let lenient: Live<ShopConfig> = client.live(TENANT).keep_bad_fields().await?;

    let bad = Write::new()
        .set("shop.fee", 7.5)
        .set("shop.currency", "DM")
        .set("shop.retries", 5);
    let version = client.write(TENANT, bad).await?;
    refused(&strict, version).await?;
    lenient.wait_for(|config| config.retries == 5).await?;
    let config = lenient.load();
    say(format!(
        "  who keeps the good values of bad fields shows {} retries, and still {} {}",
        config.retries, config.fee, config.currency
    ));

    let heal = Write::new()
        .set("shop.fee", 0.03)
        .set("shop.currency", "USD");
    let version = client.write(TENANT, heal).await?;
    for live in [&strict, &lenient] {
        live.wait_for_version(version, SOON).await?;
    }
    say(format!(
        "  a good version heals both: {}",
        strict.load().fee
    ));

    let version = client.set(TENANT, "shop.left", 60).await?;
    refused(&strict, version).await?;
    let version = client.set(TENANT, "shop.right", 40).await?;
    strict.wait_for_version(version, SOON).await?;
    say(format!(
        "  and 60 with {} are accepted",
        strict.load().right
    ));

    let version = client.set(TENANT, "shop.pool", 8).await?;
    let config = strict.wait_for_version(version, SOON).await?;
    say(format!(
        "  the pool has {} connections until a restart",
        config.pool
    ));
    for field in &strict.status().restart {
        say(format!("  {field}"));
    }
    client.close().await;
    Ok(())
}

/// Says why a version is not shown.
async fn refused(live: &Live<ShopConfig>, version: i32) -> Outcome {
    match live.wait_for_version(version, SOON).await {
        Err(WaitError::Rejected { rejection, .. }) => {
            for line in rejection.error.to_string().lines() {
                say(format!("  {line}"));
            }
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err("it was accepted".into()),
    }
}
