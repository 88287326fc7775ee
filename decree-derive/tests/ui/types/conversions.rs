use decree_runtime::{DecreeConfig, Secret, Value};

struct Plain;

struct Silent;

impl std::str::FromStr for Silent {
    type Err = ();

    fn from_str(_: &str) -> Result<Self, ()> {
        Ok(Self)
    }
}

fn of_text(_: &str) -> Result<u32, String> {
    Ok(1)
}

fn of_no_result(_: &Value) -> u32 {
    1
}

fn of_another_type(_: &Value) -> Result<String, String> {
    Ok(String::new())
}

#[derive(DecreeConfig)]
struct Conversions {
    #[decree(from_str)]
    plain: Plain,
    #[decree(from_str, default = "a")]
    silent: Option<Silent>,
    #[decree(json)]
    json: Secret<Plain>,
    #[decree(with = of_text)]
    text: u32,
    #[decree(with = of_no_result)]
    no_result: u32,
    #[decree(with = of_another_type)]
    another_type: Option<u32>,
    #[decree(with = missing)]
    missing: u32,
}

fn main() {}
