//! The shop as a program.
//!
//! Without `DECREE_SERVER` it brings an OpenDecree-compatible server of its own; with it, it uses
//! that one. It prints what to type next.

use std::process::ExitCode;

use decree_examples::{Outcome, Server, listen, log, report, say, stop_signal, tenant};
use decree_shop::App;

#[tokio::main]
async fn main() -> ExitCode {
    log();
    report(run().await)
}

async fn run() -> Outcome {
    let listener = listen().await?;
    let web = listener.local_addr()?;
    let server = Server::find_for_people(include_str!("../seed.yaml")).await?;
    let tenant = tenant("acme");
    let client = server.client("shop")?.build()?;
    let app = App::connect(&client, &tenant).await?;

    let option = server.as_option();
    say("in a second terminal, follow the campaign:");
    say(format!(
        "  curl -N -H 'x-api-key: open-sesame' '{web}/api/campaign/events'"
    ));
    say("in a third, ask for a price, start a campaign, and ask again:");
    say(format!(
        "  curl -i -H 'x-api-key: open-sesame' '{web}/api/products/1/price'"
    ));
    say(format!(
        "  cargo run -q -p decree-dev -- set {tenant} pricing.discount 25{option}"
    ));

    axum::serve(listener, decree_shop::router(app))
        .with_graceful_shutdown(async move {
            stop_signal().await;
            // Ends the streams of events, which would keep the program for ever. Requests that are
            // under way keep their version.
            client.close().await;
        })
        .await?;
    server.shutdown().await;
    Ok(())
}
