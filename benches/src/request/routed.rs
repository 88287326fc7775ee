//! A router of the size that applications have.

use std::sync::Arc;

use axum::{Extension, Router, body::Body, routing::get};
use decree_runtime::{Snapshot, SnapshotLayer};
use dynamic_config_axum::{Config, SnapshotLayer as RivalLayer};

use super::{Held, Settings, called};
use crate::read::Reader;

pub fn all(held: Held, rival: RivalLayer) -> Vec<(&'static str, Reader)> {
    let Held { shared, live } = held;
    let snapshot = get(|it: Snapshot<Settings>| async move { it.fee.to_string() });
    let snapshot = router().route("/", snapshot);
    let extension =
        get(|Extension(it): Extension<Arc<Settings>>| async move { it.fee.to_string() });
    let config = get(|it: Config<Settings>| async move { it.fee.to_string() });
    let empty = get(|| async { 0.01_f64.to_string() });
    let layer = SnapshotLayer::new(live.clone());
    let routers: [(_, Router); 5] = [
        ("empty", router().route("/", empty)),
        (
            "Extension<Arc<T>>",
            router().route("/", extension).layer(Extension(shared)),
        ),
        (
            "Snapshot<T>, with layer",
            snapshot.clone().layer(layer).with_state(live.clone()),
        ),
        ("Snapshot<T>, no layer", snapshot.with_state(live)),
        (
            "dynamic-config-axum",
            router().route("/", config).layer(rival),
        ),
    ];
    let all = routers.into_iter();
    all.map(|(name, router)| (name, called::<_, Body>(router)))
        .collect()
}

fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    (1..20).fold(Router::new(), |router, n| {
        router.route(&format!("/{n}"), get(|| async { "" }))
    })
}
