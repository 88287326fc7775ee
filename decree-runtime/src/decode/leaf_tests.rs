//! Fields of types of the application.

use super::*;
use crate::{DecreeConfig, DecreeEnum, Secret, value::Value};

#[derive(Debug, Clone, Copy, PartialEq, DecreeEnum)]
#[decree(rename_all = "kebab-case")]
enum Mode {
    Fair,
    FirstCome,
    #[decree(rename = "FAST!")]
    Fast,
}

fn decoded<C: DecreeConfig>(entries: &[(&str, Value)]) -> Result<C, DecodeError> {
    let entry = |(path, value): &(&str, Value)| {
        let entry = Entry::new(Stored::Value(value.clone()), String::new(), None);
        ((*path).to_owned(), entry)
    };
    decode(&Reading {
        entries: entries.iter().map(entry).collect(),
        ..Reading::of_nothing(4)
    })
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// What is wrong with each field, in the order of the struct.
fn problems<C: DecreeConfig>(entries: &[(&str, Value)]) -> Vec<String> {
    let error = decoded::<C>(entries).err();
    let fields = error.iter().flat_map(DecodeError::fields);
    fields.map(|error| error.problem().to_string()).collect()
}

mod enums {
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
}
