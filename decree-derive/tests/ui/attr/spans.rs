use decree_runtime::DecreeConfig;
use jiff::SignedDuration;

#[derive(DecreeConfig)]
struct Spans {
    #[decree(default = 30)]
    a: chrono::Duration,
    #[decree(default = "30", min = 1)]
    b: Option<chrono::TimeDelta>,
    #[decree(default = "-30s")]
    c: SignedDuration,
    #[decree(default = "10s", min = "20s")]
    d: SignedDuration,
    #[decree(one_of = ["1s", "1000ms"])]
    e: SignedDuration,
}

fn main() {}
