//! The suite on the real server, in every way to be let in.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::time::Duration;

use decree_runtime::{Client, ClientBuilder, ErrorKind, RetryPolicy, Role, Write};
use decree_tests::{
    access::{Access, Certificates, Tokens},
    admin::Admin,
    conformance::{Target, all},
    edges,
    real::{Own, variable},
    round_trip,
};
use tokio::task::JoinSet;
use tonic::transport::Endpoint;

struct Real {
    address: String,
    access: Access,
}

fn shared() -> Real {
    Real {
        address: variable("DECREE_REAL_ADDR"),
        access: Access::Headers,
    }
}

impl Real {
    fn own(own: &Own, access: Access) -> Self {
        let port = own.address.rsplit(':').next().unwrap_or_default();
        let address = match access {
            Access::Headers | Access::Tokens(_) => own.address.clone(),
            Access::Tls(_) | Access::MutualTls(_) => format!("https://localhost:{port}"),
        };
        Self { address, access }
    }
}

impl Target for Real {
    fn client(&self, role: Role, tenant_id: &str) -> ClientBuilder {
        let builder = Client::builder(&self.address);
        self.access.let_in(builder, role, tenant_id)
    }

    fn admin(&self) -> Admin {
        let plain = || {
            let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
            endpoint.expect("an address")
        };
        match &self.access {
            Access::Headers => Admin::new(plain().connect_lazy()),
            Access::Tokens(tokens) => {
                Admin::new(plain().connect_lazy()).bearer(&tokens.superadmin())
            }
            Access::Tls(certificates) | Access::MutualTls(certificates) => {
                let endpoint = Endpoint::from_shared(self.address.clone()).expect("an address");
                let endpoint = endpoint.tls_config(certificates.channel());
                Admin::new(endpoint.expect("sound certificates").connect_lazy())
            }
        }
    }
}

decree_tests::conformance!(std::future::ready(super::shared()));

/// Every part, both ways, on a server of its own.
async fn whole_suite(own: &Own, access: Access) {
    let target = Real::own(own, access);
    all::asynchronous(&target).await;
    all::blocking(&target).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tokens() {
    let tokens = Tokens::new().await;
    let own = Own::up("jwt", &tokens.variables());
    whole_suite(&own, Access::Tokens(tokens)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls() {
    let certificates = Certificates::new();
    let files = certificates.files();
    let own = Own::up("tls", &files.variables(false));
    whole_suite(&own, Access::Tls(certificates)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_mutual_tls() {
    let certificates = Certificates::new();
    let files = certificates.files();
    let own = Own::up("mtls", &files.variables(true));
    whole_suite(&own, Access::MutualTls(certificates)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_comes_back() {
    let cases = u32::try_from(60 * decree_tests::scale()).expect("a sensible scale");
    round_trip::what_is_written_comes_back(&shared(), cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_reads_texts_at_the_edge_as_our_parser_does() {
    edges::our_parser_reads_them();
    edges::the_server_reads_them(&shared()).await;
}

/// A write with a key is not tried again after a lost race, for the server would do nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_race_that_is_lost_is_a_write_conflict() {
    let target = shared();
    let tenant = target.plain_tenant("race").await;
    let client = target
        .client(Role::Admin, &tenant.id)
        .build()
        .expect("sound");
    let mut lost = None;
    for round in 0..50 {
        let mut writers = JoinSet::new();
        for writer in 0..16 {
            let (client, name) = (client.clone(), tenant.name.clone());
            let key = format!("{name}-{round}-{writer}");
            let write = Write::new()
                .set("pay.fee", f64::from(writer))
                .idempotency_key(key);
            writers.spawn(async move { client.write(&name, write).await });
        }
        let results = writers.join_all().await;
        lost = results.into_iter().find_map(Result::err);
        if lost.is_some() {
            break;
        }
    }
    let lost = lost.expect("sixteen at once outrun the server's own attempts");
    assert_eq!(lost.kind(), ErrorKind::WriteConflict, "{lost}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_server_is_a_timeout_and_one_that_is_gone_is_unavailable() {
    let own = Own::up("gone", "");
    let target = Real::own(&own, Access::Headers);
    let tenant = target.plain_tenant("gone").await;
    let client = target
        .client(Role::Admin, &tenant.id)
        .retry(RetryPolicy::never());
    let client = client.build().expect("sound");
    let set = || client.set(&tenant.name, "pay.fee", 0.5);
    set().await.expect("it is there");
    let get = |client: &Client| {
        let (client, name) = (client.clone(), tenant.name.clone());
        async move { client.get::<f64>(&name, "pay.fee").await }
    };
    own.freeze();
    let brief = client.with_timeout(Duration::from_millis(300));
    let read = get(&brief).await.expect_err("nobody answers");
    assert_eq!(read.kind(), ErrorKind::Timeout, "{read}");
    own.script("stop-server");
    let read = get(&client).await.expect_err("nobody is there");
    assert_eq!(read.kind(), ErrorKind::Unavailable, "{read}");
    let written = set().await.expect_err("nobody is there");
    assert_eq!(written.kind(), ErrorKind::Unavailable, "{written}");
}
