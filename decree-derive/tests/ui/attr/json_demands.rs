// What is read from JSON has no length and no pattern.
use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Demands {
    #[decree(json, default = "[]", min_len = 3)]
    list: Vec<u8>,
    #[decree(json, pattern = "a")]
    optional: Option<Vec<u8>>,
}

fn main() {}
