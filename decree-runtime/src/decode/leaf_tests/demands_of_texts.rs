//! What is demanded of a field that is read by `from_str`.

use super::*;

#[derive(Debug, PartialEq, DecreeConfig)]
struct Demands {
    #[decree(from_str, default = "1.5", one_of = ["1.5", "2.50"])]
    rate: f64,
    #[decree(from_str, default = "10", min_len = 2, max_len = 3)]
    count: Option<u32>,
    #[decree(from_str, default = None, max_len = 2)]
    none: Option<u32>,
    #[decree(from_str, min_len = 4, validate = is_small)]
    secret: Option<Secret<u128>>,
}

fn is_small(secret: &Secret<u128>) -> Result<(), &'static str> {
    (*secret.expose() < 5000).then_some(()).ok_or("too much")
}

#[test]
fn they_look_at_the_text_and_not_at_what_it_becomes() {
    let given = [
        ("rate", text("2.50")),
        ("count", text("007")),
        ("none", text("9")),
        ("secret", text("0007")),
    ];
    let expected = Demands {
        rate: 2.5,
        count: Some(7),
        none: Some(9),
        secret: Some(7.into()),
    };
    assert_eq!(decoded(&given), Ok(expected));
    let problems = problems::<Demands>(&[
        ("rate", text("2.5")),
        ("count", text("7")),
        ("none", text("007")),
        ("secret", text("777")),
    ]);
    let starts = [
        "expected one of `1.5`, `2.50`, found string \"2.5\";",
        "expected at least 2 characters, found string \"7\";",
        "expected at most 2 characters, found string \"007\";",
        "expected at least 4 characters, found a secret;",
    ];
    assert_eq!(problems.len(), starts.len());
    for (problem, start) in problems.iter().zip(starts) {
        assert!(problem.starts_with(start), "{problem}");
    }
    // Of what cannot be parsed, nothing is demanded.
    assert_eq!(super::problems::<Demands>(&[("count", text("x"))]).len(), 1);
}

#[test]
fn what_a_secret_may_be_is_not_shown() {
    #[derive(Debug, DecreeConfig)]
    struct Hidden {
        #[decree(one_of = [7041, 7042])]
        number: Secret<u32>,
        #[decree(from_str, one_of = ["7041", "7042"])]
        parsed: Option<Secret<u32>>,
    }
    let given = [("number", Value::Integer(1)), ("parsed", text("1"))];
    let problems = problems::<Hidden>(&given);
    assert_eq!(problems.len(), 2);
    for problem in problems {
        let start = "expected one of `…`, `…`, found a secret;";
        assert!(problem.starts_with(start), "{problem}");
    }
    for field in Hidden::fields() {
        assert_eq!(field.constraints()[0].to_string(), "one of `…`, `…`");
    }
}

#[test]
fn null_fits_and_a_default_is_looked_at_only_where_it_stands_in() {
    #[derive(Debug, PartialEq, DecreeConfig)]
    struct Long {
        #[decree(from_str, default = "100", max_len = LENGTH)]
        optional: Option<u32>,
        #[decree(from_str, default = "100", max_len = LENGTH)]
        plain: u32,
    }
    const LENGTH: usize = 2;
    let null = Entry::new(Stored::Null, String::new(), None);
    let entries = ["optional", "plain"].map(|path| (path.to_owned(), null.clone()));
    let error = decode::<Long>(&Reading {
        entries: entries.into_iter().collect(),
        ..Reading::of_nothing(4)
    });
    let error = error.unwrap_err();
    let bad: Vec<_> = error.fields().iter().map(FieldError::path).collect();
    assert_eq!(bad, ["plain"]);
    assert_eq!(problems::<Long>(&[]).len(), 2);
    let given = [("optional", text("1")), ("plain", text("2"))];
    assert!(decoded::<Long>(&given).is_ok());
}

#[test]
fn they_are_described() {
    let fields = Demands::fields();
    let texts = |at: usize| {
        let constraints = fields[at].constraints().iter();
        constraints.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(texts(0), ["one of `1.5`, `2.50`"]);
    assert_eq!(texts(1), ["at least 2 characters", "at most 3 characters"]);
    assert_eq!(
        texts(3),
        ["at least 4 characters", "what `is_small` accepts"]
    );
}
