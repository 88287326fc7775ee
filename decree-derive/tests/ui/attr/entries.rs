// A mistake in one entry does not hide those behind it.
use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
#[decree(crate = "a b", rename-all = "camelCase", rename_all = "nope", prefix = "x.")]
struct Whole {
    a: u32,
}

#[derive(DecreeConfig)]
struct Entries {
    #[decree(default = , min = "x", kez = 3)]
    nothing: u32,
    #[decree(key = )]
    ends: u32,
    #[decree(min = ;, max = "x")]
    no_expression: u32,
    #[decree(default = Vec::<u8, kez = 3)]
    beyond: u32,
    #[decree(default = 3 min = "x")]
    no_comma: u32,
    #[decree(default = 3; min = 1, max = "x")]
    semicolon: u32,
    #[decree(min: 3, max("x"), kez)]
    other_signs: u32,
    #[decree(default == 3, kez)]
    twice: u32,
    #[decree(one-of = [1], min-lengths = 3, exclusive-min = 1, default - x)]
    dashes: u32,
}

fn main() {}
