use decree_runtime::Value::{self, Integer};

use super::*;
use crate::{decode::Fields, reading::Stored};

/// A pool whose size is that of the start, and of which not more than all is in reserve.
#[derive(Debug, PartialEq)]
struct Pool {
    size: i64,
    reserve: i64,
    retries: i64,
}

impl DecreeConfig for Pool {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let size = fields.read("size", "").restart();
        let order = size.of().order();
        let size = size.min(order, 1_i64).get();
        let reserve = fields.read_or("reserve", "", |_| 0, |_| None);
        let order = reserve.of().order();
        let reserve = reserve.max(order, 50_i64).get();
        let retries = fields.read_or("retries", "", |_| 3, |_| None);
        let order = retries.of().order();
        let retries = retries.max(order, 9_i64).get();
        let pool = Self {
            size: size?,
            reserve: reserve?,
            retries: retries?,
        };
        fields.accepted(pool, "fits", |pool| {
            let fits = (pool.reserve <= pool.size).then_some(());
            fits.ok_or_else(|| "the reserve is larger than the pool".to_owned())
        })
    }
}

fn reading(version: i32, entries: &[(&str, Value)]) -> Reading {
    let entry = |(path, value): &(&str, Value)| {
        let stored = Stored::Value(value.clone());
        ((*path).to_owned(), Entry::new(stored, String::new(), None))
    };
    Reading {
        entries: entries.iter().map(entry).collect(),
        ..Reading::of_nothing(version)
    }
}

fn pool(version: i32, size: i64, reserve: i64, retries: i64) -> Reading {
    let entries = [
        ("size", Integer(size)),
        ("reserve", Integer(reserve)),
        ("retries", Integer(retries)),
    ];
    reading(version, &entries)
}

fn of_another_tenant(reading: Reading) -> Reading {
    Reading {
        tenant_id: "u".into(),
        ..reading
    }
}

/// What readers see, or the paths that are bad.
fn seen(made: &Made<Pool>) -> Result<(i64, i64, i64), Vec<String>> {
    match made {
        Made::Whole(it) | Made::Without(it, ..) => Ok((it.size, it.reserve, it.retries)),
        Made::Nothing(error) => {
            let fields = error.fields().iter();
            Err(fields.map(|field| field.path().to_owned()).collect())
        }
    }
}

fn kept(made: &Made<Pool>) -> Vec<(&str, i32)> {
    match made {
        Made::Without(_, _, kept) => kept.iter().map(|(path, of)| (&**path, *of)).collect(),
        _ => Vec::new(),
    }
}

fn memory(bad_fields: BadFields) -> Memory {
    Memory::new(&Pool::fields(), &pool(1, 10, 2, 3), bad_fields)
}

fn awaits(memory: &Memory) -> Vec<(String, i32)> {
    let awaits = memory.awaits_restart().into_iter();
    awaits.map(|it| (it.path.to_string(), it.since)).collect()
}

#[test]
fn a_bad_field_rejects_the_version_unless_it_is_kept() {
    let bad = pool(2, 10, 99, 4);
    let made = memory(BadFields::Reject).make(&bad);
    assert_eq!(seen(&made), Err(vec!["reserve".to_owned()]));
    let made = memory(BadFields::Keep).make(&bad);
    assert_eq!(seen(&made), Ok((10, 2, 4)));
    assert_eq!(kept(&made), [("reserve", 1)]);
}

#[test]
fn each_bad_field_keeps_the_value_of_its_own_last_good_version() {
    let mut memory = memory(BadFields::Keep);
    assert_eq!(seen(&memory.make(&pool(2, 10, 3, 99))), Ok((10, 3, 3)));
    let made = memory.make::<Pool>(&pool(3, 10, 99, 99));
    assert_eq!(seen(&made), Ok((10, 3, 3)));
    assert_eq!(kept(&made), [("reserve", 2), ("retries", 1)]);
    let healed = memory.make::<Pool>(&pool(4, 10, 4, 5));
    assert!(matches!(healed, Made::Whole(_)));
    assert_eq!(seen(&healed), Ok((10, 4, 5)));
    // What was not there is kept as what is not there.
    let mut memory = Memory::new(
        &Pool::fields(),
        &reading(1, &[("size", Integer(10))]),
        BadFields::Keep,
    );
    assert_eq!(seen(&memory.make(&pool(2, 10, 99, 5))), Ok((10, 0, 5)));
}

#[test]
fn a_mixture_that_the_whole_refuses_is_no_version() {
    let mut memory = memory(BadFields::Keep);
    assert_eq!(seen(&memory.make(&pool(2, 10, 8, 3))), Ok((10, 8, 3)));
    // Bad by itself, and the last good size is too small for the reserve.
    let made = memory.make::<Pool>(&pool(3, 10, 20, 99));
    let Made::Nothing(error) = made else {
        panic!("{made:?}");
    };
    assert_eq!(error.fields().len(), 1);
    assert_eq!(error.refusals()[0].validator(), "fits");
    assert!(
        error
            .to_string()
            .contains("with older ones of `retries`, `size`"),
        "{error}"
    );
    // With no bad field there is none to keep.
    let made = memory.make::<Pool>(&pool(4, 10, 20, 3));
    assert_eq!(seen(&made), Err(Vec::new()));
}

