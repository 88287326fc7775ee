// What has no bounds and no list is one mistake, whatever is written.
use decree_runtime::{DecreeConfig, DecreeEnum, Json, Secret};

#[derive(DecreeEnum)]
enum Mode {
    Fast,
}

type Hidden = Secret<u32>;

#[derive(DecreeConfig)]
struct Bounded {
    #[decree(min = 1)]
    a: Mode,
    #[decree(max = "fast")]
    b: Option<Mode>,
    #[decree(min = Mode::Fast)]
    c: Mode,
    #[decree(one_of = ["fast"])]
    d: Mode,
    #[decree(min = 1)]
    e: Secret<u32>,
    #[decree(one_of = [1])]
    f: Secret<u32>,
    #[decree(max = 1)]
    g: Json<Vec<u32>>,
    #[decree(one_of = [1])]
    h: Json<Vec<u32>>,
    #[decree(exclusive_min = 1)]
    i: Hidden,
    #[decree(json, min = 1)]
    j: Vec<u32>,
}

fn main() {}
