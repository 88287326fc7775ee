use std::time::Duration;

use decree_runtime::DecreeConfig;

type Secs = Duration;

#[derive(DecreeConfig)]
struct Alias {
    #[decree(default = "30s")]
    timeout: Secs,
    #[decree(default = "1s")]
    grace: Option<Secs>,
}

fn main() {}
