// What a function of the wrong shape is, and where.
use decree_runtime::{DecreeConfig, Value};

fn taken(_: u32) -> Result<(), String> {
    Ok(())
}

fn judged(_: &u32) -> bool {
    true
}

fn silent(_: &u32) {}

async fn later(_: &u32) -> Result<(), String> {
    Ok(())
}

fn none() -> Result<(), String> {
    Ok(())
}

fn outside(_: &Option<u32>) -> Result<(), String> {
    Ok(())
}

fn positive<T: PartialOrd + From<u8>>(_: &T) -> Result<(), String> {
    Ok(())
}

struct Opaque;

fn unsaid(_: &u32) -> Result<(), Opaque> {
    Ok(())
}

fn plain(_: &Value) -> u32 {
    0
}

fn other(_: &Value) -> Result<String, String> {
    Ok(String::new())
}

fn owned(_: Value) -> Result<u32, String> {
    Ok(0)
}

#[derive(DecreeConfig)]
#[decree(validate = judged_whole)]
struct Functions {
    #[decree(validate = taken)]
    a: u32,
    #[decree(validate = judged)]
    b: u32,
    #[decree(validate = silent)]
    c: u32,
    #[decree(validate = later)]
    d: u32,
    #[decree(validate = none)]
    e: u32,
    #[decree(validate = outside)]
    f: Option<u32>,
    #[decree(validate = positive)]
    g: bool,
    #[decree(validate = unsaid)]
    h: u32,
    #[decree(with = plain)]
    i: u32,
    #[decree(with = other)]
    j: u32,
    #[decree(with = owned)]
    k: u32,
}

fn judged_whole(_: &Functions) -> bool {
    true
}

fn main() {}
