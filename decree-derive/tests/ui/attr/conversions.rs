use decree_runtime::{DecreeConfig, Value};

fn read(_: &Value) -> Result<u32, String> {
    Ok(1)
}

#[derive(DecreeConfig)]
struct Inner {}

#[derive(DecreeConfig)]
#[decree(from_str, with = read)]
struct Conversions {
    #[decree(from_str, json)]
    two: u32,
    #[decree(with = read, json, from_str)]
    three: u32,
    #[decree(from_str = true)]
    valued: u32,
    #[decree(json("a"))]
    called: u32,
    #[decree(with = "read")]
    text: u32,
    #[decree(with)]
    nothing: u32,
    #[decree(with = |value| read(value))]
    closure: u32,
    #[decree(with = read, with = read)]
    twice: u32,
    #[decree(skip, from_str)]
    skipped: u32,
    #[decree(skip, with = read)]
    skipped_too: u32,
    #[decree(skip, prefix = "x")]
    skipped_prefix: u32,
    #[decree(nested, json)]
    nested: Inner,
    #[decree(flatten, with = read)]
    flat: Inner,
    #[decree(fromstr)]
    misspelled: u32,
    #[decree(from_str, default = "a", max_len = 0)]
    violated: String,
    #[decree(from_str, default = 1.5)]
    number: u32,
    #[decree(from_str, min = 1)]
    least: u32,
    #[decree(from_str, exclusive_max = "9")]
    most: Option<u32>,
    #[decree(from_str, one_of = ["1", 2, "1"])]
    listed: u32,
    #[decree(from_str, default = "3", one_of = ["1", "2"])]
    unlisted: u32,
    #[decree(from_str, default = 1, pattern = "^1$")]
    valued_default: u32,
    #[decree(from_str, default = u32::MAX, min_len = 1)]
    unknown_default: Option<u32>,
}

fn main() {}
