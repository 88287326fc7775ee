//! Structs in structs.

use super::*;
use crate::{DecreeConfig, value::Value};

#[derive(Debug, PartialEq, DecreeConfig)]
struct Pool {
    #[decree(min = 1)]
    size: u32,
    #[decree(default = 5)]
    spare: u32,
    name: Option<String>,
}

#[derive(Debug, PartialEq, DecreeConfig)]
#[decree(prefix = "limits", validate = Self::in_order)]
struct Limits {
    #[decree(default = 1)]
    low: i64,
    #[decree(default = 9)]
    high: i64,
}

impl Limits {
    fn in_order(&self) -> Result<(), String> {
        let Self { low, high } = self;
        (low <= high)
            .then_some(())
            .ok_or_else(|| format!("{low} is above {high}"))
    }
}

#[derive(Debug, PartialEq, DecreeConfig)]
struct Database {
    #[decree(nested)]
    pool: Pool,
    #[decree(nested, prefix = "replica.pool")]
    replica: Option<Pool>,
    #[decree(nested)]
    r#type: Limits,
}

#[derive(Debug, PartialEq, DecreeConfig)]
#[decree(prefix = "app")]
struct App {
    #[decree(nested, prefix = "db")]
    database: Database,
    #[decree(flatten)]
    limits: Limits,
    #[decree(key = "on", default = true)]
    is_on: bool,
}

fn decoded<C: DecreeConfig>(entries: &[(&str, Stored)]) -> Result<C, DecodeError> {
    let entry = |(path, stored): &(&str, Stored)| {
        let entry = Entry::new(stored.clone(), String::new(), None);
        ((*path).to_owned(), entry)
    };
    decode(&Reading {
        entries: entries.iter().map(entry).collect(),
        ..Reading::of_nothing(4)
    })
}

fn integer(value: i64) -> Stored {
    Stored::Value(Value::Integer(value))
}

#[test]
fn paths_are_those_of_every_struct_on_the_way() {
    let fields = App::fields();
    let paths: Vec<_> = fields.iter().map(FieldSpec::path).collect();
    assert_eq!(
        paths,
        [
            "app.db.pool.size",
            "app.db.pool.spare",
            "app.db.pool.name",
            "app.db.replica.pool.size",
            "app.db.replica.pool.spare",
            "app.db.replica.pool.name",
            "app.db.type.limits.low",
            "app.db.type.limits.high",
            "app.limits.low",
            "app.limits.high",
            "app.on",
        ]
    );
    let optional = fields.iter().filter(|field| field.in_option());
    assert_eq!(optional.count(), 3);
}

#[test]
fn one_type_is_read_from_several_places() {
    let app = decoded::<App>(&[
        ("app.db.pool.size", integer(1)),
        ("app.db.replica.pool.size", integer(2)),
        ("app.db.type.limits.high", integer(3)),
        ("app.limits.high", integer(4)),
    ])
    .unwrap();
    let pool = |size| Pool {
        size,
        spare: 5,
        name: None,
    };
    assert_eq!(app.database.pool, pool(1));
    assert_eq!(app.database.replica, Some(pool(2)));
    assert_eq!(app.database.r#type, Limits { low: 1, high: 3 });
    assert_eq!(app.limits, Limits { low: 1, high: 4 });
}

#[test]
fn an_optional_struct_is_there_once_one_of_its_fields_is() {
    type Found = Result<Option<Pool>, usize>;
    let read = |entries: &[(&str, Stored)]| -> Found {
        decoded(entries).map_err(|error| error.fields().len())
    };
    let pool = |size, spare| {
        let name = None;
        Ok(Some(Pool { size, spare, name }))
    };
    let size = |value| ("size", integer(value));
    let spare = ("spare", integer(2));
    // Nothing there, or null.
    assert_eq!(read(&[]), Ok(None));
    assert_eq!(
        read(&[("size", Stored::Null), ("name", Stored::Empty)]),
        Ok(None)
    );
    assert_eq!(read(&[("other", integer(1))]), Ok(None));
    // Whole, or as good as.
    assert_eq!(read(&[size(1), spare.clone()]), pool(1, 2));
    assert_eq!(read(&[size(1), ("spare", Stored::Null)]), pool(1, 5));
    // Half of it is a mistake, not a lack.
    assert_eq!(read(&[spare]), Err(1));
    assert_eq!(read(&[size(0)]), Err(1));
    assert_eq!(read(&[("name", Stored::Redacted)]), Err(2));
}

#[test]
fn what_is_missing_of_an_optional_struct_is_no_excuse_for_others() {
    #[derive(Debug, PartialEq, DecreeConfig)]
    struct Both {
        first: u32,
        #[decree(nested)]
        second: Option<Limits>,
        #[decree(nested)]
        third: Option<Pool>,
    }
    let error = decoded::<Both>(&[("third.name", Stored::Null)]).unwrap_err();
    let bad: Vec<_> = error.fields().iter().map(FieldError::path).collect();
    assert_eq!(bad, ["first"]);
    let both = decoded::<Both>(&[("first", integer(1)), ("second.limits.low", integer(2))]);
    let second = both.unwrap().second;
    assert_eq!(second, Some(Limits { low: 2, high: 9 }));
}

#[test]
fn every_bad_field_and_every_refusal_names_its_place() {
    let error = decoded::<App>(&[
        ("app.db.pool.size", integer(0)),
        ("app.db.replica.pool.spare", integer(-1)),
        ("app.db.type.limits.low", integer(10)),
        ("app.limits.low", integer(11)),
    ])
    .unwrap_err();
    let bad: Vec<_> = error.fields().iter().map(FieldError::path).collect();
    assert_eq!(
        bad,
        [
            "app.db.pool.size",
            "app.db.replica.pool.size",
            "app.db.replica.pool.spare"
        ]
    );
    let text = error.to_string();
    for line in [
        "\n  `app.db.pool.size`: expected at least 1, found integer 0;",
        "\n  the values of `app.db.type` are refused: 10 is above 9, from `Self::in_order`;",
        "\n  the values of `app` are refused: 11 is above 9, from `Self::in_order`;",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(error.refusals().len(), 2);
}

#[test]
fn two_structs_may_read_one_path_which_is_asked_for_once() {
    #[derive(Debug, PartialEq, DecreeConfig)]
    struct Twice {
        #[decree(flatten)]
        one: Limits,
        #[decree(flatten)]
        other: Holder,
    }
    #[derive(Debug, PartialEq, DecreeConfig)]
    struct Holder {
        #[decree(flatten)]
        held: Limits,
    }
    let asked: Vec<_> = paths(&Twice::fields());
    assert_eq!(asked, ["limits.low".into(), "limits.high".into()]);
    let twice = decoded::<Twice>(&[("limits.low", integer(7))]).unwrap();
    assert_eq!(twice.one, twice.other.held);
}

#[test]
fn what_is_missing_inside_does_not_hide_what_is_there() {
    let database = decoded::<Option<Database>>(&[("pool.size", integer(1))]).unwrap();
    let database = database.expect("one of its fields is there");
    assert_eq!((database.pool.size, database.replica), (1, None));
}
