use std::time::{Duration, SystemTime};

use decree_runtime::{DecreeConfig, FromValue, Kind, Mismatch, Value};

type Secs = Duration;
type Port = u16;

const LENGTH: i32 = 3;
const PORT: Port = 80;

struct Opaque;

impl FromValue for Opaque {
    const KINDS: &'static [Kind] = &[];

    fn from_value(_: &Value) -> Result<Self, Mismatch> {
        Ok(Self)
    }
}

fn unlike(_: &str) -> Result<(), String> {
    Ok(())
}

fn bool(_: &u8) -> bool {
    true
}

#[derive(DecreeConfig)]
#[decree(validate = unlike)]
struct Demands {
    #[decree(min = SystemTime::UNIX_EPOCH)]
    a: Duration,
    #[decree(max = "30s")]
    b: Secs,
    #[decree(min = 1.5)]
    c: Port,
    #[decree(max = Opaque)]
    d: Opaque,
    #[decree(one_of = [Opaque])]
    e: Option<Opaque>,
    #[decree(min_len = 3)]
    f: Port,
    #[decree(pattern = "a")]
    g: Opaque,
    #[decree(max_len = -LENGTH)]
    h: String,
    #[decree(validate = unlike)]
    i: u8,
    #[decree(validate = bool)]
    j: u8,
    #[decree(validate = nowhere)]
    k: u8,
    #[decree(from_str, one_of = [PORT, "80"])]
    l: Port,
}

fn main() {}
