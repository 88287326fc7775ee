use decree_runtime::{DecreeConfig, DecreeEnum};

#[derive(DecreeEnum)]
struct Struct {
    a: u32,
}

#[derive(DecreeEnum)]
union Union {
    a: u32,
}

#[derive(DecreeEnum)]
enum Empty {}

#[derive(DecreeEnum)]
enum Generic<const N: usize> {
    A,
}

#[derive(Debug, Clone, PartialEq, DecreeEnum)]
#[decree(rename_all = "kebab", prefix = "a")]
enum Mode {
    Tuple(u32),
    Named { a: u32 },
    #[decree(rename = 1, rename_all = "lowercase")]
    Renamed,
    #[decree(rename)]
    Nothing,
    #[decree(key = "a")]
    Keyed,
    #[decree(renam = "a", default = 1)]
    Misspelled,
    #[decree(rename = "a", rename = "b")]
    Twice,
    #[decree]
    Bare,
}

#[derive(DecreeEnum)]
#[decree(rename_all = "Kebab-Case", rename_all = snake_case)]
enum Same {
    Fair,
    #[decree(rename = "fair")]
    Unfair,
    FAIR,
    #[decree(rename = "f_a_i_r")]
    Other,
    #[decree(rename = "")]
    Nothing,
}

#[derive(DecreeEnum)]
#[decree(rename_all = "words", crate = "a b")]
enum Far {
    A,
}

// That the enum has mistakes is no mistake of the struct.
#[derive(DecreeConfig)]
struct Settings {
    #[decree(default = Mode::Nothing, one_of = [Mode::Nothing])]
    mode: Mode,
    #[decree(rename = "a")]
    renamed: u32,
    #[decree(rename_all = "lowercase")]
    all: u32,
}

#[derive(DecreeConfig)]
#[decree(rename_all = "snakecase", rename = "a")]
struct Renamed {
    a: u32,
}

#[derive(DecreeConfig)]
#[decree(rename_all = "kebab-case")]
struct Odd {
    _hidden: u32,
    #[decree(nested)]
    _nested: Renamed,
    max_size: u32,
    #[decree(key = "max-size")]
    same: u32,
}

fn main() {}
