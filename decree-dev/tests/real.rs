//! The same calls to this server and to the real one must have the same answers.
//!
//! Runs against the server at `DECREE_REAL_ADDR`, and does nothing without one.
#![cfg(feature = "cli")] // the feature that brings the client
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod script;

use decree_dev::DevServer;
use tonic::transport::Endpoint;

#[tokio::test]
async fn both_servers_give_the_same_answers() {
    let Ok(real) = std::env::var("DECREE_REAL_ADDR") else {
        return;
    };
    let dev = DevServer::builder().start().await.unwrap();
    let name = format!("t{}", fastrand::u64(..));
    let mut transcripts = Vec::new();
    for addr in [real, dev.addr().unwrap().to_string()] {
        let endpoint = Endpoint::from_shared(format!("http://{addr}")).unwrap();
        transcripts.push(script::run(endpoint.connect().await.unwrap(), &name).await);
    }
    let dev = transcripts.pop().unwrap();
    let real = transcripts.pop().unwrap();
    let differences: Vec<_> = real
        .iter()
        .zip(&dev)
        .filter(|(real, dev)| real != dev)
        .map(|(real, dev)| format!("real: {real}\n dev: {dev}\n"))
        .collect();
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.concat()
    );
    assert_eq!(real.len(), dev.len());
}
