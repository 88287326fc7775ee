//! Structures of serde.

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
