//! No pin outlives its request.

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    routing::get,
};
use decree_runtime::{Live, Snapshot, SnapshotLayer, StampLayer};
use tower::ServiceExt;

use crate::support::{Fee, life, live, request, text};

fn router(live: &Live<Fee>) -> Router {
    async fn handler(fee: Snapshot<Fee>, live: Live<Fee>, _request: Request) -> String {
        assert_eq!(fee.version(), live.version());
        fee.fee.to_string()
    }
    async fn forever(_: Snapshot<Fee>) {
        std::future::pending::<()>().await;
    }
    Router::new()
        .route("/", get(handler))
        .route("/forever", get(forever))
        .layer(from_fn(|request: Request, next: Next| next.run(request)))
        .layer(StampLayer::new(live.clone()))
        .layer(SnapshotLayer::new(live.clone()))
        .with_state(live.clone())
}

#[tokio::test]
async fn an_answered_request_leaves_nothing() {
    let (live, mut control) = live();
    let router = router(&live);
    for _ in 0..100 {
        let shown = life(&live);
        text(&router, "/").await;
        control.replace(crate::support::fee(2));
        assert_eq!(shown.strong_count(), 0);
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_half_way_leaves_nothing() {
    let (live, mut control) = live();
    let router = router(&live);
    for _ in 0..100 {
        let shown = life(&live);
        let mut open = tokio_test::task::spawn(router.clone().oneshot(request("/forever")));
        assert!(open.poll().is_pending());
        control.replace(crate::support::fee(2));
        assert_ne!(shown.strong_count(), 0, "it is held as long as it is open");
        drop(open);
        assert_eq!(shown.strong_count(), 0);
    }
}

#[tokio::test]
async fn a_request_that_is_never_polled_leaves_nothing() {
    let (live, mut control) = live();
    let router = router(&live);
    let shown = life(&live);
    drop(router.clone().oneshot(request("/")));
    control.replace(crate::support::fee(2));
    assert_eq!(shown.strong_count(), 0);
}

/// A router is dropped with its server: it keeps no watch running.
#[tokio::test]
async fn a_dropped_router_lets_go_of_its_handles() {
    let (live, mut control) = live();
    let router = router(&live);
    text(&router, "/").await;
    let shown = life(&live);
    drop((router, live));
    control.set(|_| unreachable!("nobody is left to see it"));
    assert_eq!(shown.strong_count(), 0);
}
