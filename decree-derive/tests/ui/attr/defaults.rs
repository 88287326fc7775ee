use std::time::Duration;

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Defaults {
    #[decree(default = "3")]
    a: u32,
    #[decree(default = 300)]
    b: u8,
    #[decree(default = -1)]
    c: u64,
    #[decree(default = 1)]
    d: f64,
    #[decree(default = 1.5)]
    e: i32,
    #[decree(default = true)]
    f: String,
    #[decree(default = 0)]
    g: bool,
    #[decree(default = "30")]
    h: Duration,
    #[decree(default = "-5s")]
    i: Duration,
    #[decree(default = 30)]
    j: Duration,
    #[decree(default = "x")]
    k: Option<u32>,
    #[decree(default = 9223372036854775808)]
    l: u64,
}

fn main() {}
