//! `from_str` and `with`: reading by a function of the application.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    str::FromStr,
    sync::Arc,
};

use super::*;
use crate::value::Mismatch;

/// `3x4`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Size(u64, u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (wide, high) = text.split_once('x').ok_or("there is no `x` in it")?;
        let number = |text: &str| {
            let number = text.parse::<u64>();
            number.map_err(|error| format!("{text:?}: {error}"))
        };
        Ok(Self(number(wide)?, number(high)?))
    }
}

/// Two kinds for one type.
fn megabytes(value: &Value) -> Result<u64, impl fmt::Display + use<>> {
    match value {
        Value::Integer(bytes) => u64::try_from(*bytes).map_err(|error| error.to_string()),
        Value::String(text) => match text.strip_suffix("MB").map(str::parse::<u64>) {
            Some(Ok(megabytes)) => Ok(megabytes << 20),
            _ => Err("it does not end in MB".to_owned()),
        },
        _ => Err("it is neither a number nor a text".to_owned()),
    }
}

#[derive(Debug, PartialEq, DecreeConfig)]
struct Parsed {
    #[decree(from_str)]
    size: Size,
    #[decree(from_str, default = "1x1", validate = is_flat, restart)]
    flat: Size,
    #[decree(from_str, default = "2x2")]
    optional: Option<Size>,
    #[decree(from_str)]
    secret: Option<Secret<Size>>,
    #[decree(from_str, default = 80)]
    port: u16,
    #[decree(with = megabytes)]
    memory: u64,
    #[decree(with = self::megabytes, default = 7, max = 9_000_000)]
    limit: Option<u64>,
    #[decree(with = megabytes, default = Secret::from(Some(1)))]
    hidden: Secret<Option<u64>>,
}

fn is_flat(size: &Size) -> Result<(), &'static str> {
    (size.1 < 9).then_some(()).ok_or("it is too high")
}

#[test]
fn fields_are_read_as_their_attributes_say() {
    let parsed = decoded::<Parsed>(&[
        ("size", text("3x4")),
        ("secret", text("5x6")),
        ("port", text("8080")),
        ("memory", text("2MB")),
        ("limit", Value::Integer(8)),
    ]);
    let expected = Parsed {
        size: Size(3, 4),
        flat: Size(1, 1),
        optional: Some(Size(2, 2)),
        secret: Some(Size(5, 6).into()),
        port: 8080,
        memory: 2 << 20,
        limit: Some(8),
        hidden: Some(1).into(),
    };
    assert_eq!(parsed, Ok(expected));
}

#[test]
fn null_is_a_value_of_an_option_alone() {
    let paths = [
        "size", "flat", "optional", "secret", "memory", "limit", "hidden",
    ];
    let entry = |path: &str| {
        let entry = Entry::new(Stored::Null, String::new(), None);
        (path.to_owned(), entry)
    };
    let error = decode::<Parsed>(&Reading {
        entries: paths.map(entry).into_iter().collect(),
        ..Reading::of_nothing(4)
    });
    let error = error.unwrap_err();
    let bad: Vec<_> = error.fields().iter().map(FieldError::path).collect();
    assert_eq!(bad, ["size", "memory"]);
    let fields = Parsed::fields();
    let nullable = fields.iter().filter(|field| field.nullable());
    let nullable: Vec<_> = nullable.map(FieldSpec::path).collect();
    assert_eq!(nullable, ["optional", "secret", "limit", "hidden"]);
}

