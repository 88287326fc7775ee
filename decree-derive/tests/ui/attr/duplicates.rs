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

#[derive(DecreeConfig)]
#[allow(non_snake_case)]
struct OneConstant {
    fee: u32,
    #[decree(key = "other")]
    Fee: u32,
}

fn main() {}
