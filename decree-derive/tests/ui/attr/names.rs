use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
#[decree(prefx = "payments")]
struct Names {
    #[decree(kye = "a", defualt = 1, key = "z")]
    a: u32,
    #[decree(validate = check)]
    b: u32,
    #[decree]
    c: u32,
    #[decree = "d"]
    d: u32,
    #[decree(skip, key = "e")]
    e: u32,
    #[decree(default)]
    f: u32,
}

fn main() {}
