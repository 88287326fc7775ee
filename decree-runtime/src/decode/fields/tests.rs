use std::time::{Duration, SystemTime};

use super::*;
#[cfg(feature = "pattern")]
use crate::decode::Pattern;
use crate::{
    decode::{
        Constraint, DecodeError,
        constraint::Text,
        decode, decode_with,
        relation::{Equality, Order},
    },
    reading::Stored,
    value::{Kind, Mismatch, ToValue, Value},
};

fn reading(entries: &[(&str, Value)]) -> Reading {
    let entry = |(path, value): &(&str, Value)| {
        let stored = Stored::Value(value.clone());
        ((*path).to_owned(), Entry::new(stored, String::new(), None))
    };
    Reading {
        entries: entries.iter().map(entry).collect(),
        ..Reading::of_nothing(4)
    }
}

/// What is wrong with a value, if anything.
fn judge<T: FromValue>(
    value: Value,
    demand: impl for<'f, 'a> FnOnce(Checked<'f, 'a, T>) -> Checked<'f, 'a, T>,
) -> Option<Problem> {
    problem(&reading(&[("a", value)]), |fields| {
        demand(fields.read("a", "")).get().is_some()
    })
}

fn problem(reading: &Reading, read: impl FnOnce(&mut Fields<'_>) -> bool) -> Option<Problem> {
    let instead = Instead::new();
    let mut fields = Fields::of(reading, &instead);
    let good = read(&mut fields);
    let Mode::Read(mut read) = fields.mode else {
        unreachable!("it reads");
    };
    assert_eq!(read.errors.is_empty(), good);
    read.errors.pop().map(|error| error.problem().clone())
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with one")]
fn violated(constraints: &[Constraint], found: &str) -> Option<Problem> {
    Some(Problem::Violated {
        constraints: constraints.to_vec(),
        found: found.to_owned(),
    })
}

#[test]
fn bounds_of_numbers_are_exact_at_their_ends() {
    // Value, then whether it fits min, max, exclusive_min and exclusive_max of 0.5.
    for (value, fits) in [
        (0.5, [true, true, false, false]),
        (0.5_f64.next_up(), [true, false, true, false]),
        (0.5_f64.next_down(), [false, true, false, true]),
        (f64::MAX, [true, false, true, false]),
        (f64::MIN, [false, true, false, true]),
    ] {
        let value = || Value::Number(value);
        let found = [
            judge::<f64>(value(), |it| it.min(Order::new(), 0.5)).is_none(),
            judge::<f64>(value(), |it| it.max(Order::new(), 0.5)).is_none(),
            judge::<f64>(value(), |it| it.exclusive_min(Order::new(), 0.5)).is_none(),
            judge::<f64>(value(), |it| it.exclusive_max(Order::new(), 0.5)).is_none(),
        ];
        assert_eq!(found, fits, "{:?}", value());
    }
}

#[test]
fn zero_has_no_sign() {
    for (value, bound) in [(-0.0, 0.0), (0.0, -0.0)] {
        let value = || Value::Number(value);
        assert_eq!(
            judge::<f64>(value(), |it| it.min(Order::new(), bound)),
            None
        );
        assert_eq!(
            judge::<f64>(value(), |it| it.max(Order::new(), bound)),
            None
        );
        assert_eq!(
            judge::<f64>(value(), |it| it.one_of(Equality::new(), &[bound])),
            None
        );
        assert!(judge::<f64>(value(), |it| it.exclusive_min(Order::new(), bound)).is_some());
        assert!(judge::<f64>(value(), |it| it.exclusive_max(Order::new(), bound)).is_some());
    }
}

/// A number that reads NaN, which none from the server does.
#[derive(Debug, PartialEq, PartialOrd)]
struct Odd(f64);

impl FromValue for Odd {
    const KINDS: &'static [Kind] = &[Kind::Number];

    fn from_value(_: &Value) -> Result<Self, Mismatch> {
        Ok(Self(f64::NAN))
    }
}

impl ToValue for Odd {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        self.0.to_value()
    }
}

#[test]
fn nan_violates_every_bound_and_every_value_violates_nan() {
    let zero = || Value::Number(0.0);
    assert!(judge::<Odd>(zero(), |it| it.min(Order::new(), Odd(0.0))).is_some());
    assert!(judge::<Odd>(zero(), |it| it.max(Order::new(), Odd(0.0))).is_some());
    assert!(judge::<Odd>(zero(), |it| it.exclusive_min(Order::new(), Odd(0.0))).is_some());
    assert!(judge::<Odd>(zero(), |it| it.exclusive_max(Order::new(), Odd(0.0))).is_some());
    assert!(judge::<Odd>(zero(), |it| it.one_of(Equality::new(), &[Odd(f64::NAN)])).is_some());
    for bound in [f64::NAN, -f64::NAN] {
        assert!(judge::<f64>(zero(), |it| it.min(Order::new(), bound)).is_some());
        assert!(judge::<f64>(zero(), |it| it.max(Order::new(), bound)).is_some());
        assert!(judge::<f64>(zero(), |it| it.exclusive_min(Order::new(), bound)).is_some());
        assert!(judge::<f64>(zero(), |it| it.exclusive_max(Order::new(), bound)).is_some());
    }
}

#[test]
fn integers_are_exact_to_the_ends_of_i64() {
    let (least, most) = (i64::MIN, i64::MAX);
    let value = Value::Integer;
    assert_eq!(
        judge::<i64>(value(most), |it| it
            .max(Order::new(), most)
            .min(Order::new(), most)),
        None
    );
    assert_eq!(
        judge::<i64>(value(least), |it| it
            .min(Order::new(), least)
            .max(Order::new(), least)),
        None
    );
    // As doubles these are the same number.
    assert_eq!(
        judge::<i64>(value(most), |it| it.max(Order::new(), most - 1)),
        violated(
            &[Constraint::Max("9223372036854775806".into())],
            "integer 9223372036854775807"
        )
    );
    assert_eq!(
        judge::<i64>(value(least), |it| it.exclusive_min(Order::new(), least)),
        violated(
            &[Constraint::ExclusiveMin("-9223372036854775808".into())],
            "integer -9223372036854775808"
        )
    );
    assert!(judge::<i64>(value(least), |it| it.one_of(Equality::new(), &[least + 1])).is_some());
    // A bound that no value of the server reaches can be said, too.
    assert_eq!(
        judge::<u64>(value(1), |it| it.min(Order::new(), u64::MAX)),
        violated(
            &[Constraint::Min("18446744073709551615".into())],
            "integer 1"
        )
    );
}

#[test]
fn durations_and_times_have_bounds() {
    let span = |seconds, nanos| Value::Duration { seconds, nanos };
    let bound = Duration::from_secs(90);
    assert_eq!(
        judge::<Duration>(span(90, 0), |it| it.max(Order::new(), bound)),
        None
    );
    let problem = judge::<Duration>(span(90, 1), |it| it.max(Order::new(), bound)).unwrap();
    assert_eq!(
        problem.to_string(),
        "expected at most 90s, found duration 90.000000001s; set another value on the server, or \
         change what the struct demands"
    );
    let time = |seconds| Value::Time { seconds, nanos: 0 };
    let epoch = SystemTime::UNIX_EPOCH;
    assert_eq!(
        judge::<SystemTime>(time(0), |it| it.min(Order::new(), epoch)),
        None
    );
    assert_eq!(
        judge::<SystemTime>(time(-1), |it| it.min(Order::new(), epoch)),
        violated(
            &[Constraint::Min("1970-01-01T00:00:00Z".into())],
            "time 1969-12-31T23:59:59Z"
        )
    );
}

#[test]
fn lengths_count_unicode_scalar_values() {
    // Seven bytes, three scalar values, two for a reader.
    let text = || Value::String("a\u{301}\u{1f600}".into());
    let fits = |least, most| {
        judge::<String>(text(), |it| {
            it.min_len(Text::text, least).max_len(Text::text, most)
        })
    };
    assert_eq!(fits(3, 3), None);
    assert_eq!(fits(0, usize::MAX), None);
    assert!(fits(4, 4).is_some() && fits(0, 2).is_some());
    let empty = || Value::String(String::new());
    assert_eq!(
        judge::<String>(empty(), |it| it
            .min_len(Text::text, 0)
            .max_len(Text::text, 0)),
        None
    );
    let problem = judge::<String>(empty(), |it| it.min_len(Text::text, 1)).unwrap();
    let expected = "expected at least 1 character, found string \"\"";
    assert!(problem.to_string().starts_with(expected), "{problem}");
    assert!(judge::<String>(empty(), |it| it.min_len(Text::text, usize::MAX)).is_some());
}

#[cfg(feature = "pattern")]
#[test]
fn a_pattern_is_searched_for_anywhere() {
    static LOOSE: Pattern = Pattern::new("b+");
    static STRICT: Pattern = Pattern::new("^b+$");
    // The derive does not let it come to that.
    static BROKEN: Pattern = Pattern::new("(");
    let text = |text: &str| Value::String(text.into());
    let fits = |value: &str, pattern| {
        judge::<String>(text(value), |it| it.pattern(Text::text, pattern)).is_none()
    };
    assert!(fits("abba", &LOOSE) && !fits("abba", &STRICT) && fits("bb", &STRICT));
    assert!(!fits("", &LOOSE) && !fits("bb\n", &STRICT));
    assert!(!fits("(", &BROKEN));
}

#[test]
fn a_field_says_all_that_it_violates() {
    let text = Value::String("no".into());
    let problem = judge::<String>(text, |it| {
        it.min_len(Text::text, 3)
            .max_len(Text::text, 9)
            .one_of(Equality::new(), &["yes".to_owned(), "never".to_owned()])
            .validate("check", |_| Err("it is not asked".to_owned()))
    });
    assert_eq!(
        problem.unwrap().to_string(),
        "expected at least 3 characters and one of `yes`, `never`, found string \"no\"; set another \
         value on the server, or change what the struct demands"
    );
}

#[test]
fn a_megabyte_makes_no_long_message() {
    const LENGTH: usize = 1 << 20;
    let huge = "\u{1f600}".repeat(LENGTH);
    let value = || Value::String(huge.clone());
    let exact = judge::<String>(value(), |it| {
        it.min_len(Text::text, LENGTH).max_len(Text::text, LENGTH)
    });
    assert_eq!(exact, None);
    let problems = [
        judge::<String>(value(), |it| it.min_len(Text::text, LENGTH + 1)),
        judge::<String>(value(), |it| it.max_len(Text::text, LENGTH - 1)),
        judge::<String>(value(), |it| it.one_of(Equality::new(), &["a".to_owned()])),
        judge::<String>(value(), |it| it.validate("check", |text| said(Err(text)))),
        judge::<String>(value(), |it| it.validate("check", |text| panic!("{text}"))),
        judge::<String>(Value::String("a".into()), |it| {
            it.one_of(Equality::new(), std::slice::from_ref(&huge))
        }),
    ];
    for problem in problems {
        let message = problem.expect("it is bad").to_string();
        assert!(message.len() < 2_000, "{}", message.len());
    }
}

#[cfg(feature = "pattern")]
#[test]
fn a_pattern_is_searched_for_in_a_megabyte() {
    static PATTERN: Pattern = Pattern::new("a$");
    let huge = "\u{1f600}".repeat(1 << 20);
    let fits =
        |text: String| judge::<String>(Value::String(text), |it| it.pattern(Text::text, &PATTERN));
    let message = fits(huge.clone()).expect("it is bad").to_string();
    assert!(message.len() < 2_000, "{}", message.len());
    assert_eq!(fits(huge + "a"), None);
}

#[test]
fn none_fits_everything_and_a_constraint_is_about_what_is_inside() {
    let demand = |it: Checked<'_, '_, Option<i64>>| {
        it.decree_inside()
            .min(Order::new(), 1)
            .one_of(Equality::new(), &[1, 2])
            .validate("check", |value| {
                (*value < 2).then_some(()).ok_or_else(|| "2 or more".into())
            })
            .get()
            .is_some()
    };
    let null = Reading::of_nothing(1);
    assert_eq!(problem(&null, |it| demand(it.read("a", ""))), None);
    let judge = |value| {
        let reading = reading(&[("a", Value::Integer(value))]);
        problem(&reading, |it| demand(it.read("a", "")))
    };
    assert_eq!(judge(1), None);
    assert!(matches!(judge(0), Some(Problem::Violated { .. })));
    assert_eq!(
        judge(2).unwrap().to_string(),
        "integer 2 is refused: 2 or more, from `check`; set another value on the server, or change \
         what the struct demands"
    );
}

#[test]
fn a_default_is_checked_like_a_value() {
    let problem = problem(&Reading::of_nothing(1), |fields| {
        fields
            .read_or("a", "", |_| 7_i64, |_| None)
            .max(Order::new(), 3)
            .get()
            .is_some()
    });
    assert_eq!(
        problem.unwrap().to_string(),
        "expected at most 3, found the default of the struct, for the server has no value; set \
         another value on the server, or change what the struct demands"
    );
}

/// Panics in every place where code of the application runs for a field.
#[derive(Debug)]
struct Angry;

impl DecreeConfig for Angry {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let default = fields.read_or::<i64>("a", "", |_| panic!("no default"), |_| None);
        default.get();
        let validator = fields.read_or::<i64>("b", "", |_| 1, |_| None);
        let judged = validator.validate("check", |_| panic!("out of cheese"));
        judged.get();
        fields
            .read_or("c", "", |_| 1_i64, |_| None)
            .max(Order::new(), 0)
            .get();
        None
    }
}

