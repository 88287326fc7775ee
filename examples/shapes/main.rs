//! Structs in structs, enums, types of one's own: what they look like on the server, and what the
//! derive makes of them.

mod config;

use std::{process::ExitCode, time::Duration};

use decree_examples::{Outcome, Server, report, say, tenant};
use decree_runtime::{DecreeConfig, FieldSpec, Live, Value, WaitError, Write};

use crate::config::DepotConfig;

const SOON: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    report(run().await)
}

async fn run() -> Outcome {
    say("the fields, as the program declares them:");
    for field in DepotConfig::fields() {
        say(format!("  {}", described(&field)));
    }

    let server = Server::find(include_str!("seed.yaml")).await?;
    let tenant = tenant("acme");
    let client = server.admin("shapes")?.build()?;
    let live: Live<DepotConfig> = client.live(&tenant).await?;
    let before = live.load();
    show(&before);

    let write = Write::new()
        .set("depot.order-of-work", "round-robin")
        .set("depot.token", "hunter2")
        .set("depot.db.pool.size", 20)
        .set("depot.db.replica.host", "::1")
        .set("depot.opens", jiff::Timestamp::UNIX_EPOCH)
        .set(
            "depot.tariff",
            Value::Json(r#"[{"from":0,"price":4.9}]"#.to_owned()),
        );
    let version = client.write(&tenant, write).await?;
    let after = live.wait_for_version(version, SOON).await?;
    say("six fields in one version:");
    show(&after);
    say("which others they are than before:");
    for path in before.changed_fields(&after) {
        say(format!("  {path}"));
    }

    say("one field by its constant:");
    let database = live.map(|depot| depot.database.main.pool.clone());
    let order = live.field(DepotConfig::ORDER_OF_WORK);
    say(format!(
        "  {} is {:?}, and the pool has {}",
        DepotConfig::ORDER_OF_WORK.path(),
        order.get(),
        database.get().size
    ));

    say("and what no program can use:");
    let write = Write::new()
        .set("depot.order-of-work", "last-come")
        .set("depot.db.host", "somewhere")
        .set("depot.db.replica.pool.size", 0)
        .set("depot.tariff", Value::Json(r#"[{"from":0}]"#.to_owned()));
    let version = client.write(&tenant, write).await?;
    match live.wait_for_version(version, SOON).await {
        Err(WaitError::Rejected { rejection, .. }) => {
            for field in rejection.error.fields() {
                say(format!("  {field}"));
            }
        }
        other => return Err(format!("it is not refused: {other:?}").into()),
    }
    server.shutdown().await;
    Ok(())
}

/// A field in one line.
fn described(field: &FieldSpec) -> String {
    let kinds: Vec<_> = field.kinds().iter().map(ToString::to_string).collect();
    let mut parts = vec![format!("{}: {}", field.path(), kinds.join(" or "))];
    if let Some(default) = field.default() {
        parts.push(format!("else {}", default.text()));
    }
    parts.extend(field.constraints().iter().map(ToString::to_string));
    for (is, word) in [
        (field.nullable(), "or null"),
        (field.in_option(), "or not there"),
        (field.secret(), "not shown"),
    ] {
        if is {
            parts.push(word.to_owned());
        }
    }
    parts.join(", ")
}

fn show(depot: &DepotConfig) {
    say(format!("  {} works {:?}", depot.name, depot.order_of_work));
    let main = &depot.database.main;
    say(format!("  data at {} with {:?}", main.host, main.pool));
    match &depot.database.replica {
        None => say("  no replica"),
        Some(place) => say(format!("  replica at {} with {:?}", place.host, place.pool)),
    }
    say(format!(
        "  token {:?}, opens {:?}, tariff {:?}",
        depot.token, depot.opens, depot.tariff
    ));
}
