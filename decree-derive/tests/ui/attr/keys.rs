use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Keys {
    #[decree(key = "")]
    a: u32,
    #[decree(key = "a..b")]
    b: u32,
    #[decree(key = ".a")]
    c: u32,
    #[decree(key = "a.")]
    d: u32,
    #[decree(key = "a b")]
    e: u32,
    #[decree(key = "a\nb")]
    f: u32,
    #[decree(key = "9a")]
    g: u32,
    #[decree(key = 5)]
    h: u32,
    #[decree(key)]
    i: u32,
    #[decree(key = "j", key = "k")]
    j: u32,
}

#[derive(DecreeConfig)]
struct Implicit {
    naïve: i32,
    #[decree(default = 1)]
    größe: i32,
    #[decree(key = "laenge")]
    länge: i32,
    #[decree(skip)]
    übergangen: i32,
    r#type: i32,
}

#[derive(DecreeConfig)]
#[decree(prefix = "a.")]
struct Prefix {
    a: u32,
}

fn main() {}