#[test]
fn nothing_of_one_tenant_is_kept_for_another() {
    let mut memory = memory(BadFields::Keep);
    let bad = || of_another_tenant(pool(2, 10, 99, 4));
    assert!(seen(&memory.make(&bad())).is_err());
    assert!(seen(&memory.make(&bad())).is_err());
    let good = of_another_tenant(pool(3, 10, 5, 4));
    assert_eq!(seen(&memory.make(&good)), Ok((10, 5, 4)));
    assert_eq!(seen(&memory.make(&bad())), Ok((10, 5, 4)));
}

#[test]
fn a_pinned_field_shows_the_value_of_the_start_whatever_comes() {
    let mut memory = memory(BadFields::Reject);
    for (reading, awaited) in [
        (pool(2, 10, 2, 4), None),
        (pool(3, 20, 2, 4), Some(3)),
        // The same value for longer, and another one.
        (pool(4, 20, 3, 4), Some(3)),
        (pool(5, 30, 3, 4), Some(5)),
        (pool(6, 10, 3, 4), None),
        (pool(7, 30, 3, 4), Some(7)),
        // Another history, and another tenant.
        (pool(4, 30, 3, 4), Some(4)),
        (of_another_tenant(pool(9, 30, 3, 4)), Some(9)),
        (of_another_tenant(pool(10, 10, 3, 4)), None),
    ] {
        let made = memory.make::<Pool>(&reading);
        assert_eq!(seen(&made).map(|it| it.0), Ok(10), "{reading:?}");
        let awaited: Vec<_> = awaited.into_iter().map(|it| ("size".into(), it)).collect();
        assert_eq!(awaits(&memory), awaited, "{reading:?}");
    }
}

#[test]
fn a_value_that_no_start_would_take_is_bad_now() {
    let bad = || pool(2, 0, 0, 4);
    let mut rejecting = memory(BadFields::Reject);
    assert_eq!(seen(&rejecting.make(&bad())), Err(vec!["size".to_owned()]));
    assert_eq!(awaits(&rejecting), [("size".to_owned(), 2)]);
    // It is looked at again, and is no newer for that.
    assert!(seen(&rejecting.make(&pool(3, 0, 0, 5))).is_err());
    assert_eq!(awaits(&rejecting), [("size".to_owned(), 2)]);
    // Who keeps bad fields keeps this one, too: it is the value of the start in any case.
    let mut keeping = memory(BadFields::Keep);
    let made = keeping.make::<Pool>(&bad());
    assert_eq!(
        (seen(&made), kept(&made)),
        (Ok((10, 0, 4)), vec![("size", 1)])
    );
}

#[test]
fn the_whole_must_be_good_for_a_start_and_for_what_runs() {
    // Good for a start, but not with the size of this one.
    let made = memory(BadFields::Reject).make::<Pool>(&pool(2, 20, 15, 3));
    let Made::Nothing(error) = made else {
        panic!("{made:?}");
    };
    assert!(
        error.to_string().contains("with older ones of `size`"),
        "{error}"
    );
    // Good for what runs, but no start would take it.
    let made = memory(BadFields::Reject).make::<Pool>(&pool(2, 1, 5, 3));
    let Made::Nothing(error) = made else {
        panic!("{made:?}");
    };
    assert!(!error.to_string().contains("older"), "{error}");
}

#[test]
fn one_text_is_one_value_whatever_type_it_is_shown_with() {
    let entry = |stored, checksum: &str| Entry::new(stored, checksum.to_owned(), None);
    let with = |version, entry| Reading {
        entries: [("size".to_owned(), entry)].into_iter().collect(),
        ..Reading::of_nothing(version)
    };
    let first = with(1, entry(Stored::Value(Integer(10)), "x"));
    let mut memory = Memory::new(&Pool::fields(), &first, BadFields::Reject);
    let text = Stored::Value(Value::String("10".into()));
    memory.compare_with_start(&with(2, entry(text.clone(), "x")));
    assert_eq!(awaits(&memory), []);
    memory.compare_with_start(&with(3, entry(text, "y")));
    assert_eq!(awaits(&memory), [("size".to_owned(), 3)]);
    memory.compare_with_start(&Reading::of_nothing(4));
    assert_eq!(awaits(&memory), [("size".to_owned(), 4)]);
}

/// A part that may be missing, and what is always there.
#[derive(Debug, PartialEq)]
struct App {
    part: Option<Part>,
    fee: i64,
    limit: Option<i64>,
}

#[derive(Debug, PartialEq)]
struct Part {
    size: i64,
    spare: i64,
}

