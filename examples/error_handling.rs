//! What goes wrong, how a program tells it apart, and how long it tries.

use std::{process::ExitCode, time::Duration};

use decree_examples::{Outcome, Server, report, say, tenant};
use decree_runtime::{Client, DecreeConfig, Error, FieldError, RetryPolicy, Role};

#[tokio::main]
async fn main() -> ExitCode {
    report(run().await)
}

#[derive(Debug, DecreeConfig)]
struct Wrong {
    #[decree(key = "app.name")]
    name: u32,
    #[decree(key = "app.motto")]
    motto: String,
}

async fn run() -> Outcome {
    let server = Server::find(include_str!("seed.yaml")).await?;
    let tenant = tenant("acme-corp");
    let patient = RetryPolicy::default()
        .attempts(5)
        .first_wait(Duration::from_millis(200))
        .budget(Duration::from_secs(10));
    let client = server.admin("error_handling")?.retry(patient).build()?;

    // Each cause has a kind, and says which field of which tenant it is about.
    let missing = client.get::<String>(&tenant, "app.motto").await;
    show("a field without a value", &missing);
    let text = client.get::<u32>(&tenant, "app.name").await;
    show("a text read as a number", &text);
    let high = client.set(&tenant, "payments.fee_rate", 2.0).await;
    show("a value past the schema's maximum", &high);
    let reader = server.client("reader")?.role(Role::User).build()?;
    let denied = reader.set(&tenant, "payments.fee_rate", 0.5).await;
    show("a write by a reader", &denied);
    let nobody = client.get::<String>("no-such-tenant", "app.name").await;
    show("a tenant that does not exist", &nobody);

    // Null is a value of an `Option` and of nothing else; it never turns into "" or 0.
    client.set_null(&tenant, "app.banner").await?;
    let null = client.get::<String>(&tenant, "app.banner").await;
    show("null read as a text", &null);
    let banner: Option<String> = client.get(&tenant, "app.banner").await?;
    say(format!("null read as an option: {banner:?}"));

    // A struct is whole or not at all, and the error names every field.
    let reading = client.read(&tenant).await?;
    if let Err(error) = reading.decode::<Wrong>() {
        let bad: Vec<_> = error.fields().iter().map(FieldError::path).collect();
        say(format!("a struct that does not fit: {}", bad.join(", ")));
    }

    // Nobody is there: tried once, because this client was told so.
    let impatient = Client::builder("127.0.0.1:1")
        .subject("error_handling")
        .retry(RetryPolicy::never())
        .timeout(Duration::from_secs(2))
        .build()?;
    let gone = impatient.get::<String>(&tenant, "app.name").await;
    show("no server", &gone);

    client.close().await;
    server.shutdown().await;
    Ok(())
}

fn show<T>(what: &str, result: &Result<T, Error>) {
    let Err(error) = result else {
        return say(format!("{what}: no error"));
    };
    let path = error.path().unwrap_or("no field");
    say(format!("{what}: {:?}, {path}", error.kind()));
}
