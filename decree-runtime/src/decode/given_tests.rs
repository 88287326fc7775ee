//! What the derive gives besides reading: defaults, descriptions, constants, differences.

use std::time::Duration;

use crate::{
    DecreeConfig, FieldSpec, FromValue, Kind, Live, Mismatch, Secret, Value, decode::FieldError,
};

/// Can be read and not written.
#[derive(Debug, Clone, PartialEq)]
struct OneWay(i64);

impl FromValue for OneWay {
    const KINDS: &'static [Kind] = &[Kind::Integer];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        i64::from_value(value).map(Self)
    }
}

/// Cannot be compared.
#[derive(Debug)]
struct Opaque;

impl FromValue for Opaque {
    const KINDS: &'static [Kind] = &[Kind::Bool];

    fn from_value(_: &Value) -> Result<Self, Mismatch> {
        Ok(Self)
    }
}

#[derive(Debug, Clone, PartialEq, DecreeConfig)]
struct Inner {
    #[decree(default = 1, max = 3)]
    depth: u8,
    #[decree(key = "other-name")]
    other: Option<String>,
}

#[derive(Debug, PartialEq, DecreeConfig)]
#[decree(prefix = "app")]
struct App<T: FromValue + Default + Send + Sync + 'static> {
    #[decree(default = 0.5)]
    number: f64,
    #[decree(default = "90s")]
    time: Duration,
    #[decree(default = "text")]
    r#type: String,
    #[decree(default = OneWay(3))]
    one_way: OneWay,
    #[decree(default = Secret::from(String::from("hidden")))]
    secret: Secret<String>,
    #[decree(default = T::default())]
    generic: T,
    #[decree(nested)]
    inner: Inner,
    #[decree(nested, prefix = "more")]
    optional: Option<Inner>,
    #[decree(flatten)]
    flat: Flat,
    #[decree(skip)]
    skipped: u32,
}

#[derive(Debug, PartialEq, DecreeConfig)]
struct Flat {
    #[decree(default = true)]
    on: bool,
}

#[derive(Debug, DecreeConfig)]
struct Incomparable {
    #[decree(default = Opaque)]
    opaque: Opaque,
}

#[test]
fn a_struct_can_be_made_of_its_defaults() {
    let app = App::<u8>::defaults().unwrap();
    let inner = Inner {
        depth: 1,
        other: None,
    };
    assert_eq!((app.number, app.time), (0.5, Duration::from_secs(90)));
    assert_eq!((app.one_way, app.generic), (OneWay(3), 0));
    assert_eq!((app.inner, app.optional), (inner, None));
    assert!(app.flat.on);
}

#[test]
fn what_has_no_default_or_a_bad_one_is_named() {
    #[derive(Debug, DecreeConfig)]
    struct Lacking {
        lacks: u32,
        #[decree(default = "a".repeat(9), max_len = 3)]
        long: String,
        #[decree(nested)]
        outer: Outer,
    }
    #[derive(Debug, DecreeConfig)]
    struct Outer {
        secret: Secret<bool>,
    }
    let error = Lacking::defaults().unwrap_err();
    let bad: Vec<_> = error.fields().iter().map(FieldError::path).collect();
    assert_eq!(bad, ["lacks", "long", "outer.secret"]);
    let text = error.to_string();
    assert!(
        text.starts_with("the defaults of `Lacking` do not make one:\n  `lacks`: "),
        "{text}"
    );
}

#[test]
fn defaults_are_described_where_they_can_be_written_and_shown() {
    let fields = App::<u8>::fields();
    let default = |field: &FieldSpec| field.default().map(ToString::to_string);
    let defaults: Vec<_> = fields
        .iter()
        .map(|field| (field.path(), field.has_default(), default(field)))
        .collect();
    let shown = |text: &str| Some(text.to_owned());
    assert_eq!(
        defaults,
        [
            ("app.number", true, shown("number 0.5")),
            ("app.time", true, shown("duration 90s")),
            ("app.type", true, shown("string \"text\"")),
            ("app.one_way", true, None),
            ("app.secret", true, None),
            // That it can be written, nobody knows where the code is derived.
            ("app.generic", true, None),
            ("app.inner.depth", true, shown("integer 1")),
            ("app.inner.other-name", false, None),
            ("app.more.depth", true, shown("integer 1")),
            ("app.more.other-name", false, None),
            ("app.on", true, shown("bool true")),
        ]
    );
}

