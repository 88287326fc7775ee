use decree_runtime::DecreeConfig;

struct Currency;

#[derive(DecreeConfig)]
struct Unsupported {
    currency: Currency,
    #[decree(default = vec![1])]
    list: Vec<u32>,
    #[decree(default = "EUR")]
    text: Currency,
    #[decree(default = Currency)]
    value: Currency,
    #[decree(default = "EUR")]
    optional: Option<Currency>,
}

fn main() {}
