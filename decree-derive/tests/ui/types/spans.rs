// Literals of types that the derive knows by no more than their names.
use std::time::SystemTime;

use decree_runtime::{DecreeConfig, Secret};
use jiff::{SignedDuration, Timestamp};
use url::Url;

struct Duration;

type Port = u16;

#[derive(DecreeConfig)]
struct Spans {
    #[decree(default = 30)]
    start: Timestamp,
    #[decree(default = true)]
    url: Option<Url>,
    #[decree(min = 30)]
    deadline: SystemTime,
    #[decree(max = "2026-01-01T00:00:00Z")]
    end: Timestamp,
    #[decree(one_of = ["http://a"])]
    listed: Url,
    #[decree(one_of = [1])]
    number: Url,
    #[decree(default = 8080, max = 1.5)]
    port: Port,
    #[decree(default = 8080)]
    hidden: Secret<Port>,
    #[decree(default = "30s")]
    of_theirs: Duration,
    #[decree(skip, default = "30s")]
    skipped: Duration,
    #[decree(default = std::time::Duration::ZERO)]
    other: SignedDuration,
}

fn main() {}