impl DecreeConfig for App {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let part = Option::<Part>::decode(fields);
        let fee = fields.read_or("fee", "", |_| 1, |_| None).get();
        let limit = fields
            .read_or("limit", "", |_| None, |_| None)
            .restart()
            .get();
        Some(Self {
            part: part?,
            fee: fee?,
            limit: limit?,
        })
    }
}

impl DecreeConfig for Part {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let size = fields.read("size", "").restart().get();
        let spare = fields.read("spare", "").get();
        Some(Self {
            size: size?,
            spare: spare?,
        })
    }
}

#[test]
fn a_struct_that_comes_and_goes_keeps_the_pinned_values_it_came_with() {
    let without = |version| reading(version, &[("fee", Integer(7))]);
    let with = |version, size| {
        let part = [("size", Integer(size)), ("spare", Integer(2))];
        reading(version, &part)
    };
    for (first, rest) in [
        // It was not there at the start.
        (
            without(1),
            [
                (with(2, 5), Some(5), false),
                (with(3, 6), Some(5), true),
                (without(4), None, true),
                (with(5, 5), Some(5), false),
            ],
        ),
        // It was, and has that size again when it comes back.
        (
            with(1, 5),
            [
                (without(2), None, true),
                (with(3, 6), Some(5), true),
                (with(4, 5), Some(5), false),
                (without(5), None, true),
            ],
        ),
    ] {
        let mut memory = Memory::new(&App::fields(), &first, BadFields::Reject);
        for (reading, size, awaited) in rest {
            let Made::Whole(app) = memory.make::<App>(&reading) else {
                panic!("{reading:?} is as good as any");
            };
            assert_eq!(app.part.map(|part| part.size), size, "{reading:?}");
            assert_eq!(awaits(&memory).len(), usize::from(awaited), "{reading:?}");
        }
    }
}

/// What it comes with is no start for the others.
#[test]
fn a_struct_that_comes_brings_no_other_pinned_field_along() {
    let first = reading(1, &[("fee", Integer(7))]);
    let mut memory = Memory::new(&App::fields(), &first, BadFields::Reject);
    let part = [
        ("size", Integer(5)),
        ("spare", Integer(2)),
        ("limit", Integer(9)),
    ];
    let Made::Whole(app) = memory.make::<App>(&reading(2, &part)) else {
        panic!("it is as good as any");
    };
    assert_eq!((app.part.map(|part| part.size), app.limit), (Some(5), None));
    assert_eq!(awaits(&memory), [("limit".to_owned(), 2)]);
}

/// Numbers that are read at the start only.
#[derive(Debug)]
struct Boot {
    plain: i64,
    maybe: Option<i64>,
    /// Its default is not shown.
    hidden: Option<i64>,
}

impl DecreeConfig for Boot {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let plain = fields.read_or("plain", "", |_| 5, |it| Some(Integer(*it)));
        let plain = plain.restart().get();
        let maybe = fields.read_or("maybe", "", |_| Some(5), |it| it.map(Integer));
        let maybe = maybe.restart().get();
        let hidden = fields.read_or("hidden", "", |_| Some(5), |_| None);
        let hidden = hidden.restart().get();
        Some(Self {
            plain: plain?,
            maybe: maybe?,
            hidden: hidden?,
        })
    }
}

/// A restart that would change nothing is not asked for, and any other is.
#[test]
fn a_restart_is_awaited_where_a_start_now_would_show_another_value() {
    let stored = [
        None,
        Some(Stored::Null),
        Some(Stored::Value(Integer(5))),
        Some(Stored::Value(Integer(6))),
    ];
    let of_both = |version, stored: &Option<Stored>| {
        let entry = |path: &str| {
            let stored = stored.clone()?;
            Some((path.to_owned(), Entry::new(stored, String::new(), None)))
        };
        Reading {
            entries: ["plain", "maybe", "hidden"]
                .into_iter()
                .filter_map(entry)
                .collect(),
            ..Reading::of_nothing(version)
        }
    };
    for (then, now) in stored
        .iter()
        .flat_map(|a| stored.iter().map(move |b| (a, b)))
    {
        let (then, now) = (of_both(1, then), of_both(2, now));
        let mut memory = Memory::new(&Boot::fields(), &then, BadFields::Reject);
        let made = memory.make::<Boot>(&now);
        assert!(matches!(made, Made::Whole(_)), "{made:?}");
        let starts = |reading| decode::<Boot>(reading).expect("all of them are good");
        let (before, after) = (starts(&then), starts(&now));
        let mut other = Vec::new();
        if before.maybe != after.maybe {
            other.push(("maybe".to_owned(), 2));
        }
        if before.plain != after.plain {
            other.push(("plain".to_owned(), 2));
        }
        let mut awaited = awaits(&memory);
        // What it cannot compare it names.
        let hidden = awaited.extract_if(.., |(path, _)| path == "hidden").count() > 0;
        assert!(
            hidden || before.hidden == after.hidden,
            "{then:?} then {now:?}"
        );
        assert_eq!(awaited, other, "{then:?} then {now:?}");
    }
}
