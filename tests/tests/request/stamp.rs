//! The version on the response, and on the span.

use std::sync::{Arc, Mutex};

use axum::{Router, http::HeaderName, routing::get};
use decree_runtime::{Live, SnapshotLayer, StampLayer, testing};
use tower::{Layer, Service, ServiceExt, service_fn};
use tracing::{
    Instrument, Subscriber,
    field::{Empty, Field, Visit},
    span,
};
use tracing_subscriber::{Registry, layer::Context, layer::SubscriberExt};

use crate::support::{answer, request};

const VERSION: &str = "config-version";

#[tokio::test]
async fn a_response_says_the_version_that_it_was_made_with() {
    let (live, mut control) = testing::live(1);
    let inside = Arc::new(Mutex::new(Some(move || control.set(|n| *n += 1))));
    let handler = move || {
        let mut change = inside.lock().expect("nobody panics");
        let newest = change.as_mut().map(|change| change());
        std::future::ready(newest.map_or_else(String::new, |newest| newest.to_string()))
    };
    let router: Router = Router::new()
        .route("/", get(handler))
        .layer(StampLayer::new(live.clone()))
        .layer(StampLayer::new(live.clone()).header(HeaderName::from_static("outer")));
    for version in 1..10 {
        let response = answer(&router, "/").await;
        assert_eq!(response.headers()[VERSION], version.to_string());
        assert_eq!(response.headers()["outer"], version.to_string());
        assert_eq!(live.version(), version + 1);
    }
    let twice = router.layer(StampLayer::new(live.clone()));
    let missing = answer(&twice, "/none").await;
    let said: Vec<_> = missing.headers().get_all(VERSION).iter().collect();
    assert_eq!(said, ["10"], "once, and where there is no route");
}

#[tokio::test]
async fn an_error_of_the_inner_service_passes_as_it_is() {
    let fails =
        service_fn(|_: http::Request<()>| async { Err::<http::Response<()>, _>("no answer") });
    let stamped = StampLayer::new(Live::fixed(1)).layer(fails);
    let answer = stamped.oneshot(http::Request::new(())).await;
    assert_eq!(answer.expect_err("it fails"), "no answer");
}

/// Keeps what is recorded of a version.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let mut recorded = self.0.lock().expect("nobody panics");
        recorded.push(format!("{field}={value:?}"));
    }
}

impl<S: Subscriber> tracing_subscriber::Layer<S> for Recorded {
    fn on_record(&self, _: &span::Id, values: &span::Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }
}

#[tokio::test]
async fn the_span_of_a_request_has_the_version() {
    let (live, mut control) = testing::live(1);
    control.set(|_| ());
    let recorded = Recorded::default();
    let _guard = tracing::subscriber::set_default(Registry::default().with(recorded.clone()));
    let service = service_fn(|_| async { Ok::<_, &str>(http::Response::new(())) });
    let layers = (SnapshotLayer::new(live.clone()), StampLayer::new(live));
    let mut stamped = layers.layer(service);
    let span = tracing::info_span!("request", config.version = Empty);
    let other = tracing::info_span!("without the field");
    for span in [span, other] {
        let request = request("/").map(|_| ());
        let answer = span.in_scope(|| stamped.call(request));
        answer.instrument(span).await.expect("it answers");
    }
    assert_eq!(
        *recorded.0.lock().expect("nobody panics"),
        ["config.version=2"]
    );
}
