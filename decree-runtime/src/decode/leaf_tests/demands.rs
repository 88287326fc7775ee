//! What is demanded of what an `Option` or a `Secret` holds, whatever they are called.

use std::time::Duration;

use super::*;

type Maybe = Option<u32>;

#[derive(Debug, PartialEq, DecreeConfig)]
struct Demands {
    #[decree(min = 3, validate = is_odd)]
    alias: Maybe,
    #[decree(min = 3, exclusive_max = 9)]
    secret: Option<Secret<u32>>,
    #[decree(default = "2s", min = "1s")]
    span: Secret<Duration>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as `validate` wants it")]
fn is_odd(value: &u32) -> Result<(), &'static str> {
    (value % 2 == 1).then_some(()).ok_or("it is even")
}

#[test]
fn they_are_about_what_is_inside() {
    let good = [("alias", Value::Integer(3)), ("secret", Value::Integer(8))];
    let expected = Demands {
        alias: Some(3),
        secret: Some(8.into()),
        span: Duration::from_secs(2).into(),
    };
    assert_eq!(decoded(&good), Ok(expected));
    let nothing: Demands = decoded(&[]).expect("`None` fits");
    assert_eq!((nothing.alias, nothing.secret), (None, None));
    let problems = problems::<Demands>(&[
        ("alias", Value::Integer(4)),
        ("secret", Value::Integer(2_781)),
        (
            "span",
            Value::Duration {
                seconds: 0,
                nanos: 2_781,
            },
        ),
    ]);
    let starts = [
        "integer 4 is refused: it is even,",
        "expected less than 9, found a secret;",
        "expected at least 1s, found a secret;",
    ];
    assert_eq!(problems.len(), starts.len());
    for (problem, start) in problems.iter().zip(starts) {
        assert!(problem.starts_with(start), "{problem}");
        assert!(
            !problem.contains("2781") && !problem.contains("2.781"),
            "{problem}"
        );
    }
}

#[cfg(feature = "json")]
#[test]
fn they_look_into_a_secret_that_is_read_from_json() {
    #[derive(Debug, PartialEq, DecreeConfig)]
    struct OfJson {
        #[decree(json, one_of = [7041, 7042])]
        number: Secret<u32>,
        #[decree(json, min_len = 2)]
        text: Option<Secret<String>>,
    }
    let json = |text: &str| Value::Json(text.to_owned());
    let good = [("number", json("7041")), ("text", json(r#""ab""#))];
    let expected = OfJson {
        number: 7041.into(),
        text: Some("ab".to_owned().into()),
    };
    assert_eq!(decoded(&good), Ok(expected));
    let bad = [("number", json("7043")), ("text", json(r#""a""#))];
    let problems = problems::<OfJson>(&bad);
    let starts = [
        "expected one of `…`, `…`, found a secret;",
        "expected at least 2 characters, found a secret;",
    ];
    assert_eq!(problems.len(), starts.len());
    for (problem, start) in problems.iter().zip(starts) {
        assert!(problem.starts_with(start), "{problem}");
    }
}
