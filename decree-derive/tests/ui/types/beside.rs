// What the derive finds hides nothing of what the compiler does.
use std::time::Instant;

use decree_runtime::{DecreeConfig, DecreeEnum, FromValue};

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

#[derive(DecreeConfig)]
#[decree(validate = Judged::judge)]
struct Judged {
    #[decree(default = "x")]
    number: u32,
    #[decree(skip)]
    since: Instant,
    #[decree(skip, default = String::new())]
    hits: u32,
}

impl Judged {
    fn judge(&self) -> bool {
        true
    }
}

#[derive(DecreeConfig)]
struct InGeneric<T: FromValue> {
    #[decree(default = "fairest")]
    mode: Mode,
    value: T,
}

#[derive(DecreeEnum)]
enum Mode {
    Fair,
    #[decree(rename = "FAST!")]
    Fast,
}

#[derive(DecreeConfig)]
enum NoStruct {
    A,
}

#[derive(DecreeEnum)]
#[decree(prefix = "a")]
struct NoEnum {
    a: u32,
}

#[derive(DecreeConfig)]
struct Uses {
    #[decree(default = NoStruct::A)]
    no_struct: NoStruct,
    #[decree(default = "fair")]
    mistaken: Mistaken,
}

#[derive(DecreeEnum)]
enum Mistaken {
    Fair,
    #[decree(rename = "fair")]
    Same,
}

#[derive(DecreeConfig)]
struct List<T: DecreeConfig> {
    #[decree(nested)]
    all: Vec<T>,
}

fn used() {
    let _ = (List::<Judged>::defaults(), List::<Judged>::fields());
}

#[derive(DecreeConfig)]
struct Twins {
    fee: f64,
    fee: u32,
}

type Port = u16;

fn main() {}
