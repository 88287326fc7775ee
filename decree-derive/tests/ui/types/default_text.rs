use std::time::Duration;

use decree_runtime::{DecreeConfig, DecreeEnum, Secret};

type Secs = Duration;
type Port = u16;

#[derive(DecreeEnum)]
enum Mode {
    Fair,
    Fast,
}

#[derive(DecreeConfig)]
struct Alias {
    #[decree(default = "30s")]
    timeout: Secs,
    #[decree(default = "3")]
    port: Option<Port>,
    #[decree(default = "fair")]
    good: Option<Mode>,
    #[decree(default = "fairest")]
    mode: Mode,
    #[decree(default = "Fast")]
    hidden: Secret<Mode>,
}

fn main() {}
