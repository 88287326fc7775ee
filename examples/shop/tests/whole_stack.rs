//! The shop as it runs: a settings server, a watch, sockets.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{net::SocketAddr, time::Duration};

use decree_dev::DevServer;
use decree_runtime::{Client, Live, Role, Write};
use decree_shop::{
    App,
    v1::{QuoteRequest, prices_client::PricesClient},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tonic::transport::Endpoint;

/// More than a lost announcement takes.
const SOON: Duration = Duration::from_secs(60);

struct Shop {
    app: App,
    web: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
    people: Client,
    // Dropped last: it ends then.
    _settings: DevServer,
}

async fn shop() -> Shop {
    let settings = DevServer::builder().seed_yaml(include_str!("../seed.yaml"));
    let settings = settings.start().await.expect("a free port");
    let address = settings.addr().expect("it listens").to_string();
    let client = Client::builder(&address).subject("shop").build();
    let client = client.expect("sound options");
    let app = App::connect(&client, "acme").await.expect("sound settings");

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let web = listener.local_addr().expect("it listens");
    let (stop, stopped) = oneshot::channel();
    let serve = axum::serve(listener, decree_shop::router(app.clone()));
    let serve = serve.with_graceful_shutdown(async move {
        let _told = stopped.await;
        client.close().await;
    });
    let people = Client::builder(&address).subject("ada").role(Role::Admin);
    Shop {
        app,
        web,
        stop,
        served: tokio::spawn(async { serve.await }),
        people: people.build().expect("sound options"),
        _settings: settings,
    }
}

impl Shop {
    async fn discount(&self, percent: i64) -> i32 {
        let write = Write::new()
            .set("pricing.discount", percent)
            .set("pricing.campaign", format!("{percent} % off"));
        let version = self.people.write("acme", write).await.expect("written");
        shown(&self.app.pricing, version).await;
        version
    }

    async fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.web).await;
        stream.expect("it listens")
    }

    async fn get(&self, path: &str, key: &str) -> String {
        let mut stream = self.connect().await;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: shop\r\nx-api-key: {key}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    }
}

async fn shown<C: Send + Sync + 'static>(live: &Live<C>, version: i32) {
    let shown = live.wait_for_version(version, SOON).await;
    shown.expect("it is shown");
}

/// Reads until `text` has come.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = Vec::new();
    let come = timeout(SOON, async {
        while !String::from_utf8_lossy(&read).contains(text) {
            assert_ne!(stream.read_buf(&mut read).await.expect("it goes on"), 0);
        }
    });
    let come = come.await;
    let read = String::from_utf8_lossy(&read).into_owned();
    assert!(come.is_ok(), "no {text:?} in {read:?}");
    read
}

#[tokio::test]
async fn a_request_that_is_held_open_sees_one_version() {
    let shop = shop().await;
    let before = shop.discount(25).await;
    let mut cart = shop.connect().await;
    let create = b"POST /api/carts HTTP/1.1\r\nhost: shop\r\nx-api-key: open-sesame\r\n\r\n";
    cart.write_all(create).await.expect("sent");
    read_until(&mut cart, "201 Created").await;

    let mut order = shop.connect().await;
    let head = "POST /api/orders HTTP/1.1\r\nhost: shop\r\nx-api-key: open-sesame\r\n\
        content-type: application/json\r\ncontent-length: 11\r\nexpect: 100-continue\r\n\r\n";
    order.write_all(head.as_bytes()).await.expect("sent");
    // Said when the handler waits for the body: it has what it takes from the settings.
    read_until(&mut order, "100 Continue").await;
    for percent in 30..50 {
        shop.discount(percent).await;
    }
    order.write_all(br#"{"cart": 1}"#).await.expect("sent");
    let answer = read_until(&mut order, "cancelled").await;
    assert!(
        answer.contains(&format!("config-version: {before}\r\n")),
        "{answer}"
    );
    assert!(answer.contains("x-campaign: 25 % off\r\n"), "{answer}");
    let quote = format!(r#""discount":25,"campaign":"25 % off","version":{before}}}"#);
    assert!(answer.contains(&quote), "{answer}");

    let price = shop.get("/api/products/1/price", "open-sesame").await;
    assert!(
        price.contains(r#""discount":49,"campaign":"49 % off""#),
        "{price}"
    );
}

#[tokio::test]
async fn a_key_changes_without_a_restart() {
    let shop = shop().await;
    let ask = async |key: &str| shop.get("/api/campaign", key).await;
    assert!(ask("open-sesame").await.starts_with("HTTP/1.1 200"));
    let version = shop.people.set("acme", "access.key", "closed-sesame").await;
    shown(&shop.app.access, version.expect("written")).await;
    assert!(ask("open-sesame").await.starts_with("HTTP/1.1 401"));
    assert!(ask("closed-sesame").await.starts_with("HTTP/1.1 200"));

    // One that is too short locks nobody out: the last good version stays.
    let version = shop
        .people
        .set("acme", "access.key", "short")
        .await
        .expect("written");
    let refused = shop.app.access.wait_for_version(version, SOON).await;
    assert!(refused.is_err());
    assert!(ask("closed-sesame").await.starts_with("HTTP/1.1 200"));
    assert!(ask("short").await.starts_with("HTTP/1.1 401"));
    let status = shop.get("/admin/status", "back-door-key").await;
    assert!(
        status.contains("access.key") && !status.contains("short"),
        "{status}"
    );
}

#[tokio::test]
async fn events_follow_changes_and_let_the_program_stop() {
    let shop = shop().await;
    let mut events = shop.connect().await;
    let request =
        "GET /api/campaign/events HTTP/1.1\r\nhost: shop\r\nx-api-key: open-sesame\r\n\r\n";
    events.write_all(request.as_bytes()).await.expect("sent");
    read_until(&mut events, "no campaign").await;
    for percent in [10, 20, 30] {
        shop.discount(percent).await;
        read_until(&mut events, &format!("{percent} % off")).await;
    }
    shop.stop.send(()).expect("it waits");
    let served = timeout(SOON, shop.served).await;
    let served = served.expect("the open stream does not keep it");
    served.expect("no panic").expect("no error");
}

#[tokio::test]
async fn grpc_on_the_same_port_sees_the_same_version() {
    let shop = shop().await;
    let channel = Endpoint::from_shared(format!("http://{}", shop.web)).expect("an address");
    let channel = channel.connect().await.expect("it listens");
    let mut till = PricesClient::with_interceptor(channel, |mut request: tonic::Request<()>| {
        let key = tonic::metadata::MetadataValue::from_static("open-sesame");
        request.metadata_mut().insert("x-api-key", key);
        Ok(request)
    });
    for percent in [5, 15] {
        let version = shop.discount(percent).await;
        let request = QuoteRequest {
            product: 1,
            quantity: 1,
        };
        let quote = till.quote(request).await.expect("a quote").into_inner();
        let campaign = format!("{percent} % off");
        assert_eq!((quote.version, &*quote.campaign), (version, &*campaign));
        let price = shop.get("/api/products/1/price", "open-sesame").await;
        assert!(
            price.contains(&format!("config-version: {version}\r\n")),
            "{price}"
        );
        assert!(
            price.contains(&format!(r#""cents":{},"#, quote.cents)),
            "{price}"
        );
    }
}
