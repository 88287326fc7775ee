//! A struct with every shape that settings have, three deep, beside what the server says of it.

mod follow;
mod rows;
mod written;

use std::{
    collections::BTreeMap,
    fmt,
    net::IpAddr,
    num::NonZeroU16,
    str::FromStr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use decree_runtime::{DecreeConfig, DecreeEnum, Json, Secret, Value};
use serde::{Deserialize, Serialize};

pub use self::{follow::every_shape_follows, written::what_is_written_is_read};

#[derive(Debug, Clone, Copy, PartialEq, DecreeEnum)]
#[decree(rename_all = "kebab-case")]
enum Mode {
    FirstCome,
    #[decree(rename = "fair!")]
    Fair,
}

/// What a json field holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Tier {
    name: String,
    limits: Vec<u32>,
}

/// Parsed from text.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Release(u16, u16);

impl FromStr for Release {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (major, minor) = text.split_once('.').ok_or("there is no dot")?;
        let part = |part: &str| part.parse().map_err(|_| "a part is no number");
        Ok(Self(part(major)?, part(minor)?))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// Converted by a function.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bytes(i64);

const MEGABYTE: i64 = 1 << 20;

fn megabytes(value: &Value) -> Result<Bytes, &'static str> {
    match value {
        Value::Integer(count @ 0..=1_000_000) => Ok(Bytes(count * MEGABYTE)),
        _ => Err("it is no number of megabytes"),
    }
}

#[derive(Debug, PartialEq, DecreeConfig)]
#[decree(prefix = "shapes")]
struct Shapes {
    #[decree(default = false)]
    flag: bool,
    #[decree(default = 1, min = -5, max = 5)]
    small: i8,
    large: Option<u64>,
    #[decree(default = 0.5)]
    ratio: f32,
    #[decree(key = "exact-ratio", default = 0.25, exclusive_max = 1.0)]
    exact: f64,
    #[decree(default = "none")]
    r#type: String,
    secret: Option<Secret<String>>,
    #[decree(nested)]
    limits: Limits,
}

#[derive(Debug, PartialEq, DecreeConfig)]
#[decree(rename_all = "camelCase")]
struct Limits {
    #[decree(default = "90s", max = "1h")]
    wait_at_most: Duration,
    not_before: Option<SystemTime>,
    time_zone: Option<chrono::DateTime<chrono::Utc>>,
    stamp: Option<jiff::Timestamp>,
    span: Option<jiff::SignedDuration>,
    #[decree(default = Mode::Fair)]
    mode: Mode,
    #[decree(nested)]
    place: Option<Place>,
    #[decree(nested, prefix = "other.place")]
    other: Option<Place>,
}

#[derive(Debug, PartialEq, DecreeConfig)]
struct Place {
    name: Arc<str>,
    host: Option<IpAddr>,
    #[decree(default = NonZeroU16::MIN)]
    port: NonZeroU16,
    page: Option<url::Url>,
    tiers: Option<Json<Vec<Tier>>>,
    any: Option<serde_json::Value>,
    #[decree(from_str)]
    release: Option<Release>,
    #[decree(json)]
    weights: Option<BTreeMap<String, u32>>,
    #[decree(with = megabytes)]
    memory: Option<Bytes>,
    #[decree(flatten)]
    words: Words,
}

#[derive(Debug, PartialEq, DecreeConfig)]
struct Words {
    #[decree(key = "short", max_len = 3)]
    word: Option<Box<str>>,
}
