use std::time::Duration;

use decree_runtime::DecreeConfig;

const RETRIES: u32 = 3;

#[derive(DecreeConfig)]
#[decree(prefix = "payments")]
struct Shapes {
    /// Share of the amount.
    ///
    /// 0 to 1.
    #[decree(key = "fee", default = 0.01)]
    fee: f64,
    #[decree(default = RETRIES + 1)]
    retries: u32,
    #[decree(default = Duration::from_secs(30))]
    timeout: std::time::Duration,
    #[decree(default = "1h30m")]
    window: Duration,
    #[decree(default = -5)]
    offset: i64,
    #[decree(default = -0.5)]
    shift: f32,
    #[decree(default = if cfg!(debug_assertions) { "a" } else { "b" }.to_owned())]
    name: String,
    #[decree(default = "none")]
    banner: Option<String>,
    #[decree(default = Some(5))]
    limit: Option<u8>,
    r#type: Option<bool>,
    #[decree(skip)]
    hits: u64,
    #[decree(skip, default = 7)]
    misses: u64,
}

#[derive(DecreeConfig)]
struct Empty {}

fn main() {
    let fields = Shapes::fields();
    let paths: Vec<_> = fields.iter().map(|field| field.path()).collect();
    assert_eq!(paths.len(), 10);
    assert!(paths.contains(&"payments.type"));
    assert_eq!(Shapes::fields()[0].description(), "Share of the amount.\n\n0 to 1.");
    assert!(Shapes::fields()[0].has_default());
    assert!(Shapes::fields()[9].nullable());
    assert!(Empty::fields().is_empty());
}
