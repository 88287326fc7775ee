use std::time::Duration;

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
#[decree(validate = "check", min = 1)]
struct Demands {
    #[decree(min_len = 3, max_len = 2)]
    a: String,
    #[decree(min_len = -1)]
    b: String,
    #[decree(max_len = "3")]
    c: String,
    #[decree(min_len = 1)]
    d: u32,
    #[decree(max_len = 1)]
    e: Option<Duration>,
    #[decree(pattern = "(a")]
    f: String,
    #[decree(pattern = "^a$")]
    g: f64,
    #[decree(pattern = 3)]
    h: String,
    #[decree(one_of = [])]
    i: String,
    #[decree(one_of = ["a", "b", "a"])]
    j: String,
    #[decree(one_of = [1, 2.5])]
    k: i64,
    #[decree(one_of = 3)]
    l: i64,
    #[decree(one_of = [1, 20], max = 10)]
    m: i64,
    #[decree(one_of = [f64::NAN, 1.0])]
    n: f64,
    #[decree(validate = 3)]
    o: i64,
    #[decree(validate)]
    p: i64,
    #[decree(skip, min = 3, validate = check)]
    q: i64,
    #[decree(skip, restart)]
    r: i64,
    #[decree(restart = true)]
    s: i64,
}

fn main() {}
