//! Defaults that are texts.

use std::net::IpAddr;

use super::*;
use crate::value::Mismatch;

#[derive(Debug, PartialEq, DecreeConfig)]
struct Texts<T: FromValue + Send + Sync + 'static> {
    #[decree(default = "::1")]
    host: IpAddr,
    #[decree(default = "FAST!")]
    mode: Option<Mode>,
    #[decree(default = "fair")]
    generic: T,
}

#[test]
fn a_text_is_a_default_of_what_the_server_holds_as_text() {
    let host = IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]);
    let mode = Some(Mode::Fast);
    let generic = Secret::from(Mode::Fair);
    let texts = Texts {
        host,
        mode,
        generic,
    };
    assert_eq!(decoded::<Texts<Secret<Mode>>>(&[]), Ok(texts));
    let fields = Texts::<Secret<Mode>>::fields();
    let default = |at: usize| fields[at].default().map(ToString::to_string);
    assert_eq!(default(0).as_deref(), Some("string \"::1\""));
    assert_eq!(default(1).as_deref(), Some("string \"FAST!\""));
    assert_eq!(default(2), None);
}

/// A type whose texts cannot be listed.
#[derive(Debug)]
struct Grade;

impl FromValue for Grade {
    const KINDS: &'static [Kind] = &[Kind::String];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) if text == "A" => Ok(Self),
            other => Err(Mismatch::new("a grade", other.to_string())),
        }
    }
}

#[test]
fn one_that_is_no_such_value_is_explained_where_it_is_used() {
    #[derive(Debug, DecreeConfig)]
    struct Bad {
        #[decree(default = "fairer")]
        grade: Grade,
        #[decree(default = "hunter2")]
        secret: Secret<Grade>,
        #[decree(from_str, default = "x")]
        letter: Option<u8>,
        #[decree(from_str, default = "hunter2")]
        hidden: Option<Secret<u8>>,
    }
    let start = "the server has no value for it, and its default does not do: expected";
    let cure = "write another `default = …`";
    assert_eq!(
        problems::<Bad>(&[]),
        [
            format!("{start} a grade, found string \"fairer\"; {cure}"),
            format!("{start} a grade, found a secret that does not fit; {cure}"),
            format!(
                "{start} a text that is a `u8`, found string \"x\": invalid digit found in \
                 string; {cure}"
            ),
            format!("{start} a text that is a `u8`, found a secret that does not fit; {cure}"),
        ]
    );
    let given = [("grade", text("A")), ("secret", text("A"))];
    assert_eq!(problems::<Bad>(&given).len(), 2);
}
