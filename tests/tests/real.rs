//! The scenarios on the real server. `tests/real/server.sh up DIR` starts one and writes where it
//! is; without that these tests fail, they never pass in silence.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::process::Command;

use decree_runtime::{Client, ClientBuilder};
use decree_tests::{
    admin::Admin,
    scenario::{self, Server},
    torn,
};
use tonic::transport::Endpoint;

struct Real {
    address: String,
    dir: String,
    script: String,
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `tests/real/server.sh up DIR` and source DIR/env")
    })
}

fn shared() -> Real {
    Real {
        address: variable("DECREE_REAL_ADDR"),
        dir: variable("DECREE_REAL_DIR"),
        script: variable("DECREE_REAL_SCRIPT"),
    }
}

/// A server that a test may kill.
struct Own(Real);

impl Own {
    fn up() -> Self {
        let dir = format!("{}-own", variable("DECREE_REAL_DIR"));
        let script = variable("DECREE_REAL_SCRIPT");
        run(&script, "up", &dir);
        let env = std::fs::read_to_string(format!("{dir}/env")).expect("where it is");
        let address = env
            .lines()
            .find_map(|line| line.strip_prefix("DECREE_REAL_ADDR="));
        let address = address.expect("an address").to_owned();
        Self(Real {
            address,
            dir,
            script,
        })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.0.script("down");
    }
}

fn run(script: &str, command: &str, dir: &str) {
    let status = Command::new(script).args([command, dir]).status();
    assert!(status.expect("the script runs").success(), "{command}");
}

impl Real {
    fn script(&self, command: &str) {
        run(&self.script, command, &self.dir);
    }
}

impl Server for Real {
    fn client(&self) -> ClientBuilder {
        Client::builder(&self.address)
    }

    fn admin(&self) -> Admin {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
        Admin::new(endpoint.expect("an address").connect_lazy())
    }

    async fn restart(&self) {
        self.script("stop-server");
        self.script("start-server");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_followed_again() {
    scenario::a_killed_server_is_followed_again(&Own::up().0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_read_is_torn() {
    let versions = 100 * decree_tests::scale();
    let seen = torn::read_while_writing(&shared(), "torn", versions).await;
    println!("{seen:?}");
    assert!(seen.reads >= 100_000, "{seen:?}");
}
