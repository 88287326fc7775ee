use decree_runtime::DecreeConfig;

struct Clock;

#[derive(DecreeConfig)]
struct Skipped {
    #[decree(skip)]
    clock: Clock,
    #[decree(skip, default = "a")]
    set: Clock,
}

fn main() {}
