// Every mistake is told at once, and nothing follows from them.
use decree_runtime::{DecreeConfig, Live};

#[derive(DecreeConfig)]
#[decree(prefix = "pay ments")]
struct Several {
    #[decree(key = "a", defalt = 1)]
    a: u32,
    #[decree(key = "a", default = "x")]
    b: u32,
}

fn uses(live: &Live<Several>) -> u32 {
    let _fields = Several::fields();
    let _a = live.field(Several::A);
    live.with(|several| several.a + several.b)
}

fn needs<C: DecreeConfig>() {}

fn main() {
    needs::<Several>();
    let _uses = uses;
}
