use std::time::Duration;

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Defaults {
    #[decree(default = 1.5, max = 1.0)]
    a: f64,
    #[decree(default = -1, min = 0)]
    b: i64,
    #[decree(default = 0.0, exclusive_min = -0.0)]
    c: f64,
    #[decree(default = "1m", max = "30s")]
    d: Duration,
    #[decree(default = "naïve", max_len = 4)]
    e: String,
    #[decree(default = "ab", min_len = 3)]
    f: Option<String>,
    #[decree(default = Some(7), one_of = [1, 2, 3])]
    g: Option<u8>,
    #[decree(default = "B", pattern = "^[a-z]$")]
    h: String,
    #[decree(default = 5, exclusive_max = 5)]
    i: u128,
}

fn main() {}
