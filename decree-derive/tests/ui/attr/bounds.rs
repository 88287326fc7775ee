use std::time::Duration;

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Bounds {
    #[decree(min = 2.0, max = 1.0)]
    a: f64,
    #[decree(exclusive_min = 1.0, max = 1.0)]
    b: f64,
    #[decree(exclusive_min = 3, exclusive_max = 4)]
    c: i32,
    #[decree(min = "2s", exclusive_max = "2s")]
    d: Duration,
    #[decree(min = 1, exclusive_min = 0)]
    e: u8,
    #[decree(min = 0)]
    f: f64,
    #[decree(max = 1.5)]
    g: u32,
    #[decree(max = 256)]
    h: u8,
    #[decree(min = "30")]
    i: Duration,
    #[decree(min = 3)]
    j: String,
    #[decree(max = true)]
    k: bool,
    #[decree(min = f64::NAN)]
    l: f64,
    #[decree(exclusive_max = -std::f32::NAN)]
    m: Option<f32>,
    #[decree(min)]
    n: i64,
    #[decree(min = -1, min = 2)]
    o: i64,
    #[decree(min = "soon")]
    p: Option<u16>,
}

fn main() {}
