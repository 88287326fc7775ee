use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
#[decree(prefx = "payments")]
struct Names {
    #[decree(kye = "a", defualt = 1, key = "z")]
    a: u32,
    #[decree(env = "FEE")]
    b: u32,
    #[decree]
    c: u32,
    #[decree = "d"]
    d: u32,
    #[decree(skip, key = "e")]
    e: u32,
    #[decree(default)]
    f: u32,
    #[decree(prefix = "g")]
    g: u32,
    #[decree(skip = true, key = "h")]
    h: u32,
    #[decree(skip(i))]
    i: u32,
    #[decree("j", default = 1)]
    j: u32,
    #[decree(key = "k" default = 1)]
    k: u32,
    #[decree(my::key = "l")]
    l: u32,
}

#[derive(DecreeConfig)]
#[decree(key = "m", default = 1, crate = "a b")]
struct Misplaced {
    #[decree()]
    m: u32,
}

fn main() {}
