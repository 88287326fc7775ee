//! A request that is held open while the settings change a thousand times.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{FromRef, Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::get,
};
use decree_runtime::{Live, Snapshot, SnapshotLayer, testing::Control};
use tokio::sync::Semaphore;
use tower::{ServiceExt, service_fn};

use crate::support::{Fee, live, request};

#[derive(Clone)]
struct App {
    live: Live<Fee>,
    /// What was seen where.
    seen: Arc<Mutex<Vec<(&'static str, i32)>>>,
    entered: Arc<Semaphore>,
    gate: Arc<Semaphore>,
}

impl FromRef<App> for Live<Fee> {
    fn from_ref(app: &App) -> Self {
        app.live.clone()
    }
}

impl App {
    fn see(&self, place: &'static str, fee: i32) {
        let seen = self.seen.lock();
        seen.expect("nobody panics").push((place, fee));
    }

    /// Tells the test that the request is here, and waits for it.
    async fn hold(&self) {
        self.entered.add_permits(1);
        let go = self.gate.acquire().await;
        go.expect("the gate stays").forget();
    }
}

/// Settings change a thousand times wherever a request is held.
async fn middleware(State(app): State<App>, mut request: Request, next: Next) -> Response {
    app.see("middleware", app.live.pin(request.extensions_mut()).fee);
    app.hold().await;
    let response = next.run(request).await;
    app.hold().await;
    response
}

async fn handler(before: Snapshot<Fee>, State(app): State<App>, after: Snapshot<Fee>) {
    app.see("first extractor", before.fee);
    app.see("second extractor", after.fee);
    app.hold().await;
    app.see("after an await", before.fee);
    let (task, spawned) = (app.clone(), before.clone());
    let work = tokio::spawn(async move {
        task.hold().await;
        task.see("spawned work", spawned.fee);
    });
    work.await.expect("it does not panic");
}

async fn sub_service(app: App, mut request: Request) -> Result<Response, Infallible> {
    app.see("sub-service", app.live.pin(request.extensions_mut()).fee);
    app.hold().await;
    let seen = app.live.pinned(request.extensions());
    app.see("sub-service, again", seen.map_or(-1, |pinned| pinned.fee));
    Ok(Response::new(Body::empty()))
}

fn router(app: &App) -> Router {
    let service = {
        let app = app.clone();
        service_fn(move |request| sub_service(app.clone(), request))
    };
    let inner = Router::new()
        .route("/handler", get(handler))
        .route_service("/service", service)
        .layer(from_fn_with_state(app.clone(), middleware));
    Router::new()
        .nest("/nested", inner)
        .layer(from_fn_with_state(app.clone(), middleware))
        .with_state(app.clone())
}

/// Lets one request pass; whenever it is held, settings change. Returns the fee that it saw.
async fn sees_one(app: &App, control: &mut Control<Fee>, router: &Router, path: &str) -> i32 {
    let mut open = tokio::spawn(router.clone().oneshot(request(path)));
    loop {
        tokio::select! {
            done = &mut open => {
                assert!(done.expect("no panic").expect("no error").status().is_success());
                break;
            }
            held = app.entered.acquire() => {
                held.expect("it stays").forget();
                for _ in 0..1_000 {
                    control.set(|fee| fee.fee += 1);
                }
                app.gate.add_permits(1);
            }
        }
    }
    let seen = std::mem::take(&mut *app.seen.lock().expect("nobody panics"));
    let (_, first) = *seen.first().expect("it was seen");
    assert!(seen.len() >= 4, "{seen:?}");
    assert!(seen.iter().all(|(_, fee)| *fee == first), "{seen:?}");
    first
}

fn app() -> (App, Control<Fee>) {
    let (live, control) = live();
    let app = App {
        live,
        seen: Arc::default(),
        entered: Arc::new(Semaphore::new(0)),
        gate: Arc::new(Semaphore::new(0)),
    };
    (app, control)
}

#[tokio::test]
async fn a_held_request_sees_one_version_everywhere() {
    let (app, mut control) = app();
    let router = router(&app).layer(SnapshotLayer::new(app.live.clone()));
    for path in ["/nested/handler", "/nested/service"] {
        let newest = app.live.load().fee;
        assert_eq!(sees_one(&app, &mut control, &router, path).await, newest);
        assert!(app.live.load().fee >= newest + 5_000);
    }
}

#[tokio::test]
async fn a_held_request_sees_one_version_with_the_layer_forgotten() {
    let (app, mut control) = app();
    let router = router(&app);
    for path in ["/nested/handler", "/nested/service"] {
        let newest = app.live.load().fee;
        assert_eq!(sees_one(&app, &mut control, &router, path).await, newest);
    }
}
