use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Options {
    #[decree(default = 3, min = 1)]
    twice: Option<Option<u32>>,
    #[decree(json)]
    json: Option<Option<String>>,
}

fn main() {}
