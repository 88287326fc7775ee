//! The two servers, each in a process of its own.

use decree_dev::DevServer;
use decree_runtime::Client;
use decree_shop::App;
use decree_tests::itself::serving;
use tokio::net::TcpListener;

/// What the program is told to be the settings server.
pub(crate) const SETTINGS: &str = "settings";

/// What it is told to be the shop, before the address of the settings.
pub(crate) const SHOP: &str = "shop";

pub(crate) const TENANT: &str = "acme";

pub(crate) async fn settings() {
    let seed = include_str!("../../../../examples/shop/seed.yaml");
    let server = DevServer::builder().seed_yaml(seed).rate_limit(false);
    let server = server.start().await.expect("a free port");
    serving(server.addr().expect("it listens")).await;
    server.shutdown().await;
}

pub(crate) async fn shop(settings: &str) {
    let client = Client::builder(settings).subject("shop").build();
    let client = client.expect("sound options");
    let app = App::connect(&client, TENANT).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let web = listener.local_addr().expect("it listens");
    let router = decree_shop::router(app.expect("sound settings"));
    let serve = axum::serve(listener, router).with_graceful_shutdown(async move {
        serving(web).await;
        client.close().await;
    });
    serve.await.expect("it serves");
}
