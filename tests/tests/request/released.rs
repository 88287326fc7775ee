//! No pin outlives its request.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use decree_runtime::{Live, Snapshot, SnapshotLayer, StampLayer};
use futures_util::stream;
use http_body_util::BodyExt;
use tonic::service::InterceptorLayer;
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{Fee, answer, life, live, request, text};

/// A piece of a body that never comes.
type Nothing = Result<Bytes, Infallible>;

fn router(live: &Live<Fee>) -> Router {
    async fn handler(fee: Snapshot<Fee>, live: Live<Fee>, _request: Request) -> String {
        assert_eq!(fee.version(), live.version());
        fee.fee.to_string()
    }
    async fn forever(_: Snapshot<Fee>) {
        std::future::pending::<()>().await;
    }
    /// What comes of the body keeps the version.
    async fn stream(fee: Snapshot<Fee>) -> Body {
        let frames = stream::repeat_with(move || Ok::<_, Infallible>(fee.fee.to_string()));
        Body::from_stream(frames)
    }
    Router::new()
        .route("/", get(handler))
        .route("/forever", get(forever))
        .route("/body", get(|_: Snapshot<Fee>, _: Bytes| async {}))
        .route("/stream", get(stream))
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
    for nth in 0..100 {
        let shown = life(&live);
        let path = ["/forever", "/body"][nth % 2];
        let request = request(path).map(|_| Body::from_stream(stream::pending::<Nothing>()));
        let mut open = tokio_test::task::spawn(router.clone().oneshot(request));
        assert!(open.poll().is_pending());
        control.replace(crate::support::fee(2));
        assert_ne!(shown.strong_count(), 0, "it is held as long as it is open");
        drop(open);
        assert_eq!(shown.strong_count(), 0);
    }
}

#[tokio::test]
async fn an_answer_that_is_dropped_half_way_leaves_nothing() {
    let (live, mut control) = live();
    let router = router(&live);
    let shown = life(&live);
    let mut body = answer(&router, "/stream").await.into_body();
    assert!(body.frame().await.is_some());
    control.replace(crate::support::fee(2));
    assert!(body.frame().await.is_some());
    assert_ne!(shown.strong_count(), 0, "it is made of it");
    drop(body);
    assert_eq!(shown.strong_count(), 0);
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

/// Of a service of tonic, inside of the layer and behind the interceptor.
#[tokio::test]
async fn a_call_of_grpc_that_is_dropped_half_way_leaves_nothing() {
    let (live, mut control) = live();
    let service = service_fn(async |request: Request| {
        std::future::pending::<()>().await;
        drop(request);
        Ok::<Response, Infallible>(Response::default())
    });
    let layer = SnapshotLayer::new(live.clone());
    let service = layer.layer(InterceptorLayer::new(layer.clone()).layer(service));
    for _ in 0..100 {
        let shown = life(&live);
        let call = request("/shop.Shop/Price");
        let mut open = tokio_test::task::spawn(service.clone().oneshot(call));
        assert!(open.poll().is_pending());
        control.replace(crate::support::fee(2));
        assert_ne!(shown.strong_count(), 0, "it is held as long as it is open");
        drop(open);
        assert_eq!(shown.strong_count(), 0);
    }
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
