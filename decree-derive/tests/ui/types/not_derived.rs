use decree_runtime::{DecreeConfig, Live};

struct NotDerived {
    fee: f64,
}

fn settings<C: DecreeConfig>() -> Live<C> {
    loop {}
}

fn main() {
    let live: Live<NotDerived> = settings();
    live.with(|config| config.fee);
}
