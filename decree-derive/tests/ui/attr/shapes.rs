use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
enum Enum {
    A,
}

#[derive(DecreeConfig)]
union Union {
    a: u32,
}

#[derive(DecreeConfig)]
struct Tuple(u32);

#[derive(DecreeConfig)]
struct Unit;

#[derive(DecreeConfig)]
struct Borrowed<'a> {
    a: &'a str,
}

fn main() {}
