//! The scenarios on the real server. `tests/real/server.sh up DIR` starts one and writes where it
//! is; without that these tests fail, they never pass in silence.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use decree_runtime::{Client, ClientBuilder};
use decree_tests::{
    admin::Admin,
    real::{Own, variable},
    scenario::{self, Server},
    shapes, torn,
};
use tonic::transport::Endpoint;

/// The server that all tests share.
struct Shared {
    address: String,
}

fn shared() -> Shared {
    Shared {
        address: variable("DECREE_REAL_ADDR"),
    }
}

/// A server that a test may kill.
struct Mortal(Own);

fn client(address: &str) -> ClientBuilder {
    Client::builder(address)
}

fn admin(address: &str) -> Admin {
    let endpoint = Endpoint::from_shared(format!("http://{address}"));
    Admin::new(endpoint.expect("an address").connect_lazy())
}

impl Server for Shared {
    fn client(&self) -> ClientBuilder {
        client(&self.address)
    }

    fn admin(&self) -> Admin {
        admin(&self.address)
    }

    async fn restart(&self) {
        unreachable!("others use it")
    }
}

impl Server for Mortal {
    fn client(&self) -> ClientBuilder {
        client(&self.0.address)
    }

    fn admin(&self) -> Admin {
        admin(&self.0.address)
    }

    async fn restart(&self) {
        self.0.script("stop-server");
        self.0.script("start-server");
    }
}

macro_rules! scenarios {
    ($($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            scenario::$name(&shared()).await;
        }
    )*};
}

scenarios! {
    a_quiet_tenant_starts_at_once_on_defaults
    a_change_arrives_by_the_stream
    a_rollback_arrives_within_the_reconcile_interval
    a_null_is_none_or_the_default_and_never_zero
    what_the_server_redacts_is_an_error_and_never_data
    a_bad_version_keeps_the_last_good_one
    a_batch_that_cuts_the_stream_converges
    bad_input_is_explained
}

/// What the official command line shows is what the struct shows.
#[tokio::test(flavor = "multi_thread")]
async fn every_shape_follows_the_server() {
    let texts = async |tenant: &str| decree_tests::real::texts(&shared().address, tenant);
    shapes::every_shape_follows(&shared(), texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_followed_again() {
    let own = Mortal(Own::up("mortal", ""));
    scenario::a_killed_server_is_followed_again(&own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_read_is_torn() {
    let versions = 100 * decree_tests::scale();
    let seen = torn::read_while_writing(&shared(), "torn", versions).await;
    println!("{seen:?}");
    assert!(seen.reads >= 100_000, "{seen:?}");
}
