// What is a value of a field, and how it may be written.
use std::{num::NonZeroU32, time::Duration};

use decree_runtime::{DecreeConfig, FromValue, Secret, Value};
use jiff::SignedDuration;

fn function(_: &Value) -> Result<fn(), String> {
    Ok(|| {})
}

fn later(_: &Value) -> Result<fn() -> fn(), String> {
    Ok(|| nothing)
}

fn nothing() {}

fn of_any<T: Copy>(_: &T) -> Result<(), String> {
    Ok(())
}

type Port = u16;
type Maybe = Option<u32>;

fn is_three(value: &u32) -> Result<(), String> {
    (*value == 3).then_some(()).ok_or_else(|| "not three".to_owned())
}

#[derive(DecreeConfig)]
struct Values {
    #[decree(with = function, default = nothing)]
    function: fn(),
    #[decree(with = later, default = || nothing)]
    later: fn() -> fn(),
    #[decree(skip, default = |_| {})]
    skipped: for<'a> fn(&'a u8),
    #[decree(default = b'a')]
    byte: u8,
    #[decree(default = (3), min = (-3), max = (9), validate = of_any)]
    parenthesized: i32,
    #[decree(default = { 3 }, min = { (-3) }, one_of = [{ 3 }])]
    in_braces: i32,
    #[decree(default = 5, one_of = [(5), 6])]
    number: Secret<u32>,
    #[decree(default = 0.5)]
    maybe: Option<Secret<f64>>,
    #[decree(default = "30s")]
    span: Secret<Duration>,
    #[decree(default = "30s", min = "1s", one_of = ["30s", "1m"])]
    of_chrono: chrono::Duration,
    #[decree(default = "1.5s", exclusive_min = SignedDuration::from_secs(-5), max = "5m")]
    of_jiff: Option<SignedDuration>,
    #[decree(default = chrono::Duration::seconds(-1), exclusive_max = "0s")]
    negative: chrono::Duration,
    #[decree(json, default = Secret::from(5), one_of = [5, 6])]
    of_json: Secret<u32>,
    #[decree(json, default = Secret::from(7))]
    port_of_json: Secret<Port>,
    #[decree(json, default = Secret::from("ab".to_owned()), min_len = 2)]
    text_of_json: Secret<String>,
    #[decree(skip, default = b"abc")]
    bytes: &'static [u8],
    #[decree(skip, default = "1h")]
    skipped_span: chrono::TimeDelta,
    #[decree(default = 3)]
    nonzero: Secret<NonZeroU32>,
    #[decree(default = "a", one_of = ["a", "b"], min_len = 1)]
    text: Secret<String>,
    #[decree(default = "30s", exclusive_min = "1s", max = "1m")]
    bounded: Option<Secret<Duration>>,
    #[decree(min = 3, one_of = [3, 4], validate = is_three)]
    alias: Maybe,
    #[decree(default = Some("30s"), max = "1m")]
    wrapped_span: Option<Duration>,
    #[decree(default = Some("127.0.0.1"))]
    wrapped_text: Option<std::net::IpAddr>,
    #[decree(default = Some(Secret::from(true)))]
    flag: Option<Secret<bool>>,
}

macro_rules! hidden {
    () => {
        T
    };
}

#[derive(DecreeConfig)]
struct Generic<T: FromValue, const N: usize> {
    #[decree(default = "a")]
    text: T,
    #[decree(default = "a")]
    hidden: hidden!(),
}

fn main() {
    assert_eq!(Generic::<String, 1>::defaults().expect("its defaults").text, "a");
    let values = Values::defaults().expect("its defaults");
    (values.function)();
    (values.skipped)(&1);
    assert_eq!(*values.number.expose(), 5);
    assert_eq!(*values.span.expose(), Duration::from_secs(30));
    assert_eq!(values.bytes, b"abc");
    assert_eq!(*values.of_json.expose(), 5);
    assert_eq!(values.of_chrono, chrono::TimeDelta::seconds(30));
    assert_eq!(values.of_jiff, Some(SignedDuration::from_millis(1_500)));
    assert_eq!(values.skipped_span, chrono::TimeDelta::hours(1));
    assert_eq!(values.text.expose(), "a");
}
