//! Any value that is written comes back, under the text and the checksum that we say it has.

use decree_proto::{text, v1};
use decree_runtime::{Role, Value, Write};
use proptest::{prelude::*, strategy::ValueTree as _};

use crate::{
    admin::kind,
    conformance::{Target, Tenant},
};

/// One value of each kind.
#[derive(Debug, Clone)]
struct Row {
    values: [(&'static str, Value); 8],
}

fn rows() -> impl Strategy<Value = Row> {
    let integer = prop_oneof![any::<i64>(), -3..3_i64, Just(i64::MIN), Just(i64::MAX)];
    let number = prop_oneof![
        any::<u64>()
            .prop_map(f64::from_bits)
            .prop_filter("finite", |number| number.is_finite()),
        (-1e6..1e6_f64),
        prop_oneof![
            Just(0.0),
            Just(-0.0),
            Just(f64::MAX),
            Just(f64::MIN_POSITIVE),
            Just(5e-324)
        ],
    ];
    // The database has no U+0000.
    let words = || any::<String>().prop_map(|text| text.replace('\0', "0"));
    let seconds = prop_oneof![-62_135_596_800..=253_402_300_799_i64, -2..2_i64];
    let below = prop_oneof![0..1_000_000_000_u32, Just(0), Just(500_000_000)];
    let time = (seconds, below).prop_map(|(seconds, nanos)| Value::Time { seconds, nanos });
    let span = prop_oneof![
        any::<i64>(),
        -3_000_000_000..3_000_000_000_i64,
        Just(0),
        Just(i64::MIN)
    ];
    let url = "(http|https)://[a-z0-9.-]{0,12}(:[0-9]{1,4})?(/[a-zA-Z0-9._~!$&'()*+,;=:@-]{0,9}){0,3}(\\?[a-z=&]{0,9})?";
    (
        integer,
        number,
        words(),
        any::<bool>(),
        time,
        span,
        url,
        words(),
    )
        .prop_map(
            |(integer, number, words, bool, time, span, url, json)| Row {
                values: [
                    ("all.integer", Value::Integer(integer)),
                    ("all.number", Value::Number(number)),
                    ("all.text", Value::String(words)),
                    ("all.bool", Value::Bool(bool)),
                    ("all.time", time),
                    ("all.duration", nanoseconds(span)),
                    ("all.url", Value::Url(url)),
                    ("all.json", Value::Json(json)),
                ],
            },
        )
}

fn nanoseconds(nanos: i64) -> Value {
    let nanos_of = i32::try_from(nanos % 1_000_000_000).unwrap_or_default();
    Value::Duration {
        seconds: nanos / 1_000_000_000,
        nanos: nanos_of,
    }
}

/// The text of a value as the server stores it, made without the client under test.
fn canonical(value: &Value) -> String {
    let kind = Some(kind(value.clone()));
    text::canonical(&v1::TypedValue { kind }).expect("it is no null")
}

/// Writes rows of all kinds and reads them back, `cases` times.
pub async fn what_is_written_comes_back(target: &impl Target, cases: u32) {
    let Tenant { name, id } = target.tenant("rows").await;
    let client = target.client(Role::Admin, &id).build();
    let client = client.expect("the options are sound");
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..cases {
        let row = rows().new_tree(&mut runner).expect("a row").current();
        let set = |write: Write, (path, value): &(&str, Value)| write.set(*path, value);
        let write = row.values.iter().fold(Write::new(), set);
        client
            .write(&name, write)
            .await
            .unwrap_or_else(|error| panic!("{error}: {row:?}"));
        let read = client.read(&name).await.expect("read");
        for (path, value) in &row.values {
            let entry = read.entry(path).expect("written");
            assert_eq!(entry.value(), Some(value), "{path}");
            let text = canonical(value);
            assert_eq!(entry.text().as_deref(), Some(text.as_str()), "{path}");
            assert_eq!(entry.checksum(), text::checksum(&text), "{path}: {text}");
            if let (Value::Number(read), Value::Number(written)) =
                (entry.value().expect("read"), value)
            {
                assert_eq!(read.to_bits(), written.to_bits(), "−0 is not 0");
            }
        }
    }
}
