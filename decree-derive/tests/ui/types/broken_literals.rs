// Literals that the compiler does not understand are its own affair.
use std::time::Duration;

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Broken {
    #[decree(pattern = "^\d+$", key = "a\d", default = "a\d")]
    text: String,
    #[decree(default = "\d", one_of = ["a", "\d"])]
    time: Duration,
}

fn main() {}
