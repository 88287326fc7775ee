use decree_runtime::DecreeConfig;

struct Currency;

#[derive(DecreeConfig)]
struct Unsupported {
    currency: Currency,
    #[decree(default = vec![1])]
    list: Vec<u32>,
}

fn main() {}
