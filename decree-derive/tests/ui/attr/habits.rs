// What people write who are used to others, and what follows a name that stands alone.
use std::sync::Arc;

use decree_runtime::{DecreeConfig, DecreeEnum, Secret};

const KEY: &str = "a";

#[derive(DecreeConfig)]
struct Habits {
    #[decree(name = "a", len = 3, min_length = 3, range(1, 3), regex = "a", enum = [1])]
    names: String,
    #[decree(secret, optional, parse, deserialize_with = "read", skip_deserializing)]
    flags: String,
    #[decree(def = 3, MIN = 1, min_lenght = 3, description = "a", check = judge)]
    others: u32,
    #[decree(skip = false)]
    off: u32,
    #[decree(restart = true)]
    on: u32,
    #[decree(restart default = 3)]
    comma: u32,
    #[decree(nested(prefix = "db"))]
    listed: Part,
    #[decree(nested = "db")]
    prefixed: Part,
    #[decree(min = 3; max = 5)]
    semicolon: u32,
    #[decree(default = 3;)]
    trailing: u32,
    #[decree(default = 1,000,000)]
    commas: u32,
    #[decree(min = 10, max = 1, default = 5)]
    swapped: u32,
    #[decree(min_len = 10, max_len = 1, default = "a")]
    lengths: String,
    #[decree(max = 32)]
    shared: Arc<str>,
    #[decree(key = KEY)]
    constant: u32,
    #[decree(with = "read")]
    text: u32,
    #[decree(nested)]
    hidden: Secret<Part>,
    #[decree(nested)]
    boxed: Box<Option<Part>>,
    #[decree(nested)]
    bytes: Box<[u8]>,
    #[decree(json)]
    borrowed: Vec<&'static str>,
    #[decree(max = most()?, one_of = [{ return None }])]
    leaves: u32,
    #[decree(min_len = least()?, one_of = [Mode::A, Mode::B, Mode::A])]
    twice: Mode,
}

#[derive(DecreeConfig)]
struct Part {
    size: u32,
}

#[derive(DecreeConfig)]
struct Twice {
    #[decree(flatten)]
    one: Part,
    #[decree(nested, prefix = "a")]
    other: Part,
    #[decree(flatten)]
    two: Part,
    #[decree(nested)]
    a: Option<Part>,
}

#[derive(DecreeEnum)]
#[decree(case = "kebab-case")]
enum Mode {
    #[decree(value = "a")]
    A,
}

fn main() {}
