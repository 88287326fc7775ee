//! What this server answers is what the real one answers.
//!
//! `transcript.txt` holds the answers of the real server to a script of calls. This server must give
//! the same. With feature `real`, the real server at `DECREE_REAL_ADDR` must, too, and
//! `DECREE_BLESS=1` writes down what it says.
#![cfg(feature = "cli")] // the feature that brings the client
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod script;

use std::fmt::Write as _;

use decree_dev::DevServer;
use tonic::transport::Endpoint;

/// Where the two disagree, in lines that can be read.
async fn differences(address: &str) -> (Vec<String>, String) {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    // The real server keeps what former runs made.
    let name = format!("t{}", fastrand::u64(..));
    let said = script::run(endpoint.connect().await.unwrap(), &name).await;
    let recorded = include_str!("transcript.txt").lines();
    let mut differences = String::new();
    for (said, recorded) in said.iter().zip(recorded.clone()) {
        if said != recorded {
            writeln!(differences, "recorded: {recorded}\n    said: {said}\n").unwrap();
        }
    }
    if said.len() != recorded.clone().count() {
        let recorded = recorded.count();
        writeln!(
            differences,
            "{recorded} answers are recorded, {} were given",
            said.len()
        )
        .unwrap();
    }
    (said, differences)
}

#[tokio::test]
async fn this_server_answers_as_the_real_one_did() {
    let server = DevServer::builder().start().await.unwrap();
    let (_, differences) = differences(&server.addr().unwrap().to_string()).await;
    assert!(differences.is_empty(), "{differences}");
}

#[cfg(feature = "real")]
#[tokio::test]
async fn the_real_server_answers_as_it_did() {
    let address = std::env::var("DECREE_REAL_ADDR");
    let address = address.expect("DECREE_REAL_ADDR: see tests/real/README.md");
    let (said, differences) = differences(&address).await;
    if std::env::var_os("DECREE_BLESS").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcript.txt");
        std::fs::write(file, said.join("\n") + "\n").unwrap();
    } else {
        assert!(differences.is_empty(), "{differences}");
    }
}
