//! The watch against the real server in bad weather: databases, messengers and servers come and go,
//! and answers are wrong for a while. Each test has a server of its own; `--nocapture` shows the
//! figures.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod answers;
mod history;
mod limits;
mod newcomers;
mod outages;
mod standbys;
mod two_servers;

use std::time::Duration;

use decree_tests::admin::Admin;
use tonic::transport::Endpoint;

/// As many copies as a service may have; together they are more than the server lets through at
/// once.
const APPS: usize = 20;

/// After an outage.
const BACK: Duration = Duration::from_secs(10);

/// What nobody announced: the interval at its longest, and a read on a busy machine.
const TICK: Duration = Duration::from_secs(33 + 3);

fn admin(address: &str) -> Admin {
    let endpoint = Endpoint::from_shared(format!("http://{address}"));
    let endpoint = endpoint
        .expect("an address")
        .timeout(Duration::from_secs(10));
    Admin::new(endpoint.connect_lazy())
}

/// A tenant of its own for each run on the server that all share.
fn unique(name: &str) -> String {
    format!("{name}-{:08x}", fastrand::u32(..))
}
