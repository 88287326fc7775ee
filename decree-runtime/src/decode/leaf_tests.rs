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

mod texts {
    use std::net::IpAddr;

    use super::*;

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

    #[test]
    fn one_that_is_no_such_value_is_explained_where_it_is_used() {
        #[derive(Debug, DecreeConfig)]
        struct Bad {
            #[decree(default = "fairer")]
            mode: Mode,
            #[decree(default = "hunter2")]
            secret: Secret<Mode>,
            #[decree(from_str, default = "x")]
            letter: Option<u8>,
            #[decree(from_str, default = "hunter2")]
            hidden: Option<Secret<u8>>,
        }
        let start = "the server has no value for it, and its default does not do: expected";
        let known = "one of \"fair\", \"first-come\", \"FAST!\", found";
        let cure = "write another `default = …`";
        assert_eq!(
            problems::<Bad>(&[]),
            [
                format!("{start} {known} string \"fairer\"; {cure}"),
                format!("{start} {known} a secret that does not fit; {cure}"),
                format!(
                    "{start} a text that is a `u8`, found string \"x\": invalid digit found in \
                     string; {cure}"
                ),
                format!("{start} a text that is a `u8`, found a secret that does not fit; {cure}"),
            ]
        );
        let given = [("mode", text("fair")), ("secret", text("fair"))];
        assert_eq!(problems::<Bad>(&given).len(), 2);
    }
}

mod conversions {
    use std::{fmt, str::FromStr};

    use super::*;

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
}

mod demands_of_texts {
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
}

#[cfg(feature = "json")]
mod json {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind")]
    enum Route {
        Direct { to: String },
        Split { shares: Vec<u8> },
    }

    #[derive(Debug, PartialEq, DecreeConfig)]
    struct Routes {
        #[decree(json, default = Vec::new())]
        all: Vec<Route>,
        #[decree(json)]
        spare: Option<Route>,
        #[decree(json)]
        secret: Option<Secret<Route>>,
    }

    #[test]
    fn json_is_read_into_any_type_of_serde() {
        let json = |text: &str| Value::Json(text.to_owned());
        let routes = decoded::<Routes>(&[("spare", json(r#"{"kind":"Direct","to":"a"}"#))]);
        let expected = Routes {
            all: Vec::new(),
            spare: Some(Route::Direct { to: "a".to_owned() }),
            secret: None,
        };
        assert_eq!(routes, Ok(expected));
        let problems = problems::<Routes>(&[
            ("all", json(r#"[{"kind":"Split","shares":[300]}]"#)),
            ("spare", text("{}")),
            ("secret", json(r#"{"kind":"hunter2"}"#)),
        ]);
        assert!(problems[0].contains("300"), "{problems:?}");
        assert!(
            problems[1].starts_with("expected json, found string"),
            "{problems:?}"
        );
        assert!(
            problems[2].contains("found a secret that does not fit"),
            "{problems:?}"
        );
    }
}
