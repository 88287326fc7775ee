//! The same client without async: for scripts, batch jobs and tests.

use std::process::ExitCode;

use decree_examples::{Outcome, Server, report, say, tenant};
use decree_runtime::{DecreeConfig, blocking};

#[derive(Debug, DecreeConfig)]
struct Limits {
    #[decree(key = "server.rate_limit", default = 10)]
    rate_limit: u32,
}

fn main() -> ExitCode {
    report(run())
}

fn run() -> Outcome {
    // Only for the server of our own, which is async; the client needs none.
    let runtime = tokio::runtime::Runtime::new()?;
    let server = runtime.block_on(Server::find(include_str!("seed.yaml")))?;
    let tenant = tenant("acme-corp");
    let client: blocking::Client = server.admin("blocking_client")?.build_blocking()?;

    let name: String = client.get(&tenant, "app.name")?;
    let rate_limit: u32 = client.get(&tenant, "server.rate_limit")?;
    say(format!("{name}: {rate_limit} calls"));

    let paths = ["server.rate_limit", "server.timeout", "server.unknown"];
    for (path, entry) in client.get_fields(&tenant, paths)? {
        say(format!("{path} = {}", entry.text().unwrap_or_default()));
    }

    let mut live: blocking::Live<Limits> = client.live(&tenant)?;
    say(format!("live: {}", live.load().rate_limit));

    client.update(&tenant, "server.rate_limit", |limit: u32| limit + 50)?;
    while live.load().rate_limit == rate_limit {
        live.changed()?;
    }
    say(format!("live: {}", live.load().rate_limit));

    client.set_many(
        &tenant,
        [("app.name", "Acme Corp."), ("app.banner", "hello")],
    )?;
    let banner: Option<String> = client.get(&tenant, "app.banner")?;
    client.set_null(&tenant, "app.banner")?;
    let gone: Option<String> = client.get(&tenant, "app.banner")?;
    say(format!("banner: {banner:?}, then {gone:?}"));

    live.shutdown();
    client.close();
    runtime.block_on(server.shutdown());
    Ok(())
}
