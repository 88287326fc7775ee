//! The copy that an earlier process left.

use std::time::Duration;

use tokio::{task::spawn_blocking, time::timeout};

use crate::{
    cache::{Cache, Cached},
    decode::{DecreeConfig, decode, paths},
    reading::Reading,
    snapshot::{About, Versioned},
};

/// A file takes milliseconds; a network drive that hangs takes for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// The settings on disk, what they were made of, and their age; or what is wrong with them.
pub(super) async fn first<C: DecreeConfig>(
    cache: Cache,
    tenant: &str,
    max_age: Duration,
) -> Result<(Versioned<C>, Reading, Duration), String> {
    let fields = C::fields();
    let asked = paths(fields.iter().filter(|field| !field.secret()));
    let tenant = tenant.to_owned();
    let load = spawn_blocking(move || cache.load(&tenant, &asked, max_age));
    let loaded = timeout(PATIENCE, load).await;
    let loaded = loaded.map_err(|_| format!("the disk gave no answer in {PATIENCE:?}"))?;
    let loaded = loaded.map_err(|error| error.to_string())?;
    let Cached {
        reading,
        confirmed,
        written,
    } = loaded.map_err(|unusable| unusable.to_string())?;
    let config = decode(&reading).map_err(|unfit| unfit.to_string())?;
    let about = About::of(&reading, &paths(&fields), written);
    let first = Versioned::with(config, about);
    let age = confirmed.elapsed().unwrap_or_default();
    Ok((first, reading, age))
}
