use std::time::Duration;

use decree_runtime::DecreeConfig;

type Secs = Duration;
type Port = u16;

#[derive(DecreeConfig)]
struct Alias {
    #[decree(default = "30s")]
    timeout: Secs,
    #[decree(default = "3")]
    port: Option<Port>,
}

fn main() {}
