use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::{NonZero, NonZeroI8, NonZeroU32},
    path::PathBuf,
    sync::Arc,
};

use decree_runtime::{DecreeConfig, DecreeEnum, Secret};

#[derive(DecreeEnum)]
enum Level {
    Low,
    High,
}

#[derive(DecreeConfig)]
struct Leaves {
    #[decree(default = "a", min_len = 1)]
    shared: Arc<str>,
    #[decree(default = "b", one_of = ["b"])]
    boxed: Box<str>,
    #[decree(default = "c", pattern = "c")]
    borrowed: Cow<'static, str>,
    #[decree(default = "/tmp")]
    path: PathBuf,
    #[decree(default = 3, min = 2, max = 9)]
    size: NonZeroU32,
    #[decree(default = -3, one_of = [-3, 3])]
    shift: std::num::NonZeroI8,
    #[decree(default = 3)]
    steps: Option<NonZero<u64>>,
    #[decree(default = NonZeroI8::MIN)]
    lowest: NonZeroI8,
    #[decree(default = IpAddr::from([127, 0, 0, 1]))]
    host: IpAddr,
    #[decree(default = "::1")]
    host6: Ipv6Addr,
    #[decree(default = "127.0.0.1:80")]
    listen: Option<SocketAddr>,
    #[decree(default = Level::Low)]
    level: Level,
    #[decree(default = Some(Level::High))]
    other: Option<Level>,
    #[decree(default = "high")]
    by_text: Level,
    #[decree(default = "127.0.0.1")]
    kept: Secret<Ipv4Addr>,
}

fn main() {
    let leaves = Leaves::defaults().unwrap();
    assert_eq!((&*leaves.shared, &*leaves.boxed, &*leaves.borrowed), ("a", "b", "c"));
    assert_eq!((leaves.size.get(), leaves.shift.get()), (3, -3));
    assert_eq!(leaves.steps.unwrap().get(), 3);
    assert!(leaves.host6.is_loopback() && leaves.kept.expose().is_loopback());
    assert_eq!(leaves.listen, Some(SocketAddr::from(([127, 0, 0, 1], 80))));
    assert!(matches!(leaves.by_text, Level::High));
    let texts: Vec<_> = Leaves::fields()
        .iter()
        .map(|field| field.default().map(ToString::to_string).unwrap_or_default())
        .collect();
    assert_eq!(
        texts,
        [
            "string \"a\"",
            "string \"b\"",
            "string \"c\"",
            "string \"/tmp\"",
            "integer 3",
            "integer -3",
            "integer 3",
            "integer -128",
            "string \"127.0.0.1\"",
            "string \"::1\"",
            "string \"127.0.0.1:80\"",
            "string \"low\"",
            "string \"high\"",
            "string \"high\"",
            "",
        ]
    );
}
