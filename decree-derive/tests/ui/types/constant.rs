// The constant of a field is one of the struct: another of that name is told at the field.
use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Payments {
    fee: f64,
    pub limit: u32,
}

impl Payments {
    pub const FEE: f64 = 0.01;
    const LIMIT: u32 = 3;
}

fn main() {}