#[test]
fn what_cannot_be_read_is_explained_and_no_secret_is_told() {
    let problems = problems::<Parsed>(&[
        ("size", text("3")),
        ("flat", text("1x9")),
        ("optional", Value::Bool(true)),
        ("secret", text("hunter2")),
        ("port", text("70000")),
        ("memory", text("2GB")),
        ("limit", text("9MB")),
        ("hidden", text("hunter2")),
    ]);
    let starts = [
        "expected a text that is a `Size`, found string \"3\": there is no `x` in it;",
        "string \"1x9\" is refused: it is too high, from `is_flat`;",
        "expected a text that is a `Size`, found bool true;",
        "expected a text that is a `Size`, found a secret that does not fit;",
        "expected a text that is a `u16`, found string \"70000\": number too large",
        "expected what `megabytes` takes, found string \"2GB\": it does not end in MB;",
        "expected at most 9000000, found string \"9MB\";",
        "expected what `megabytes` takes, found a secret that does not fit;",
    ];
    assert_eq!(problems.len(), starts.len());
    for (problem, start) in problems.iter().zip(starts) {
        assert!(problem.starts_with(start), "{problem}");
    }
}

#[test]
fn conversions_are_described() {
    let fields = Parsed::fields();
    let default = |at: usize| fields[at].default().map(ToString::to_string);
    assert_eq!(default(1).as_deref(), Some("string \"1x1\""));
    assert_eq!(default(2).as_deref(), Some("string \"2x2\""));
    assert_eq!(default(6).as_deref(), Some("integer 7"));
    assert!(fields[1].restart() && fields[3].secret() && fields[7].secret());
    assert_eq!(fields[0].kinds(), <String as FromValue>::KINDS);
    assert_eq!(fields[5].kinds(), <Value as FromValue>::KINDS);
}

/// A secret of its own.
#[derive(Debug)]
struct Pin;

impl FromValue for Pin {
    const KINDS: &'static [Kind] = &[Kind::String];
    const SECRET: bool = true;

    fn from_value(_: &Value) -> Result<Self, Mismatch> {
        Ok(Self)
    }
}

type Hidden = Secret<Size>;
type MaybeHidden = Option<Hidden>;
type ByName = HashMap<String, Hidden>;
type InOrder = BTreeMap<String, Vec<Box<Hidden>>>;
type Two = [Arc<Hidden>; 2];

fn hidden(value: &Value) -> Result<Hidden, String> {
    Err(format!("it is {value}"))
}

fn maybe_hidden(value: &Value) -> Result<MaybeHidden, String> {
    hidden(value).map(Some)
}

fn all_hidden(value: &Value) -> Result<Vec<Hidden>, String> {
    hidden(value).map(|one| vec![one])
}

fn refused<T>(value: &Value) -> Result<T, String> {
    Err(format!("it is {value}"))
}

#[derive(Debug, DecreeConfig)]
struct Aliases<T: FromValue> {
    #[decree(with = hidden)]
    one: Hidden,
    #[decree(with = maybe_hidden)]
    optional: MaybeHidden,
    #[decree(with = all_hidden)]
    list: Vec<Hidden>,
    #[decree(with = refused)]
    map: HashMap<String, Hidden>,
    #[decree(with = refused)]
    two: (u32, [Hidden; 2]),
    #[decree(with = refused)]
    by_name: ByName,
    #[decree(with = refused)]
    in_order: InOrder,
    #[decree(with = refused)]
    pair: Two,
    #[decree(with = refused)]
    own: Vec<Pin>,
    #[decree(with = refused)]
    generic: T,
    #[decree(with = refused)]
    generics: Vec<T>,
    #[decree(with = refused)]
    open: Size,
}

#[test]
fn a_secret_by_another_name_is_one() {
    let fields = Aliases::<Secret<String>>::fields();
    let (open, hidden) = fields.split_last().expect("the open one");
    let given: Vec<_> = hidden
        .iter()
        .map(|field| (field.path(), text("hunter2")))
        .collect();
    let problems = problems::<Aliases<Secret<String>>>(&given);
    assert_eq!(problems.len(), fields.len());
    for problem in &problems[..hidden.len()] {
        assert!(problem.contains("a secret that does not fit"), "{problem}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
    assert!(hidden.iter().all(FieldSpec::secret));
    assert!(!open.secret());
    // A parameter is what stands for it.
    let secrets = Aliases::<String>::fields()
        .into_iter()
        .map(|field| field.secret());
    let secrets: Vec<_> = secrets.collect();
    assert_eq!(secrets[9..], [false, false, false]);
}
