use std::time::{Duration, SystemTime};

use decree_runtime::{Constraint, DecreeConfig};

const MOST: u32 = 10;
const ONE: &str = "1";

#[derive(DecreeConfig)]
#[decree(prefix = "a", validate = Demands::check)]
struct Demands {
    #[decree(default = 0.01, min = 0.0, exclusive_max = 1.0)]
    fee: f64,
    #[decree(default = 3, exclusive_min = 0, max = MOST)]
    retries: u32,
    #[decree(min = "1s", max = "1m30s", restart)]
    timeout: Duration,
    #[decree(min = SystemTime::UNIX_EPOCH)]
    since: SystemTime,
    #[decree(min_len = 1, max_len = 2 * 10, pattern = "^[a-z]+$", validate = checks::name)]
    name: Option<String>,
    #[decree(default = "b", one_of = ["a", "b"])]
    mode: String,
    #[decree(one_of = [-1, 0, 1])]
    step: i64,
    #[decree(min = -0.5_f32)]
    shift: f32,
    #[decree(validate = checks::port)]
    port: std::option::Option<u16>,
    #[decree(from_str, default = "1", min_len = 1, pattern = "^[0-9]$", one_of = [ONE, "2"])]
    digit: u8,
}

impl Demands {
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

mod checks {
    pub fn name(name: &str) -> Result<(), String> {
        Err(format!("no {name}"))
    }

    pub fn port(_: &u16) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {
    let fields = Demands::fields();
    let texts: Vec<String> = fields
        .iter()
        .flat_map(|field| field.constraints())
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        texts,
        [
            "at least 0.0",
            "less than 1.0",
            "more than 0",
            "at most 10",
            "at least 1s",
            "at most 90s",
            "at least 1970-01-01T00:00:00Z",
            "at least 1 character",
            "at most 20 characters",
            "a match of `^[a-z]+$`",
            "what `checks::name` accepts",
            "one of `a`, `b`",
            "one of `-1`, `0`, `1`",
            "at least -0.5",
            "what `checks::port` accepts",
            "at least 1 character",
            "a match of `^[0-9]$`",
            "one of `1`, `2`",
        ]
    );
    assert_eq!(fields[4].constraints()[0], Constraint::MinLen(1));
    let restart: Vec<_> = fields.iter().filter(|field| field.restart()).collect();
    assert_eq!((restart.len(), restart[0].path()), (1, "a.timeout"));
}
