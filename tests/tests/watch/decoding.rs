//! Texts that a kind can or cannot be read from, by way of a field that changed its type: that stores
//! any text under any kind, as an import does on the real server.

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{Answer, Fault},
};
use decree_runtime::{DecreeConfig, Kind, Live, Phase, Problem, Value};
use tokio::time::sleep;
use tonic::{Code, Status};

use crate::{SECOND_LOOK, TICK, client, follows, says, server, settle, watch};

/// What a stored text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    /// The value that has this canonical text.
    Value(&'static str),
    /// Null, spelled as an import spells it.
    Null,
    /// A text that the server shows a stand-in for.
    Nothing,
}

use Is::{Nothing, Null};

/// Kind, stored text, and what it is.
const TEXTS: &[(&str, &str, Is)] = &[
    ("integer", "", Null),
    ("integer", "0", Is::Value("0")),
    ("integer", "+0", Is::Value("0")),
    ("integer", "-0", Is::Value("0")),
    ("integer", "00", Is::Value("0")),
    ("integer", "000", Is::Value("0")),
    ("integer", "-00", Is::Value("0")),
    (
        "integer",
        "9223372036854775807",
        Is::Value("9223372036854775807"),
    ),
    (
        "integer",
        "-9223372036854775808",
        Is::Value("-9223372036854775808"),
    ),
    ("integer", "9223372036854775808", Nothing),
    ("integer", "99999999999999999999", Nothing),
    ("integer", "-9223372036854775809", Nothing),
    ("integer", "abc", Nothing),
    ("integer", "0.0", Nothing),
    ("integer", "0x0", Nothing),
    ("integer", "1e19", Nothing),
    ("integer", "30s", Nothing),
    ("number", "", Null),
    ("number", "0", Is::Value("0")),
    ("number", "-0", Is::Value("-0")),
    ("number", "0.0", Is::Value("0")),
    ("number", "-0.0", Is::Value("-0")),
    ("number", "0.00", Is::Value("0")),
    ("number", "0.", Is::Value("0")),
    ("number", ".0", Is::Value("0")),
    ("number", "0e0", Is::Value("0")),
    ("number", "0E0", Is::Value("0")),
    ("number", "0.0e0", Is::Value("0")),
    ("number", "0e+00", Is::Value("0")),
    ("number", "1e400", Nothing),
    ("number", "inf", Nothing),
    ("number", "NaN", Nothing),
    ("number", "abc", Nothing),
    ("bool", "", Null),
    ("bool", "false", Is::Value("false")),
    ("bool", "False", Is::Value("false")),
    ("bool", "FALSE", Is::Value("false")),
    ("bool", "f", Is::Value("false")),
    ("bool", "F", Is::Value("false")),
    ("bool", "0", Is::Value("false")),
    ("bool", "T", Is::Value("true")),
    ("bool", "1", Is::Value("true")),
    ("bool", "yes", Nothing),
    ("bool", "no", Nothing),
    ("bool", "on", Nothing),
    ("bool", "off", Nothing),
    ("bool", "5", Nothing),
    ("duration", "", Null),
    ("duration", "0", Is::Value("0s")),
    ("duration", "+0", Is::Value("0s")),
    ("duration", "-0", Is::Value("0s")),
    ("duration", "0s", Is::Value("0s")),
    ("duration", "-0s", Is::Value("0s")),
    ("duration", "0ns", Is::Value("0s")),
    ("duration", "0us", Is::Value("0s")),
    ("duration", "0\u{b5}s", Is::Value("0s")),
    ("duration", "0\u{3bc}s", Is::Value("0s")),
    ("duration", "0h0m0s", Is::Value("0s")),
    ("duration", "0.0s", Is::Value("0s")),
    ("duration", "00s", Is::Value("0s")),
    ("duration", "30", Nothing),
    ("duration", "0d", Nothing),
    ("time", "", Null),
    (
        "time",
        "0001-01-01T00:00:00Z",
        Is::Value("0001-01-01T00:00:00Z"),
    ),
    (
        "time",
        "0001-01-01T00:00:00+00:00",
        Is::Value("0001-01-01T00:00:00Z"),
    ),
    (
        "time",
        "0001-01-01T00:00:00-00:00",
        Is::Value("0001-01-01T00:00:00Z"),
    ),
    (
        "time",
        "0001-01-01T00:00:00.000Z",
        Is::Value("0001-01-01T00:00:00Z"),
    ),
    ("time", "2025-01-15 09:30:00 +0000 UTC", Nothing),
    ("time", "10000-01-01T00:00:00Z", Nothing),
    ("time", "0001-01-01", Nothing),
];

