//! A struct of more fields than a server may let a call name.

use decree_runtime::DecreeConfig;

/// Six whole numbers, 0 where the server has none.
#[derive(Debug, DecreeConfig)]
#[decree(prefix = "six")]
pub struct Six {
    #[decree(default = 0)]
    a: i64,
    #[decree(default = 0)]
    b: i64,
    #[decree(default = 0)]
    c: i64,
    #[decree(default = 0)]
    d: i64,
    #[decree(default = 0)]
    e: i64,
    #[decree(default = 0)]
    f: i64,
}

impl Six {
    /// Of its fields, in their order.
    pub const PATHS: [&str; 6] = ["six.a", "six.b", "six.c", "six.d", "six.e", "six.f"];

    /// Its fields as those of a schema.
    #[must_use]
    pub fn schema_fields() -> String {
        let line = |path: &str| format!("  {path}: {{ type: integer }}\n");
        Self::PATHS.into_iter().map(line).collect()
    }

    /// What they hold, in their order.
    #[must_use]
    pub fn values(&self) -> [i64; 6] {
        [self.a, self.b, self.c, self.d, self.e, self.f]
    }
}
