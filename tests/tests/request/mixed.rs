//! Several settings in one request.

use axum::{
    Router,
    extract::{FromRef, Request},
    routing::get,
};
use decree_runtime::{Live, Snapshot, SnapshotLayer, testing};

use crate::support::{Fee, fee, live, request, sent, text};

#[derive(Clone, FromRef)]
struct App {
    fees: Live<Fee>,
    limits: Live<u32>,
}

#[tokio::test]
async fn two_settings_of_one_state_have_a_version_each() {
    async fn both(fee: Snapshot<Fee>, limit: Snapshot<u32>, live: Live<u32>) -> String {
        format!("{} {} {}", fee.fee, *limit, live.version())
    }
    let (fees, mut fees_control) = live();
    let (limits, mut limits_control) = testing::live(10);
    let app = App { fees, limits };
    let router = Router::new().route("/", get(both)).with_state(app.clone());
    let router = router.layer(SnapshotLayer::new(app.limits));
    assert_eq!(text(&router, "/").await, "1 10 1");
    fees_control.set(|fee| fee.fee = 2);
    limits_control.set(|limit| *limit = 20);
    limits_control.set(|limit| *limit = 30);
    assert_eq!(text(&router, "/").await, "2 30 3");
}

/// As of two tenants: each keeps its own pin, whoever pinned first.
#[tokio::test]
async fn two_lives_of_one_type_never_mix() {
    let mut lives: Vec<_> = (0..8).map(|n| testing::live(fee(n))).collect();
    for first in 0..lives.len() {
        let mut request = request("/");
        for at in (first..lives.len()).chain(0..first) {
            let pinned = lives[at].0.pin(request.extensions_mut());
            let newest = lives[at].1.set(|fee| fee.fee += 100);
            assert_eq!(pinned.version() + 1, newest);
        }
        for (at, (live, _)) in lives.iter().enumerate() {
            let pinned = live.pinned(request.extensions()).expect("it was pinned");
            assert_eq!(pinned.fee, i32::try_from(first * 100 + at).expect("small"));
            assert_eq!(
                live.clone().pin(request.extensions_mut()).fee,
                pinned_fee(live, &request)
            );
        }
    }
}

fn pinned_fee(live: &Live<Fee>, request: &Request) -> i32 {
    live.pinned(request.extensions()).map_or(-1, |fee| fee.fee)
}

/// The state holds one, the layer another: each reader sees that which it asks for.
#[tokio::test]
async fn a_layer_of_another_live_is_not_what_the_extractor_sees() {
    let (of_state, of_layer) = (Live::fixed(fee(1)), Live::fixed(fee(2)));
    let handler = |fee: Snapshot<Fee>, request: Request| async move {
        format!("{} {}", fee.fee, request.extensions().len())
    };
    let router = Router::new()
        .route("/", get(handler))
        .layer(SnapshotLayer::new(of_layer))
        .with_state(of_state);
    assert!(text(&router, "/").await.starts_with("1 "));
}

/// The memory of a handle that is gone is soon that of another.
#[test]
fn a_pin_is_not_taken_for_that_of_a_later_live() {
    let mut request = request("/");
    for n in 0..100 {
        let live = Live::fixed(fee(n));
        assert!(live.pinned(request.extensions()).is_none());
        assert_eq!(live.pin(request.extensions_mut()).fee, n);
    }
}

/// As of a request that a handler makes itself.
#[tokio::test]
async fn a_request_with_the_extensions_of_another_has_its_pins() {
    let (live, mut control) = live();
    let layered = SnapshotLayer::new(live.clone());
    let handler = |fee: Snapshot<Fee>| async move { fee.fee.to_string() };
    let router = Router::new().route("/", get(handler)).layer(layered);
    let router = router.with_state(live.clone());
    let mut first = request("/");
    assert_eq!(live.pin(first.extensions_mut()).fee, 1);
    control.set(|fee| fee.fee = 2);
    let mut second = request("/");
    *second.extensions_mut() = first.extensions().clone();
    assert_eq!(sent(&router, second).await, "1");
    assert_eq!(text(&router, "/").await, "2");
}