#[test]
fn a_panic_is_a_reason_like_the_others_and_hides_none() {
    let error = decode::<Angry>(&Reading::of_nothing(4)).unwrap_err();
    let found: Vec<_> = error.fields().iter().map(ToString::to_string).collect();
    assert_eq!(found[0], "`a`: its conversion panicked: no default");
    assert!(found[1].contains("refused: it panicked: out of cheese, from `check`"));
    assert!(found[2].starts_with("`c`: expected at most 0"));
    assert_eq!(found.len(), 3);
}

/// Two shares of a whole.
#[derive(Debug, PartialEq)]
struct Split {
    left: i64,
    right: i64,
}

impl DecreeConfig for Split {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let left = fields.read::<i64>("left", "").min(Order::new(), 0).get();
        let right = fields.read::<i64>("right", "").min(Order::new(), 0).get();
        let split = Self {
            left: left?,
            right: right?,
        };
        fields.accepted(split, "is_whole", |split| {
            let sum = split.left + split.right;
            assert_ne!(sum, 0, "nothing is left");
            let whole = (sum == 100).then_some(());
            whole.ok_or_else(|| format!("the sum is {sum}"))
        })
    }
}

fn split(left: i64, right: i64) -> Result<Split, DecodeError> {
    decode(&reading(&[
        ("left", Value::Integer(left)),
        ("right", Value::Integer(right)),
    ]))
}

