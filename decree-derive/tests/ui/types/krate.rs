use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
#[decree(crate = "nope")]
struct Elsewhere {
    a: u8,
}

fn main() {}
