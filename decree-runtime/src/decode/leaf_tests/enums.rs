//! Enums of the application.

use super::*;

#[derive(Debug, PartialEq, DecreeConfig)]
struct Modes {
    plain: Mode,
    #[decree(default = Mode::Fair, one_of = [Mode::Fair, Mode::Fast])]
    chosen: Mode,
    #[decree(default = Some(Mode::Fast), restart)]
    optional: Option<Mode>,
    #[decree(default = Secret::from(Mode::FirstCome))]
    secret: Secret<Mode>,
}

#[test]
fn texts_are_variants() {
    let modes = decoded::<Modes>(&[("plain", text("first-come")), ("chosen", text("FAST!"))]);
    let expected = Modes {
        plain: Mode::FirstCome,
        chosen: Mode::Fast,
        optional: Some(Mode::Fast),
        secret: Mode::FirstCome.into(),
    };
    assert_eq!(modes, Ok(expected));
}

#[test]
fn another_text_names_the_known_ones() {
    let problems = problems::<Modes>(&[
        ("plain", text("FirstCome")),
        ("chosen", text("first-come")),
        ("optional", Value::Bool(true)),
        ("secret", text("hunter2")),
    ]);
    let known = "expected one of \"fair\", \"first-come\", \"FAST!\", found";
    let starts = [
        format!("{known} string \"FirstCome\", which is almost \"first-come\";"),
        "expected one of `fair`, `FAST!`, found string \"first-come\";".to_owned(),
        format!("{known} bool true;"),
        format!("{known} a secret that does not fit;"),
    ];
    assert_eq!(problems.len(), starts.len());
    for (problem, start) in problems.iter().zip(starts) {
        assert!(problem.starts_with(&start), "{problem}");
    }
}

#[test]
fn the_texts_are_described() {
    let fields = Modes::fields();
    let texts = |field: &FieldSpec| -> Vec<_> {
        let constraints = field.constraints().iter();
        constraints.map(ToString::to_string).collect()
    };
    let all = "one of `fair`, `first-come`, `FAST!`";
    for at in [0, 2, 3] {
        assert_eq!(texts(&fields[at]), [all]);
    }
    assert_eq!(texts(&fields[1]), [all, "one of `fair`, `FAST!`"]);
    assert_eq!(fields[1].default(), Some(&text("fair")));
    assert_eq!(fields[0].kinds(), [Kind::String]);
}
