//! The suite on the real server, with headers and without encryption.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use decree_runtime::{Client, ClientBuilder, Role};
use decree_tests::{admin::Admin, conformance::Target};
use tonic::transport::Endpoint;

struct Real {
    address: String,
}

async fn real() -> Real {
    let address = std::env::var("DECREE_REAL_ADDR");
    let address = address.expect("DECREE_REAL_ADDR: see tests/real/README.md");
    Real { address }
}

impl Target for Real {
    fn client(&self, role: Role, _: &str) -> ClientBuilder {
        Client::builder(&self.address)
            .subject("conformance")
            .role(role)
    }

    fn admin(&self) -> Admin {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
        Admin::new(endpoint.expect("an address").connect_lazy())
    }
}

decree_tests::conformance!(super::real());

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_comes_back() {
    let cases = u32::try_from(60 * decree_tests::scale()).expect("a sensible scale");
    decree_tests::round_trip::what_is_written_comes_back(&real().await, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_reads_texts_at_the_edge_as_our_parser_does() {
    decree_tests::edges::our_parser_reads_them();
    decree_tests::edges::the_server_reads_them(&real().await).await;
}
