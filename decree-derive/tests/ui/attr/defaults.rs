use std::time::Duration;

use decree_runtime::{DecreeConfig, Secret};

#[derive(DecreeConfig)]
struct Defaults {
    #[decree(default = "3")]
    a: u32,
    #[decree(default = 300)]
    b: u8,
    #[decree(default = -1)]
    c: u64,
    #[decree(default = 1)]
    d: f64,
    #[decree(default = 1.5)]
    e: i32,
    #[decree(default = true)]
    f: String,
    #[decree(default = 0)]
    g: bool,
    #[decree(default = "30")]
    h: Duration,
    #[decree(default = "-5s")]
    i: Duration,
    #[decree(default = 30)]
    j: Duration,
    #[decree(default = "x")]
    k: Option<u32>,
    #[decree(default = 9223372036854775808)]
    l: u64,
    #[decree(default = "localhost")]
    host: std::net::IpAddr,
    #[decree(default = "::1")]
    host4: std::net::Ipv4Addr,
    #[decree(default = "127.0.0.1")]
    host6: Option<std::net::Ipv6Addr>,
    #[decree(default = "127.0.0.1")]
    socket: std::net::SocketAddr,
    #[decree(default = "[::1]:80")]
    socket4: std::net::SocketAddrV4,
    #[decree(default = "127.0.0.1:80")]
    socket6: std::net::SocketAddrV6,
    #[decree(default = "2026-01-01T00:00:00Z")]
    time: std::time::SystemTime,
    #[decree(default = "30")]
    secret: Secret<Duration>,
    #[decree(default = "7")]
    number: Option<Secret<u32>>,
    #[decree(default = b'7')]
    byte: u32,
    #[decree(default = "nowhere")]
    secret_host: Secret<std::net::IpAddr>,
}

fn main() {}
