//! The layer in every place.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{Router, extract::Request, handler::Handler, response::Response, routing::get};
use decree_runtime::{Live, Snapshot, SnapshotLayer, StampLayer};
use tonic::service::InterceptorLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::support::{Fee, fee, life, live, request, text};

async fn handler(fee: Snapshot<Fee>) -> String {
    fee.fee.to_string()
}

#[tokio::test]
async fn outside_inside_and_twice_it_is_one_version() {
    let (live, mut control) = live();
    let layer = || SnapshotLayer::new(live.clone());
    let routes = Router::new()
        .route("/", get(Handler::layer(handler, layer())))
        .route_layer(layer())
        .fallback(handler)
        .layer(layer())
        .layer(
            ServiceBuilder::new()
                .layer(layer())
                .layer(StampLayer::new(live.clone())),
        )
        .with_state(live.clone());
    let nested = Router::new().nest("/nested", routes.clone()).layer(layer());
    let copy = nested.clone();
    for n in 1..100 {
        control.set(|fee| fee.fee = n);
        let fee = n.to_string();
        assert_eq!(text(&routes, "/").await, fee);
        assert_eq!(text(&nested, "/nested").await, fee);
        assert_eq!(text(&copy, "/nested/none").await, fee);
    }
}

/// Ready once it is let.
#[derive(Clone, Default)]
struct Gated(Arc<AtomicBool>);

impl Service<Request> for Gated {
    type Response = Response;
    type Error = &'static str;
    type Future = Ready<Result<Response, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if self.0.load(Ordering::SeqCst) {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending // Who asks again is the test.
        }
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if !self.0.load(Ordering::SeqCst) {
            return ready(Err("called without being ready"));
        }
        let mut response = Response::default();
        *response.extensions_mut() = request.extensions().clone();
        ready(Ok(response))
    }
}

/// Has an error instead of a readiness.
#[derive(Clone)]
struct Broken;

impl Service<Request> for Broken {
    type Response = Response;
    type Error = &'static str;
    type Future = Ready<Result<Response, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Err("broken"))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        ready(Err("called without being ready"))
    }
}

#[tokio::test]
async fn readiness_is_that_of_the_inner_service() {
    let (live, mut control) = live();
    let layers = (
        SnapshotLayer::new(live.clone()),
        StampLayer::new(live.clone()),
    );
    let broken = layers.layer(Broken).oneshot(request("/")).await;
    assert_eq!(broken.expect_err("it is broken"), "broken");

    let gated = Gated::default();
    let service = layers.layer(gated.clone());
    let mut waiting = tokio_test::task::spawn(service.oneshot(request("/")));
    assert!(waiting.poll().is_pending());
    let shown = life(&live);
    control.replace(fee(2));
    assert_eq!(shown.strong_count(), 0, "who waits holds no version");

    gated.0.store(true, Ordering::SeqCst);
    let response = waiting.await.expect("it is ready");
    let pinned = live.pinned(response.extensions()).expect("it was pinned");
    assert_eq!(pinned.fee, 2, "pinned when it came in");
}

#[test]
fn the_future_is_that_of_the_inner_service() {
    fn futures_of<S: Service<Request>>(_: &S, _: impl Fn(S::Future)) {}
    let live = Live::fixed(1);
    let service = SnapshotLayer::new(live).layer(Gated::default());
    futures_of(&service, |_: Ready<Result<Response, &'static str>>| ());
}

/// A body of any type, as of hyper or of a test.
#[tokio::test]
async fn any_request_has_a_pin_and_any_tonic_service() {
    let (live, mut control) = live();
    let pinned = live.clone();
    let echo = service_fn(move |request: http::Request<u8>| {
        ready(Ok::<_, Infallible>(
            pinned.pinned(request.extensions()).map(|fee| fee.fee),
        ))
    });
    let layered = SnapshotLayer::new(live.clone()).layer(echo);
    control.set(|fee| fee.fee = 2);
    let seen = layered.clone().oneshot(http::Request::new(0)).await;
    assert_eq!(seen, Ok(Some(2)));
}

#[tokio::test]
async fn an_interceptor_pins_for_one_tonic_service() {
    let (live, _control) = live();
    let pinned = live.clone();
    let grpc = service_fn(move |request: Request| {
        let fee = pinned.pinned(request.extensions()).map(|fee| fee.fee);
        ready(Ok::<_, Infallible>(Response::new(format!("{fee:?}"))))
    });
    let intercepted = InterceptorLayer::new(SnapshotLayer::new(live)).layer(grpc);
    let answer = intercepted.oneshot(request("/")).await;
    let seen = answer.expect("it is let pass").into_body();
    let seen = axum::body::to_bytes(axum::body::Body::new(seen), 64).await;
    assert_eq!(seen.expect("a body"), "Some(1)");
}

#[test]
fn a_layer_and_its_service_say_what_they_are() {
    let live = Live::fixed(1);
    let layers = (SnapshotLayer::new(live.clone()), StampLayer::new(live));
    let said = format!("{:?} {:?}", layers.clone(), layers.1.layer("inner"));
    assert!(
        said.contains("SnapshotLayer") && said.contains("config-version"),
        "{said}"
    );
    assert!(said.contains("inner"), "{said}");
}
