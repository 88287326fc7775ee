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

fn plain_of_text(_: &str) -> Result<Plain, String> {
    Ok(Plain)
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
    #[decree(from_str, default = "a")]
    plain_or_text: Plain,
    #[decree(from_str, default = Plain)]
    plain_or_value: Plain,
    #[decree(json, default = "a")]
    json_or_text: Plain,
    #[decree(json, default = Plain)]
    json_or_value: Plain,
    #[decree(with = plain_of_text, default = "a")]
    text_or_text: Plain,
    #[decree(with = of_text, default = 1)]
    text_or_value: u32,
    #[decree(with = of_no_result, default = Some(1))]
    no_result_or_value: Option<u32>,
    #[decree(with = of_another_type, default = Plain)]
    another_type_or_value: Plain,
    #[decree(with = missing, default = "a")]
    missing_or_text: Plain,
}

fn main() {}