/// A field for each text, of the kinds that `kind` says.
fn schema(kind: impl Fn(usize) -> &'static str) -> String {
    let field = |at| format!("  edge.f{at}: {{ type: {}, nullable: true }}\n", kind(at));
    let fields: String = (0..TEXTS.len()).map(field).collect();
    format!("spec_version: v1\nname: edge\nfields:\n{fields}")
}

#[tokio::test(start_paused = true)]
async fn a_zero_is_a_zero_only_if_its_text_says_so() {
    let server = server().await;
    server
        .create(&schema(|_| "string"), "edge")
        .expect("created");
    for (at, (_, text, _)) in TEXTS.iter().enumerate() {
        let path = format!("edge.f{at}");
        server.set("edge", &path, text).expect("any text is one");
    }
    let typed = schema(|at| TEXTS[at].0);
    server.change_schema("edge", &typed).expect("changed");
    let reading = client(&server).read("edge").await.expect("readable");
    for (at, (kind, text, is)) in TEXTS.iter().enumerate() {
        let entry = reading.entry(&format!("edge.f{at}")).expect("written");
        let found = match entry.get::<Value>() {
            Ok(_) => Is::Value(is_text(*is)),
            Err(Problem::Empty) => Null,
            Err(Problem::Unreadable(_)) => Nothing,
            Err(other) => panic!("{kind} {text:?}: {other}"),
        };
        assert_eq!(found, *is, "{kind} {text:?}");
        if let Is::Value(canonical) = is {
            assert_eq!(entry.text().as_deref(), Some(*canonical), "{kind} {text:?}");
        }
    }
}

fn is_text(is: Is) -> &'static str {
    match is {
        Is::Value(text) => text,
        _ => "a value",
    }
}

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "flag")]
struct Flags {
    on: Option<bool>,
    count: Option<i64>,
}

const FLAGS: &str = "
spec_version: v1
name: flags
fields:
  flag.on: { type: bool, nullable: true, sensitive: true }
  flag.count: { type: integer, nullable: true }
";

async fn secret_zero() -> DevServer {
    let server = server().await;
    server.create(FLAGS, "flags").expect("created");
    server.set("flags", "flag.count", "0").expect("written");
    server
}

/// Only the schema tells a secret that is a zero from a zero. With it, the verdict does not depend on
/// the secret.
#[tokio::test(start_paused = true)]
async fn a_secret_zero_is_a_secret_where_the_schema_can_be_read() {
    let server = secret_zero().await;
    let live: Live<Flags> = watch(&client(&server), "flags").await;
    assert_eq!((live.load().on, live.load().count), (None, Some(0)));
    for secret in ["false", "true"] {
        server.set("flags", "flag.on", secret).expect("written");
        let rejected = says(&live, TICK, |it| it.rejection.is_some()).await;
        let rejection = rejected.rejection.expect("it is rejected");
        let problem = rejection.error.fields()[0].problem();
        assert_eq!(problem, &Problem::Redacted, "{secret}");
        server.set_null("flags", "flag.on").expect("written");
        says(&live, TICK, |it| it.rejection.is_none()).await;
    }
    follows(&live, TICK).await;
}

