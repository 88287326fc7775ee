use decree_runtime::{DecreeConfig, DecreeEnum};

struct Plain {
    size: u32,
}

#[derive(DecreeConfig)]
struct Pool {
    #[decree(default = 1)]
    size: u32,
}

#[derive(DecreeEnum)]
enum Mode {
    Fast,
}

#[derive(DecreeConfig)]
struct NotOne {
    #[decree(nested)]
    plain: Plain,
    #[decree(flatten)]
    mode: Option<Mode>,
}

#[derive(DecreeConfig)]
struct NotSaid {
    pool: Pool,
}

fn main() {}
