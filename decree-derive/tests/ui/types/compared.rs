use decree_runtime::{DecreeConfig, FromValue, Kind, Mismatch, Value};

struct Opaque;

impl FromValue for Opaque {
    const KINDS: &'static [Kind] = &[Kind::Bool];

    fn from_value(_: &Value) -> Result<Self, Mismatch> {
        Ok(Self)
    }
}

#[derive(DecreeConfig)]
struct Inner {
    opaque: Opaque,
}

#[derive(DecreeConfig)]
struct Settings {
    #[decree(nested)]
    inner: Inner,
}

fn main() {
    let (Ok(old), Ok(new)) = (Settings::defaults(), Settings::defaults()) else {
        return;
    };
    old.changed_fields(&new);
}
