use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Pool {
    #[decree(default = 1)]
    size: u32,
}

#[derive(DecreeConfig)]
struct Nested {
    #[decree(nested, flatten)]
    both: Pool,
    #[decree(nested, key = "pool")]
    keyed: Pool,
    #[decree(flatten, prefix = "pool")]
    prefixed: Pool,
    #[decree(prefix = "pool", default = 1)]
    value: u32,
    #[decree(nested, skip)]
    skipped: Pool,
    #[decree(nested, default = Pool { size: 1 })]
    defaults: Pool,
    #[decree(nested, restart, min = 1, one_of = [1], validate = check)]
    demands: Pool,
    #[decree(nested, prefix = "a..b")]
    odd: Pool,
    #[decree(nested)]
    naïve: Pool,
    #[decree(nested = "pool")]
    valued: Pool,
}

fn main() {}
