use decree_runtime::{DecreeConfig, Live};

struct NotDerived {
    fee: f64,
}

fn settings<C: DecreeConfig>() -> Live<C> {
    loop {}
}

#[derive(DecreeConfig)]
struct Holds {
    #[decree(nested)]
    nested: NotDerived,
}

fn compared(old: &Holds, new: &Holds) -> Vec<String> {
    old.changed_fields(new)
}

fn main() {
    let live: Live<NotDerived> = settings();
    live.with(|config| config.fee);
}
