//! Any struct that is written field by field is what is read.

use std::{
    net::IpAddr,
    time::{Duration, SystemTime},
};

use decree_runtime::{Client, Json, Write};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    strategy::ValueTree as _,
};

use super::{
    Bytes, Limits, MEGABYTE, Mode, Place, Release, Shapes, Tier, Words,
    rows::{Row, rows, schema},
};
use crate::scenario::{Server, create};

/// Writes `cases` structs and reads each back.
pub async fn what_is_written_is_read(server: &impl Server, writer: Client, cases: u64) {
    const TENANT: &str = "written";
    let rows = rows();
    create(server, TENANT, &schema(&rows)).await;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..cases {
        let value = shapes().new_tree(&mut runner).expect("a struct").current();
        let set = |write: Write, row: &Row| write.set(row.path, (row.shown)(&value));
        let write = rows.iter().fold(Write::new(), set);
        writer
            .write(TENANT, write)
            .await
            .unwrap_or_else(|error| panic!("{error}: {value:?}"));
        let read = writer.read(TENANT).await.expect("read");
        let read: Shapes = read
            .decode()
            .unwrap_or_else(|error| panic!("{error}: {value:?}"));
        assert_eq!(read, value);
    }
}

/// The database has no U+0000.
fn words() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.replace('\0', "0"))
}

/// Seconds and nanoseconds between the years 1 and 9999.
fn times() -> impl Strategy<Value = (i64, u32)> {
    let seconds = prop_oneof![-62_135_596_800..=253_402_300_799_i64, -2..2_i64];
    let nanos = prop_oneof![Just(0), 0..1_000_000_000_u32];
    (seconds, nanos)
}

fn shapes() -> impl Strategy<Value = Shapes> {
    let exact = any::<f64>().prop_filter("below its bound", |exact| *exact < 1.0);
    let large = option::of(0..=u64::try_from(i64::MAX).expect("positive"));
    let ratio = any::<f32>().prop_filter("finite", |ratio| ratio.is_finite());
    let secret = option::of(words().prop_map(Into::into));
    let fields = (
        any::<bool>(),
        -5..=5_i8,
        large,
        ratio,
        exact,
        words(),
        secret,
        limits(),
    );
    fields.prop_map(
        |(flag, small, large, ratio, exact, r#type, secret, limits)| Shapes {
            flag,
            small,
            large,
            ratio,
            exact,
            r#type,
            secret,
            limits,
        },
    )
}

fn limits() -> impl Strategy<Value = Limits> {
    let waits = (0..=3_600_000_000_000_u64).prop_map(Duration::from_nanos);
    let not_before = times().prop_map(|(seconds, nanos)| {
        let (whole, nanos) = (Duration::from_secs(seconds.unsigned_abs()), nanos.into());
        let second = if seconds < 0 {
            SystemTime::UNIX_EPOCH - whole
        } else {
            SystemTime::UNIX_EPOCH + whole
        };
        second + Duration::from_nanos(nanos)
    });
    let zones = times().prop_filter_map("a time", |(seconds, nanos)| {
        chrono::DateTime::from_timestamp(seconds, nanos)
    });
    let stamps = times().prop_filter_map("a time", |(seconds, nanos)| {
        let nanos = i32::try_from(nanos).ok()?;
        jiff::Timestamp::new(seconds, nanos).ok()
    });
    // Nanoseconds in 64 bits, as on the server.
    let spans = any::<i64>().prop_map(jiff::SignedDuration::from_nanos);
    let modes = prop_oneof![Just(Mode::FirstCome), Just(Mode::Fair)];
    let fields = (
        waits,
        option::of(not_before),
        option::of(zones),
        option::of(stamps),
        option::of(spans),
        modes,
        option::of(place()),
    );
    fields.prop_map(
        |(wait_at_most, not_before, time_zone, stamp, span, mode, place)| Limits {
            wait_at_most,
            not_before,
            time_zone,
            stamp,
            span,
            mode,
            place,
            other: None,
        },
    )
}

fn place() -> impl Strategy<Value = Place> {
    let tier = (words(), vec(any::<u32>(), 0..3)).prop_map(|(name, limits)| Tier { name, limits });
    let page = "https://[a-z]{1,9}/[a-z0-9]{0,9}"
        .prop_map(|page| page.parse::<url::Url>().expect("a page"));
    let any_json = prop_oneof![
        Just(serde_json::Value::Null),
        words().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(|number| serde_json::json!({ "number": [number] })),
    ];
    let word = any::<[char; 3]>().prop_map(|word| {
        word.iter()
            .collect::<String>()
            .replace('\0', "0")
            .into_boxed_str()
    });
    let fields = (
        words(),
        option::of(any::<IpAddr>()),
        any::<std::num::NonZeroU16>(),
        option::of(page),
        option::of(vec(tier, 0..3)),
        option::of(any_json),
        option::of(any::<(u16, u16)>().prop_map(|(major, minor)| Release(major, minor))),
        option::of(btree_map(words(), any::<u32>(), 0..3)),
        option::of((0..1_000_000_i64).prop_map(|count| Bytes(count * MEGABYTE))),
        option::of(word),
    );
    fields.prop_map(
        |(name, host, port, page, tiers, any, release, weights, memory, word)| Place {
            name: name.into(),
            host,
            port,
            page,
            tiers: tiers.map(Json),
            any,
            release,
            weights,
            memory,
            words: Words { word },
        },
    )
}