/// A start does not wait for the schema, and its watch does not wait for the tick.
#[tokio::test(start_paused = true)]
async fn a_secret_zero_passes_for_a_zero_no_longer_than_the_schema_is_missed() {
    let server = secret_zero().await;
    server.set("flags", "flag.on", "false").expect("written");
    server.misbehave(|faults| {
        let answer = Answer::Fail(Status::new(Code::Internal, "failed to get schema"));
        faults.answers.insert("GetSchema", Fault::Next(1, answer));
    });
    let live: Live<Flags> = client(&server).live("flags").await.expect("readable");
    assert_eq!(live.load().on, Some(false), "who can tell");
    says(&live, SECOND_LOOK * 2, |it| it.rejection.is_some()).await;
}

/// A server that cannot answer now has not said that it shows its schema to nobody.
#[tokio::test(start_paused = true)]
async fn a_secret_zero_stays_a_secret_while_a_new_schema_cannot_be_read() {
    let server = secret_zero().await;
    let live: Live<Flags> = watch(&client(&server), "flags").await;
    server.set("flags", "flag.on", "false").expect("written");
    says(&live, TICK, |it| it.rejection.is_some()).await;
    for (added, code) in [Code::Internal, Code::Unknown, Code::DataLoss]
        .into_iter()
        .enumerate()
    {
        server.misbehave(|faults| {
            let answer = Answer::Fail(Status::new(code, "failed to get schema"));
            faults.answers.insert("GetSchema", Fault::Always(answer));
        });
        let grown = format!("{FLAGS}  flag.other{added}: {{ type: bool }}\n");
        server.change_schema("flags", &grown).expect("changed");
        sleep(TICK + TICK).await;
        let status = live.status();
        assert_eq!(status.phase, Phase::Recovering, "the schema is missed");
        assert!(status.rejection.is_some(), "{code:?}");
        assert_eq!(live.load().on, None, "{code:?}");
        server.behave();
        follows(&live, TICK).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_zero_is_a_zero_where_it_cannot() {
    let server = secret_zero().await;
    server.misbehave(|faults| {
        for method in ["GetTenant", "GetSchema"] {
            let missing = Answer::Fail(Status::unimplemented("no such service"));
            faults.answers.insert(method, Fault::Always(missing));
        }
    });
    let live: Live<Flags> = watch(&client(&server), "flags").await;
    server.set("flags", "flag.on", "false").expect("written");
    settle().await;
    assert_eq!(live.load().on, Some(false));
    server.set("flags", "flag.on", "true").expect("written");
    let rejected = says(&live, Duration::from_secs(1), |it| it.rejection.is_some());
    let rejection = rejected.await.rejection.expect("it is rejected");
    let problem = rejection.error.fields()[0].problem();
    assert_eq!(problem, &Problem::Unreadable(Kind::Bool));
    server.set_null("flags", "flag.on").expect("written");
    says(&live, TICK, |it| it.rejection.is_none()).await;
    follows(&live, TICK).await;
}

#[derive(Debug, DecreeConfig)]
struct Banner {
    #[decree(key = "pay.banner")]
    banner: Option<String>,
}

/// Somebody imported an export: what was a secret is the mask itself now.
#[tokio::test(start_paused = true)]
async fn a_mask_that_was_written_is_no_value() {
    let server = server().await;
    server.set("acme", "pay.banner", "hello").expect("written");
    let live: Live<Banner> = watch(&client(&server), "acme").await;
    server
        .set("acme", "pay.banner", "[REDACTED]")
        .expect("written");
    let rejected = says(&live, TICK, |it| it.rejection.is_some()).await;
    let rejection = rejected.rejection.expect("it is rejected");
    let problem = rejection.error.fields()[0].problem();
    assert_eq!(problem, &Problem::ImportedRedaction);
    assert_eq!(live.load().banner.as_deref(), Some("hello"));
    server.set("acme", "pay.banner", "again").expect("written");
    says(&live, TICK, |it| it.rejection.is_none()).await;
    assert_eq!(live.load().banner.as_deref(), Some("again"));
    follows(&live, TICK).await;
}
