//! Settings that say when they are gone, and a request without a socket.

use std::sync::{Arc, Weak};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    response::Response,
};
use decree_runtime::{
    Live,
    testing::{self, Control},
};
use tower::ServiceExt;

#[derive(Debug, Clone)]
pub(crate) struct Fee {
    pub(crate) fee: i32,
    /// As long as a version is, so is its own.
    pub(crate) life: Arc<()>,
}

pub(crate) fn fee(fee: i32) -> Fee {
    let life = Arc::default();
    Fee { fee, life }
}

pub(crate) fn live() -> (Live<Fee>, Control<Fee>) {
    testing::live(fee(1))
}

/// Dead when the version that readers see now is gone.
pub(crate) fn life(live: &Live<Fee>) -> Weak<()> {
    live.with(|fee| Arc::downgrade(&fee.life))
}

pub(crate) fn request(path: &str) -> Request {
    Request::get(path).body(Body::empty()).expect("a request")
}

pub(crate) async fn answer(router: &Router, path: &str) -> Response {
    let answer = router.clone().oneshot(request(path)).await;
    answer.expect("axum does not fail")
}

pub(crate) async fn text(router: &Router, path: &str) -> String {
    sent(router, request(path)).await
}

/// The body of the answer.
pub(crate) async fn sent(router: &Router, request: Request) -> String {
    let answer = router.clone().oneshot(request).await;
    let body = answer.expect("axum does not fail").into_body();
    let body = to_bytes(body, 1024).await.expect("a body");
    String::from_utf8(body.to_vec()).expect("text")
}
