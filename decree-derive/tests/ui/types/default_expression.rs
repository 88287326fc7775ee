use decree_runtime::DecreeConfig;

fn fee() -> f32 {
    0.01
}

#[derive(DecreeConfig)]
struct Expression {
    #[decree(default = fee())]
    fee: f64,
    #[decree(default = vec!["a"].concat())]
    limit: Option<u32>,
}

fn main() {}
