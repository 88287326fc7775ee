// What the derive finds hides nothing of what the compiler does.
use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Beside {
    #[decree(default = "x")]
    number: u32,
    list: Vec<u32>,
    #[decree(default = "30s")]
    port: Port,
    fee: f64,
    fee: f64,
}

type Port = u16;

fn main() {}
