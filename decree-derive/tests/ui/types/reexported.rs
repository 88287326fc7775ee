// A module that has not all of it is told at its name.
use decree_runtime::{DecreeConfig, DecreeEnum};

mod settings {
    pub use decree_runtime::DecreeConfig;
}

#[derive(DecreeConfig)]
#[decree(crate = "crate::settings")]
struct Config {
    #[decree(default = 1, min = 1)]
    size: u32,
}

#[derive(DecreeEnum)]
#[decree(crate = "crate::settings")]
enum Mode {
    A,
}

fn main() {}
