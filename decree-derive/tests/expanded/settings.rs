#[decree(prefix = "payments", validate = Self::check)]
pub struct Payments<T: Unit> {
    /// Share of the amount that is charged.
    #[decree(default = 0.01, min = 0.0, max = 1.0)]
    pub fee: f64,
    #[decree(key = "time-limit", default = "1m30s", restart)]
    timeout: Duration,
    r#type: Option<String>,
    pub(crate) unit: T,
    #[decree(from_str, default = "EUR", one_of = ["EUR", "USD"])]
    currency: Currency,
    #[decree(default = "127.0.0.1")]
    host: IpAddr,
    #[decree(with = read_key)]
    key: Option<Secret<Key>>,
    #[decree(nested)]
    limits: Limits,
    #[decree(nested, prefix = "old.limits")]
    before: Option<Limits>,
    #[decree(flatten)]
    more: More,
    #[decree(skip)]
    hits: u64,
}
