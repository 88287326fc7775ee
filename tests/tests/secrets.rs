//! What is in a `Secret` is in nothing that is printed, also when it does not fit.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod support;
#[path = "watch/warnings.rs"]
mod warnings;

use std::{error::Error, time::Duration};

use decree_dev::DevServer;
use decree_runtime::{DecreeConfig, FieldSpec, FromValue, Kind, Mismatch, Secret, Value};
use support::{client, server, settle, until};
use warnings::Warnings;

const SEED: &str = "
spec_version: v1
schema:
  name: secrets
  fields:
    secrets.short: { type: string }
    secrets.maybe: { type: string }
    secrets.inner: { type: string }
    secrets.pin: { type: string }
    secrets.panics: { type: string }
tenant: { name: acme }
";

const VALUE: &str = "hunter2-correct-horse";

/// Everything that is printed of an error.
fn printed(error: &dyn Error) -> String {
    let source = error.source().map(printed).unwrap_or_default();
    format!("{error} {error:?} {error:#?} {source}")
}

#[track_caller]
fn hides(text: &str) {
    assert!(!text.contains(VALUE), "{text}");
    // The first half of its checksum would do to guess it.
    assert!(!text.contains("checksum"), "{text}");
}

/// A type of an application, which says what it found.
#[derive(Debug, Clone)]
struct Pin;

impl FromValue for Pin {
    const KINDS: &'static [Kind] = &[Kind::String];
    const SECRET: bool = true;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Err(Mismatch::new("four digits", value.to_string()))
    }
}

/// A type of an application that panics with what it found.
#[derive(Debug, Clone)]
struct Panics;

impl FromValue for Panics {
    const KINDS: &'static [Kind] = &[Kind::String];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        panic!("what is {value}?")
    }
}

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "secrets")]
struct Misfits {
    short: Secret<Duration>,
    maybe: Option<Secret<bool>>,
    #[decree(default = Secret::from(None))]
    inner: Secret<Option<i64>>,
    pin: Pin,
    panics: Secret<Panics>,
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_does_not_fit_is_told_of_without_it() {
    let warnings = Warnings::keep();
    decree_tests::draws::fix();
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    let server = server.expect("a server in memory needs nothing");
    for field in Misfits::fields() {
        server.set("acme", field.path(), VALUE).expect("written");
    }
    let client = client(&server);
    let error = client
        .live::<Misfits>("acme")
        .await
        .expect_err("no field fits");
    let printed = printed(&error);
    hides(&printed);
    for expected in [
        "a duration that is not negative",
        "a bool",
        "i64",
        "four digits",
        "panicked",
    ] {
        assert!(printed.contains(expected), "{printed}");
    }
    let error = client
        .get::<Secret<bool>>("acme", "pay.banner")
        .await
        .expect_err("no bool");
    hides(&self::printed(&error));
    warnings.all().iter().for_each(|line| hides(line));
}

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "secrets")]
struct Demanding {
    #[decree(min_len = 1_000, pattern = "^[0-9]+$")]
    short: Secret<String>,
    #[decree(validate = quoting)]
    maybe: Option<Secret<String>>,
    #[decree(validate = panicking)]
    inner: Secret<String>,
}

fn quoting(secret: &Secret<String>) -> Result<(), String> {
    Err(format!("{} is no good", secret.expose()))
}

fn panicking(secret: &Secret<String>) -> Result<(), String> {
    panic!("what is {}?", secret.expose())
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_not_what_is_demanded_is_told_of_without_it() {
    decree_tests::draws::fix();
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    let server = server.expect("a server in memory needs nothing");
    for field in Demanding::fields() {
        server.set("acme", field.path(), VALUE).expect("written");
    }
    let live = client(&server).live::<Demanding>("acme").await;
    let printed = printed(&live.expect_err("no field fits"));
    hides(&printed);
    for expected in [
        "at least 1000 characters",
        "^[0-9]+$",
        "`quoting`",
        "`panicking`",
    ] {
        assert!(printed.contains(expected), "{printed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_stops_fitting_is_rejected_without_it() {
    #[derive(Debug, DecreeConfig)]
    struct Login {
        #[decree(key = "pay.banner")]
        password: Secret<Password>,
    }

    /// A type that takes some texts.
    #[derive(Debug, Default, Clone)]
    struct Password(String);

    impl FromValue for Password {
        const KINDS: &'static [Kind] = &[Kind::String];

        fn from_value(value: &Value) -> Result<Self, Mismatch> {
            match value {
                Value::String(text) if text.starts_with("good") => Ok(Self(text.clone())),
                other => Err(Mismatch::new("a good one", other.to_string())),
            }
        }
    }

    let warnings = Warnings::keep();
    let server = server().await;
    let good = format!("good {VALUE}");
    server.set("acme", "pay.banner", &good).expect("written");
    let client = client(&server);
    let live = client.live::<Login>("acme").await.expect("it fits");
    let watcher = client.watch("acme").expect("a name");
    let field = watcher.field("pay.banner", Secret::<Password>::default());
    let changes = field.changes();
    watcher.start().await.expect("it fits");
    settle().await;
    assert_eq!(live.load().password.expose().0, good);
    assert_eq!(field.get().into_inner().0, good);
    hides(&format!("{live:?} {:?} {field:?} {changes:?}", live.load()));

    server.set("acme", "pay.banner", VALUE).expect("written");
    until(|| live.status().rejection.is_some() && field.status().rejection.is_some()).await;
    for status in [live.status(), field.status()] {
        hides(&format!("{status:?}"));
        let rejection = status.rejection.expect("it is rejected");
        let printed = printed(&*rejection);
        hides(&printed);
        assert!(printed.contains("expected a good one"), "{printed}");
    }
    warnings.all().iter().for_each(|line| hides(line));
}

#[test]
fn a_struct_says_which_of_its_fields_are_secret() {
    let fields = Misfits::fields();
    assert!(fields.iter().all(FieldSpec::secret));
    assert_eq!(fields[0].kinds(), [Kind::Duration]);
    let nullable: Vec<bool> = fields.iter().map(FieldSpec::nullable).collect();
    assert_eq!(nullable, [false, true, true, false, false]);
    let secret = Secret::from(7);
    assert_eq!(
        format!("{secret:?} {:?}", Some(secret)),
        "Secret(…) Some(Secret(…))"
    );
    assert_eq!(
        (secret, *secret.expose()),
        (Secret::from(7), secret.into_inner())
    );
}
