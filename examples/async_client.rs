//! Calls side by side, several fields as one version, and the versions themselves.

use std::{process::ExitCode, time::Duration};

use decree_examples::{Outcome, Server, report, say, tenant};
use decree_runtime::Write;

#[tokio::main]
async fn main() -> ExitCode {
    report(run().await)
}

async fn run() -> Outcome {
    let server = Server::find(include_str!("seed.yaml")).await?;
    let tenant = tenant("acme-corp");
    let client = server.admin("async_client")?.build()?;

    let (name, limit, timeout) = tokio::try_join!(
        client.get::<String>(&tenant, "app.name"),
        client.get::<u32>(&tenant, "server.rate_limit"),
        client.get::<Duration>(&tenant, "server.timeout"),
    )?;
    say(format!("at once: {name}, {limit} calls, {timeout:?}"));

    let before = client.read(&tenant).await?;
    say(format!("one read of version {}:", before.version()));
    for (path, text) in before.texts() {
        say(format!("  {path} = {text}"));
    }

    let write = Write::new()
        .set("server.rate_limit", limit + 50)
        .set("server.timeout", timeout + Duration::from_secs(15))
        .note("the new partner is slow")
        .description("partner launch");
    let launched = client.write(&tenant, write).await?;
    say(format!("both are version {launched}:"));
    for diff in client.diff(&tenant, before.version(), launched).await? {
        let (old, new) = (diff.old.unwrap_or_default(), diff.new.unwrap_or_default());
        say(format!("  {}: {old} -> {new}", diff.path));
    }

    let then = client.at_version(&tenant, before.version()).await?;
    let limit: u32 = then.get("server.rate_limit").await?;
    say(format!(
        "at version {} the limit is still {limit}",
        then.version()
    ));

    let back = client.rollback(&tenant, before.version()).await?;
    say(format!("rolled back as version {back}; newest first:"));
    let mut versions = client.versions(&tenant);
    while let Some(version) = versions.next().await {
        let version = version?;
        say(format!(
            "  {} by {}: {}",
            version.number, version.written.by, version.description
        ));
    }

    client.close().await;
    server.shutdown().await;
    Ok(())
}
