//! Two who write the same field: nobody's write is lost without a word.

use std::process::ExitCode;

use decree_examples::{Outcome, Server, report, say, tenant};
use decree_runtime::ErrorKind;
use tokio::task::JoinSet;

const PATH: &str = "server.rate_limit";

#[tokio::main]
async fn main() -> ExitCode {
    report(run().await)
}

async fn run() -> Outcome {
    let server = Server::find(include_str!("seed.yaml")).await?;
    let tenant = tenant("acme-corp");
    let alice = server.admin("alice")?.build()?;
    let bob = server.admin("bob")?.build()?;
    let start: u32 = alice.get(&tenant, PATH).await?;

    let seen = alice.get_for_update::<u32>(&tenant, PATH).await?;
    say(format!("alice sees {start}"));
    bob.set(&tenant, PATH, start + 5).await?;
    say(format!("bob writes {}", start + 5));
    match alice.write(&tenant, seen.set(start + 1)).await {
        Err(error) if error.kind() == ErrorKind::ChecksumMismatch => {
            say(format!("alice cannot write {}: it changed", start + 1));
        }
        other => say(format!("unexpected: {other:?}")),
    }

    let seen = alice.get_for_update::<u32>(&tenant, PATH).await?;
    let now = seen.value().copied().unwrap_or(start);
    alice.write(&tenant, seen.set(now + 1)).await?;
    say(format!(
        "alice looks again, sees {now} and writes {}",
        now + 1
    ));

    // `update` is that loop.
    let mut writers = JoinSet::new();
    for client in [&alice, &bob, &alice, &bob] {
        let (client, tenant) = (client.clone(), tenant.clone());
        writers.spawn(async move { client.update(&tenant, PATH, |limit: u32| limit + 10).await });
    }
    while let Some(written) = writers.join_next().await {
        written??;
    }
    let end: u32 = alice.get(&tenant, PATH).await?;
    say(format!("four add 10 at the same moment: {end}"));

    alice.close().await;
    bob.close().await;
    server.shutdown().await;
    Ok(())
}