#[test]
fn the_whole_is_judged_once_its_fields_are_good() {
    let good = Split {
        left: 30,
        right: 70,
    };
    assert_eq!(split(30, 70), Ok(good));
    let refused = split(30, 80).unwrap_err();
    assert_eq!(refused.fields(), []);
    let refusal = &refused.refusals()[0];
    assert_eq!(
        (refusal.validator(), refusal.reason()),
        ("is_whole", "the sum is 110")
    );
    assert_eq!(
        refused.to_string(),
        "version 4 of tenant `t` does not fit `Split`:\n  its values are refused: the sum is 110, \
         from `is_whole`; set values on the server that fit each other"
    );
    let panicked = split(0, 0).unwrap_err();
    let reason = panicked.refusals()[0].reason();
    assert!(
        reason.starts_with("it panicked:") && reason.contains("nothing is left"),
        "{reason}"
    );
    let bad = split(-1, 80).unwrap_err();
    assert_eq!((bad.fields().len(), bad.refusals()), (1, [].as_slice()));
}

#[test]
fn what_is_refused_with_older_values_names_their_fields() {
    let old = Entry::new(Stored::Value(Value::Integer(10)), String::new(), None);
    let reading = reading(&[("left", Value::Integer(30)), ("right", Value::Integer(70))]);
    let mixture = decode_with::<Split>(&reading, &Instead::from([("left", Some(&old))]));
    let error = mixture.unwrap_err().to_string();
    assert!(
        error.contains("its values are refused, with older ones of `left`: the sum is 80"),
        "{error}"
    );
}

#[test]
fn a_described_field_says_what_it_demands_and_asks_nobody() {
    struct Described;

    impl DecreeConfig for Described {
        fn decode(fields: &mut Fields<'_>) -> Option<Self> {
            let show = |_: &_| panic!("contained");
            let field = fields.read_or::<Option<i64>>("a", "", |_| panic!("contained"), show);
            let field = field
                .restart()
                .decree_inside()
                .exclusive_min(Order::new(), 0)
                .one_of(Equality::new(), &[1, 2]);
            let field = field.validate("check", |_| panic!("not run"));
            field.get()?;
            Some(Self)
        }
    }

    let fields = Described::fields();
    assert!(fields[0].restart());
    let constraints = fields[0].constraints();
    assert_eq!(
        constraints,
        [
            Constraint::ExclusiveMin("0".into()),
            Constraint::OneOf(vec!["1".into(), "2".into()]),
            Constraint::Validate("check"),
        ]
    );
}
