//! One request, one version.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{FromRef, Request, State},
    middleware::{Next, from_fn_with_state},
    routing::get,
};
use decree_dev::DevServer;
use decree_runtime::{DecreeConfig, Live, Snapshot, SnapshotLayer};
use decree_tests::{draws, pipe::over_pipe};
use tokio::sync::Notify;
use tower::ServiceExt;

#[derive(Debug, DecreeConfig)]
struct Fee {
    #[decree(key = "pay.fee", default = 0)]
    fee: i64,
}

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: integer }
tenant: { name: acme }
";

#[derive(Clone)]
struct App {
    live: Live<Fee>,
    other: Live<i32>,
    server: Arc<DevServer>,
    gate: Arc<Notify>,
    entered: Arc<AtomicBool>,
    seen_by_middleware: Arc<AtomicI64>,
}

impl FromRef<App> for Live<Fee> {
    fn from_ref(app: &App) -> Self {
        app.live.clone()
    }
}

impl FromRef<App> for Live<i32> {
    fn from_ref(app: &App) -> Self {
        app.other.clone()
    }
}

async fn app() -> App {
    draws::fix();
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    let server = server.expect("a server");
    let client = over_pipe(&server).subject("app");
    let live = client.build().expect("sound options").live("acme").await;
    App {
        live: live.expect("the tenant is readable"),
        other: Live::fixed(7),
        server: Arc::new(server),
        gate: Arc::default(),
        entered: Arc::default(),
        seen_by_middleware: Arc::new(AtomicI64::new(-1)),
    }
}

/// Changes the fee and waits until readers see it.
async fn change(app: &App, fee: i64) {
    let version = app
        .server
        .set("acme", "pay.fee", &fee.to_string())
        .expect("written");
    let mut live = app.live.clone();
    while live.version() < version {
        live.changed().await.expect("the watch goes on");
    }
    assert_eq!(live.load().fee, fee);
}

/// Reads, waits until the test lets it go on, and reads again.
async fn held(
    first: Snapshot<Fee>,
    State(app): State<App>,
    second: Snapshot<Fee>,
    mut request: Request,
) -> String {
    app.entered.store(true, Ordering::SeqCst);
    app.gate.notified().await;
    let third = app.live.pin(request.extensions_mut());
    assert_eq!(first.version(), second.version());
    assert_eq!(first.version(), third.version());
    format!("{}", third.fee)
}

async fn outer(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> axum::response::Response {
    let pinned = app.live.pin(request.extensions_mut());
    app.seen_by_middleware.store(pinned.fee, Ordering::SeqCst);
    next.run(request).await
}

async fn get_text(router: Router, path: &str) -> String {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("axum does not fail");
    let body = to_bytes(response.into_body(), 1024).await.expect("a body");
    String::from_utf8(body.to_vec()).expect("text")
}

async fn a_held_request_sees_one_version(app: App, router: Router) {
    change(&app, 1).await;
    let request = tokio::spawn(get_text(router.clone(), "/held"));
    while !app.entered.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    for fee in 2..=50 {
        change(&app, fee).await;
    }
    app.gate.notify_one();
    assert_eq!(request.await.expect("the handler does not panic"), "1");

    app.gate.notify_one();
    assert_eq!(
        get_text(router, "/held").await,
        "50",
        "the next request sees the last"
    );
}

#[tokio::test(start_paused = true)]
async fn with_the_layer_and_middleware() {
    let app = app().await;
    let router = Router::new()
        .route("/held", get(held))
        .layer(from_fn_with_state(app.clone(), outer))
        .layer(SnapshotLayer::new(app.live.clone()))
        .with_state(app.clone());
    a_held_request_sees_one_version(app.clone(), router).await;
    assert_eq!(app.seen_by_middleware.load(Ordering::SeqCst), 50);
}

#[tokio::test(start_paused = true)]
async fn with_the_layer_forgotten() {
    let app = app().await;
    let router = Router::new()
        .route("/held", get(held))
        .with_state(app.clone());
    a_held_request_sees_one_version(app, router).await;
}

#[tokio::test(start_paused = true)]
async fn the_layer_pins_when_the_request_comes_in() {
    async fn fee(fee: Snapshot<Fee>) -> String {
        fee.fee.to_string()
    }
    async fn slow(
        State(app): State<App>,
        request: Request,
        next: Next,
    ) -> axum::response::Response {
        change(&app, app.live.load().fee + 1).await;
        next.run(request).await
    }
    let app = app().await;
    change(&app, 1).await;
    let router = Router::new()
        .route("/", get(fee))
        .layer(from_fn_with_state(app.clone(), slow))
        .with_state(app.clone());
    assert_eq!(get_text(router.clone(), "/").await, "2");
    let router = router.layer(SnapshotLayer::new(app.live));
    assert_eq!(get_text(router, "/").await, "2", "3 came after the request");
}

#[tokio::test(start_paused = true)]
async fn two_lives_of_one_state_do_not_mix() {
    async fn both(fee: Snapshot<Fee>, other: Snapshot<i32>) -> String {
        format!("{} {}", fee.fee, *other)
    }
    let app = app().await;
    change(&app, 3).await;
    let router = Router::new()
        .route("/", get(both))
        .layer(SnapshotLayer::new(app.other.clone()))
        .with_state(app);
    assert_eq!(get_text(router, "/").await, "3 7");
}
