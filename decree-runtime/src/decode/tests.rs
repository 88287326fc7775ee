use super::*;
use crate::value::Value;

fn reading(entries: &[(&str, Stored)]) -> Reading {
    let entry = |stored: &Stored| Entry::new(stored.clone(), String::new(), None);
    Reading {
        tenant_id: "7d".into(),
        tenant: "acme".into(),
        version: 4,
        part: None,
        entries: entries
            .iter()
            .map(|(path, stored)| ((*path).to_owned(), entry(stored)))
            .collect(),
    }
}

fn read<T: FromValue>(
    stored: Option<Stored>,
    default: Option<fn(OfField<T>) -> T>,
) -> Result<T, Problem> {
    let entries: Vec<_> = stored.into_iter().map(|stored| ("a", stored)).collect();
    let reading = reading(&entries);
    let instead = Instead::new();
    let mut fields = Fields::of(&reading, &instead);
    let value = match default {
        Some(default) => fields.read_or("a", "", default, |_| None).get(),
        None => fields.read("a", "").get(),
    };
    let Mode::Read(mut read) = fields.mode else {
        unreachable!("it reads");
    };
    value.ok_or_else(|| read.errors.remove(0).problem().clone())
}

#[test]
fn null_absent_and_empty_are_told_apart() {
    let some = || Some(Stored::Value(Value::Integer(7)));
    let null = || Some(Stored::Null);
    let empty = || Some(Stored::Empty);

    assert_eq!(read::<i32>(some(), None), Ok(7));
    assert_eq!(read::<i32>(None, None), Err(Problem::Missing));
    assert_eq!(read::<i32>(null(), None), Err(Problem::Null));
    assert_eq!(read::<i32>(empty(), None), Err(Problem::Empty));

    assert_eq!(read::<i32>(some(), Some(|_| 3)), Ok(7));
    assert_eq!(read::<i32>(None, Some(|_| 3)), Ok(3));
    assert_eq!(read::<i32>(null(), Some(|_| 3)), Ok(3));
    assert_eq!(read::<i32>(empty(), Some(|_| 3)), Ok(3));

    assert_eq!(read::<Option<i32>>(some(), None), Ok(Some(7)));
    assert_eq!(read::<Option<i32>>(None, None), Ok(None));
    assert_eq!(read::<Option<i32>>(null(), None), Ok(None));
    assert_eq!(read::<Option<i32>>(empty(), None), Ok(None));

    assert_eq!(read::<Option<i32>>(None, Some(|_| Some(3))), Ok(Some(3)));
    assert_eq!(read::<Option<i32>>(null(), Some(|_| Some(3))), Ok(None));
}

#[test]
fn what_the_server_hides_is_never_data() {
    let hidden = [
        (Stored::Redacted, Problem::Redacted),
        (Stored::ImportedRedaction, Problem::ImportedRedaction),
        (Stored::Unknown, Problem::Unknown),
        (
            Stored::Unreadable(Kind::Integer),
            Problem::Unreadable(Kind::Integer),
        ),
    ];
    for (stored, problem) in hidden {
        assert_eq!(
            read::<i32>(Some(stored.clone()), None),
            Err(problem.clone())
        );
        assert_eq!(
            read::<i32>(Some(stored.clone()), Some(|_| 3)),
            Err(problem.clone())
        );
        assert_eq!(read::<Option<i32>>(Some(stored), None), Err(problem));
    }
}

#[derive(Debug)]
struct Pair;

impl DecreeConfig for Pair {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let a = fields.read::<i32>("a", "").get();
        let b = fields.read::<bool>("b", "").get();
        a?;
        b?;
        Some(Self)
    }
}

#[test]
fn every_bad_field_has_a_line_with_its_cure() {
    let bad = reading(&[("a", Stored::Value(Value::String("x".into())))]);
    let error = decode::<Pair>(&bad).unwrap_err();
    assert_eq!(error.fields().len(), 2);
    let fields = "
  `a`: expected an integer from -2147483648 to 2147483647 (i32), found string \"x\"; \
         change the type of the field in the struct or in the schema, or the value on the server
  `b`: the server has no value for it and the struct no default; set it on the server, \
         or give the field `default = …` or an `Option` type";
    assert_eq!(
        error.to_string(),
        format!("version 4 of tenant `acme` does not fit `Pair`:{fields}")
    );
    assert_eq!(
        error.of_named_tenant().to_string(),
        format!("version 4 does not fit `Pair`:{fields}")
    );
}

#[derive(Debug)]
struct Panics;

impl DecreeConfig for Panics {
    fn decode(_: &mut Fields<'_>) -> Option<Self> {
        panic!("out of cheese")
    }
}

#[test]
fn a_panicking_conversion_is_an_error() {
    let error = decode::<Panics>(&reading(&[])).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("a conversion panicked: out of cheese")
    );
}
