use decree_runtime::DecreeConfig;

struct Plain {
    size: u32,
}

#[derive(DecreeConfig)]
struct Pool {
    #[decree(default = 1)]
    size: u32,
}

#[derive(DecreeConfig)]
struct NotOne {
    #[decree(nested)]
    plain: Plain,
    #[decree(flatten)]
    number: Option<u32>,
}

#[derive(DecreeConfig)]
struct NotSaid {
    pool: Pool,
}

fn main() {}
