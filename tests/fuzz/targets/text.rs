//! The text of every type, and times and durations among them: what is read is written so that it
//! reads as the same.

#![no_main]

use decree_proto::{
    text::{canonical, parse, read},
    v1::FieldType,
};
use libfuzzer_sys::fuzz_target;

const TYPES: [FieldType; 8] = [
    FieldType::Int,
    FieldType::Number,
    FieldType::Bool,
    FieldType::Time,
    FieldType::Duration,
    FieldType::String,
    FieldType::Url,
    FieldType::Json,
];

fuzz_target!(|text: &str| {
    for field_type in TYPES {
        let shown = canonical(&read(field_type, text)).expect("it is not null");
        let Ok(value) = parse(field_type, text) else {
            continue;
        };
        let stored = canonical(&value).expect("it is not null");
        assert_eq!(shown, stored, "{field_type:?}: strictly or not, it is the same");
        let again = parse(field_type, &stored).expect("what is written can be read");
        assert_eq!(canonical(&again), Some(stored), "{field_type:?}");
    }
});
