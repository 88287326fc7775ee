//! What a fuzzer does with an answer of a server. Only built for tests/fuzz.

use std::time::{Duration, SystemTime};

use decree_proto::v1;
use prost::Message;

use super::wire;
use crate::{
    reading::Entry,
    value::{FromValue, Json, Secret, Value},
};

/// Reads `bytes` as answers, and each of their values as every type.
pub fn answer(bytes: &[u8]) {
    if let Ok(v1::GetConfigResponse {
        config: Some(config),
    }) = v1::GetConfigResponse::decode(bytes)
    {
        let reading = wire::reading("acme", config);
        let digest = reading.digest();
        assert_eq!(digest, reading.clone().digest(), "the same is the same");
        for (_, entry) in reading.entries() {
            as_every_type(entry);
            let _printed = format!("{entry:?}");
        }
    }
    if let Ok(answer) = v1::ListVersionsResponse::decode(bytes) {
        let _listing = wire::listing(answer.versions);
    }
    if let Ok(v1::SubscribeResponse {
        change: Some(change),
    }) = v1::SubscribeResponse::decode(bytes)
    {
        let _hint = wire::hint(change);
    }
}

fn as_every_type(entry: &Entry) {
    read::<bool>(entry);
    read::<i8>(entry);
    read::<i64>(entry);
    read::<u128>(entry);
    read::<f32>(entry);
    read::<f64>(entry);
    read::<String>(entry);
    read::<Duration>(entry);
    read::<SystemTime>(entry);
    read::<url::Url>(entry);
    read::<Json<serde_json::Value>>(entry);
    read::<Value>(entry);
    read::<Secret<String>>(entry);
}

fn read<T: FromValue>(entry: &Entry) {
    for problem in [entry.get::<T>().err(), entry.get::<Option<T>>().err()] {
        let _printed = problem.map(|problem| problem.to_string());
    }
}