#[test]
fn a_default_that_panics_is_not_shown() {
    #[derive(DecreeConfig)]
    struct Panics {
        #[decree(default = panic!("out of cheese"))]
        cheese: u32,
        #[decree(default = panic!("hunter2"))]
        secret: Secret<String>,
    }
    let fields = Panics::fields();
    assert!(fields[0].has_default() && fields[0].default().is_none());
    let error = Panics::defaults().map(drop).unwrap_err().to_string();
    assert!(error.contains("out of cheese"), "{error}");
    assert!(
        error.contains("`secret`: its conversion panicked"),
        "{error}"
    );
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_constant_is_a_path_and_a_value() {
    let app = App::<u8>::defaults().unwrap();
    assert_eq!(App::<u8>::NUMBER.path(), "app.number");
    assert_eq!(App::<u8>::TYPE.path(), "app.type");
    assert_eq!(App::<u8>::INNER.path(), "app.inner");
    assert_eq!(App::<u8>::FLAT.path(), "app");
    assert_eq!(Flat::ON.path(), "on");
    assert_eq!(Inner::OTHER.path(), "other-name");
    assert_eq!(App::<u8>::TYPE.get(&app), "text");
    assert_eq!(App::<u8>::INNER.get(&app).depth, 1);
    let live = Live::fixed(app);
    assert_eq!(live.field(App::<u8>::INNER).get().depth, 1);
}

#[test]
fn changed_fields_are_named_by_their_paths() {
    let old = App::<u8>::defaults().unwrap();
    let new = || App::<u8>::defaults().unwrap();
    assert_eq!(old.changed_fields(&new()), [""; 0]);
    let mut other = new();
    other.number = f64::NAN;
    other.secret = String::from("other").into();
    other.inner.other = Some(String::new());
    other.skipped = 7;
    let changed = ["app.number", "app.secret", "app.inner.other-name"];
    assert_eq!(old.changed_fields(&other), changed);
    // NaN is not even itself.
    assert_eq!(other.changed_fields(&other), ["app.number"]);
}

#[test]
fn a_field_of_two_flattened_structs_is_named_once() {
    #[derive(DecreeConfig)]
    struct Twice {
        #[decree(flatten)]
        one: Flat,
        #[decree(flatten)]
        two: Holder,
    }
    #[derive(DecreeConfig)]
    struct Holder {
        #[decree(flatten)]
        held: Flat,
    }
    let of = |on| Twice {
        one: Flat { on },
        two: Holder { held: Flat { on } },
    };
    assert_eq!(of(true).changed_fields(&of(false)), ["on"]);
}

#[test]
fn an_optional_struct_that_comes_or_goes_changes_all_its_fields() {
    let none = App::<u8>::defaults().unwrap();
    let with = |depth| {
        let other = None;
        let optional = Some(Inner { depth, other });
        let app = App::<u8>::defaults().unwrap();
        App { optional, ..app }
    };
    let all = ["app.more.depth", "app.more.other-name"];
    assert_eq!(none.changed_fields(&with(1)), all);
    assert_eq!(with(1).changed_fields(&none), all);
    assert_eq!(with(1).changed_fields(&with(2)), ["app.more.depth"]);
}

#[test]
fn what_cannot_be_compared_can_be_derived() {
    let fields = Incomparable::fields();
    assert_eq!(fields[0].path(), Incomparable::OPAQUE.path());
    assert!(matches!(
        Incomparable::defaults(),
        Ok(Incomparable { opaque: Opaque })
    ));
}
