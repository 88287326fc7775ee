//! The whole router on settings that a test sets by hand: no server, no network, no waiting.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, StatusCode, request::Builder},
    response::Response,
};
use decree_runtime::testing::{self, Control};
use decree_shop::{
    App, router,
    settings::{Access, Pricing, Storefront},
    v1::{QuoteRequest, prices_client::PricesClient},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tower::ServiceExt;

const KEY: &str = "key-of-yesterday";

struct Shop {
    router: Router,
    pricing: Control<Pricing>,
    access: Control<Access>,
    storefront: Control<Storefront>,
}

fn shop() -> Shop {
    let (pricing, pricing_control) = testing::live(Pricing {
        discount: 0,
        campaign: "0 % off".to_owned(),
    });
    let (access, access_control) = testing::live(Access {
        key: KEY.to_owned().into(),
        previous_key: None,
        staff_key: "back-door-key".to_owned().into(),
    });
    let (storefront, storefront_control) = testing::live(Storefront {
        page_size: 3,
        max_quantity: 10,
        open: true,
    });
    let app = App {
        pricing,
        access,
        storefront,
        store: Arc::default(),
    };
    Shop {
        router: router(app),
        pricing: pricing_control,
        access: access_control,
        storefront: storefront_control,
    }
}

impl Shop {
    /// Both fields are written together, and so belong together.
    fn discount(&mut self, percent: u32) {
        self.pricing.set(|pricing| {
            pricing.discount = percent;
            pricing.campaign = format!("{percent} % off");
        });
    }

    async fn send(&self, request: Builder, body: impl Into<Body>) -> Response {
        let request = request.header("x-api-key", KEY).body(body.into());
        let answer = self.router.clone().oneshot(request.expect("a request"));
        answer.await.expect("a router does not fail")
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.send(Request::get(path), Body::empty()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        json_of(response).await
    }

    async fn status(&self, request: Builder, body: Value) -> StatusCode {
        let request = request.header("content-type", "application/json");
        self.send(request, body.to_string()).await.status()
    }
}

async fn json_of(response: Response) -> Value {
    let body = to_bytes(response.into_body(), 1 << 16).await;
    serde_json::from_slice(&body.expect("a body")).expect("JSON")
}

/// The shortest kind: a setting, a request, an answer.
#[tokio::test]
async fn a_page_is_as_long_as_the_setting_says() {
    let mut shop = shop();
    shop.storefront.set(|storefront| storefront.page_size = 2);
    let page = shop.get("/api/products?page=1").await;
    assert_eq!(page.as_array().map(Vec::len), Some(2));
    assert_eq!(page[0]["name"], "chisel");
}

#[tokio::test]
async fn a_request_that_is_held_open_sees_one_version_everywhere() {
    let mut shop = shop();
    shop.discount(25);
    shop.send(Request::post("/api/carts"), Body::empty()).await;
    let anvils = json!({"quantity": 2});
    shop.status(Request::put("/api/carts/1/items/1"), anvils)
        .await;

    let (send, body) = oneshot::channel::<Bytes>();
    let order = Request::post("/api/orders").header("content-type", "application/json");
    let body = Body::from_stream(stream::once(body));
    let order = shop.router.clone().oneshot(
        order
            .header("x-api-key", KEY)
            .body(body)
            .expect("a request"),
    );
    let mut order = tokio_test::task::spawn(order);
    assert!(order.poll().is_pending(), "it waits for the body");
    for n in 0..1_000 {
        shop.discount(n % 91);
        shop.access
            .set(|access| access.key = format!("key-number-{n}").into());
        shop.storefront
            .set(|storefront| storefront.open = n % 2 == 1);
    }
    send.send(Bytes::from(r#"{"cart": 1}"#))
        .expect("it is read");

    let response = order.await.expect("a router does not fail");
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["config-version"], "2", "the layer");
    assert_eq!(response.headers()["x-campaign"], "25 % off", "middleware");
    let order = json_of(response).await;
    let promised = json!({"cents": 7350, "discount": 25, "campaign": "25 % off", "version": 2});
    assert_eq!(order["quote"], promised, "the handler");

    shop.access.set(|access| access.key = KEY.to_owned().into());
    let price = shop.get("/api/products/1/price").await;
    assert_eq!(price["version"], 1_002, "the next request sees the last");
    assert_eq!(price["campaign"], "89 % off");
}

#[tokio::test]
async fn keys_change_without_a_restart() {
    let mut shop = shop();
    let campaign = || Request::get("/api/campaign");
    let ask = async |shop: &Shop| shop.send(campaign(), Body::empty()).await.status();
    assert_eq!(ask(&shop).await, StatusCode::OK);
    shop.access.set(|access| {
        access.previous_key = Some(std::mem::replace(
            &mut access.key,
            "a-new-key".to_owned().into(),
        ));
    });
    assert_eq!(ask(&shop).await, StatusCode::OK, "both pass for a while");
    shop.access.set(|access| access.previous_key = None);
    assert_eq!(ask(&shop).await, StatusCode::UNAUTHORIZED);

    let staff = Request::get("/admin/settings");
    assert_eq!(
        shop.send(staff, Body::empty()).await.status(),
        StatusCode::UNAUTHORIZED
    );
    let mut access = shop.access;
    access.set(|access| access.staff_key = KEY.to_owned().into());
    let staff = Request::get("/admin/settings")
        .header("x-api-key", KEY)
        .body(Body::empty());
    let staff = shop.router.oneshot(staff.expect("a request")).await;
    assert_eq!(
        staff.expect("a router does not fail").status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn events_follow_the_campaign_and_end_with_the_watch() {
    let mut shop = shop();
    let response = shop
        .send(Request::get("/api/campaign/events"), Body::empty())
        .await;
    let mut events = response.into_body().into_data_stream();
    let mut next = async || {
        let event = events.next().await?.expect("no error");
        Some(String::from_utf8(event.to_vec()).expect("text"))
    };
    let first = next().await.expect("an event");
    assert_eq!(
        first,
        "id: 1\ndata: {\"text\":\"0 % off\",\"discount\":0}\n\n"
    );
    shop.discount(30);
    shop.pricing.set(|_| ()); // A version that leaves the campaign as it is is no event.
    shop.discount(40);
    let event = next().await.expect("an event");
    assert_eq!(
        event,
        "id: 4\ndata: {\"text\":\"40 % off\",\"discount\":40}\n\n"
    );
    drop(shop.pricing);
    assert_eq!(next().await, None);
}

#[tokio::test]
async fn grpc_is_inside_of_the_same_layers() {
    let mut shop = shop();
    shop.discount(50);
    // A router is a channel that needs no network.
    let mut till = PricesClient::new(shop.router.clone());
    let request = QuoteRequest {
        product: 4,
        quantity: 3,
    };
    let refused = till.quote(request).await.expect_err("it has no key");
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);

    let mut request = tonic::Request::new(request);
    request
        .metadata_mut()
        .insert("x-api-key", KEY.parse().expect("a value"));
    let reply = till.quote(request).await.expect("a quote");
    assert_eq!(
        reply
            .metadata()
            .get("config-version")
            .expect("it is stamped"),
        "2"
    );
    let quote = reply.into_inner();
    assert_eq!(
        (quote.cents, quote.discount, quote.version),
        (12_000, 50, 2)
    );
    assert_eq!(quote.campaign, "50 % off");
}

#[tokio::test]
async fn every_route_answers() {
    let mut shop = shop();
    for (request, body, status) in [
        (Request::get("/healthz"), json!({}), 200),
        (Request::get("/readyz"), json!({}), 200),
        (Request::get("/api/products/5"), json!({}), 200),
        (Request::get("/api/products/6"), json!({}), 404),
        (Request::get("/api/products/6/price"), json!({}), 404),
        (Request::get("/api/campaign"), json!({}), 200),
        (Request::get("/api/carts/1"), json!({}), 404),
        (Request::post("/api/carts"), json!({}), 201),
        (
            Request::put("/api/carts/1/items/2"),
            json!({"quantity": 10}),
            200,
        ),
        (
            Request::put("/api/carts/1/items/2"),
            json!({"quantity": 11}),
            422,
        ),
        (Request::get("/api/carts/1"), json!({}), 200),
        (Request::get("/api/carts/1/total"), json!({}), 200),
        (Request::delete("/api/carts/1/items/2"), json!({}), 200),
        (Request::delete("/api/carts/2"), json!({}), 404),
        (Request::post("/api/orders"), json!({"cart": 1}), 201),
        (Request::post("/api/orders"), json!({"cart": 1}), 404),
        (Request::get("/api/orders"), json!({}), 200),
        (Request::get("/api/orders/0"), json!({}), 200),
        (Request::post("/api/orders/0/cancel"), json!({}), 200),
        (Request::get("/api/nothing"), json!({}), 404),
        (Request::get("/admin/status"), json!({}), 401),
    ] {
        let asked = format!("{request:?}");
        assert_eq!(shop.status(request, body).await.as_u16(), status, "{asked}");
    }
    shop.storefront.set(|storefront| storefront.open = false);
    let order = shop.status(Request::post("/api/orders"), json!({"cart": 1}));
    assert_eq!(order.await, StatusCode::SERVICE_UNAVAILABLE);
}
