// Types of which no setting can be: what the compiler says by itself stands beside our message.
use std::borrow::Cow;

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Itself {
    size: u32,
    #[decree(nested)]
    again: Itself,
}

#[derive(DecreeConfig)]
struct Unsized {
    size: u32,
    name: str,
}

#[derive(DecreeConfig)]
struct Slice {
    size: u32,
    all: [u32],
}

#[derive(DecreeConfig)]
struct Borrowed {
    one: &str,
    optional: Option<&str>,
    either: Cow<'_, str>,
}

fn main() {}
