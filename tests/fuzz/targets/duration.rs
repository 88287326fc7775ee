//! Durations in attributes are read as the server reads them.

#![no_main]

#[path = "../../../decree-derive/src/duration.rs"]
mod duration;

use decree_proto::{
    text::parse,
    v1::{FieldType, typed_value::Kind},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let ours = duration::parse(text).ok();
    let servers = parse(FieldType::Duration, text).ok();
    let Some(ours) = ours else { return };
    let Some(Kind::DurationValue(servers)) = servers.and_then(|value| value.kind) else {
        panic!("the server reads no duration in {text:?}");
    };
    let ours = (i64::try_from(ours.as_secs()).ok(), i64::from(ours.subsec_nanos()));
    assert_eq!(ours, (Some(servers.seconds), i64::from(servers.nanos)), "{text:?}");
});
