use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
#[decree(prefix = "payments")]
struct Duplicates {
    fee: f64,
    #[decree(key = "fee")]
    share: f64,
    #[decree(key = "other")]
    other: f64,
    #[decree(key = "other")]
    another: f64,
}

fn main() {}
