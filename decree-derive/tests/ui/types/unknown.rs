// A type that there is not is one mistake, whatever is written beside it.
use decree_runtime::{DecreeConfig, Value};

mod own {
    struct Private;
}

fn judge<T>(_: &T) -> Result<(), String> {
    Ok(())
}

fn read<T>(_: &Value) -> Result<T, String> {
    Err(String::new())
}

#[derive(DecreeConfig)]
struct Unknown {
    #[decree(default = "30s", max = "1h", validate = judge)]
    timeout: Duration,
    #[decree(one_of = ["a", "ab"], min_len = 1, pattern = "a")]
    text: Strng,
    #[decree(with = read, default = 3)]
    read: Option<Bytes>,
    #[decree(skip, default = 3)]
    skipped: Instant,
    #[decree(default = "a")]
    enumeration: Mode,
    #[decree(min = 3)]
    private: own::Private,
    #[decree(default = 3, min = 1)]
    missing: NonZero,
}

fn main() {}
