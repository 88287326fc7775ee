//! What a program begins with, whatever the weather: each policy against each server, as one table,
//! over the real gRPC stack and a pipe, under a paused clock.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod disk;
mod healing;
mod misuse;
mod policies;
mod secrets;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{Answer, ConnectFault, Fault, rate_limited},
};
use decree_runtime::{Client, DecreeConfig, LiveBuilder, Secret};
use tonic::Status;

/// Everything has a default.
#[derive(Debug, Clone, PartialEq, DecreeConfig)]
#[decree(prefix = "pay")]
struct Pay {
    #[decree(default = 7)]
    fee: i64,
    banner: Option<String>,
}

/// Two secrets: one that the program can do without, one that it cannot.
#[derive(Debug, Clone, PartialEq, DecreeConfig)]
#[decree(prefix = "pay")]
struct Locked {
    fee: i64,
    #[decree(key = "banner")]
    token: Option<Secret<String>>,
}

/// One has none.
#[derive(Debug, Clone, PartialEq, DecreeConfig)]
#[decree(prefix = "pay")]
struct Strict {
    fee: i64,
}

/// What the program waits for the server.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a server may be like when a program starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Up,
    /// Nobody has written anything.
    Empty,
    /// It answers, but later than a single try of the program.
    Slow,
    Down,
    Hanging,
    /// Any call, for its rate.
    Refusing,
    /// The caller may not.
    Denying,
    NoTenant,
    /// The fee is a text there.
    OtherSchema,
}

impl Weather {
    const ALL: [Self; 9] = [
        Self::Up,
        Self::Empty,
        Self::Slow,
        Self::Down,
        Self::Hanging,
        Self::Refusing,
        Self::Denying,
        Self::NoTenant,
        Self::OtherSchema,
    ];

    /// What the server has for the fee is 1, unless it is empty.
    async fn server(self) -> DevServer {
        let server = support::server().await;
        if self != Self::Empty {
            server.set("acme", "pay.fee", "1").expect("written");
        }
        match self {
            Self::Up | Self::Empty => {}
            Self::Slow => all(&server, &Answer::Hang),
            Self::Down => {
                server.misbehave(|faults| faults.connects = Fault::Always(ConnectFault::Refuse));
            }
            Self::Hanging => {
                server.misbehave(|faults| faults.connects = Fault::Always(ConnectFault::Mute));
            }
            Self::Refusing => all(&server, &Answer::Fail(rate_limited())),
            Self::Denying => all(&server, &Answer::Fail(Status::permission_denied("no"))),
            Self::NoTenant => {
                server.add_tenant("other", "acme").expect("a free name");
                server.delete_tenant("acme").expect("it was there");
            }
            Self::OtherSchema => {
                let other = "
spec_version: v1
name: pay
fields:
  pay.fee: { type: string, nullable: true }
  pay.banner: { type: string, nullable: true }
";
                server.change_schema("acme", other).expect("a schema");
                server.set("acme", "pay.fee", "much").expect("written");
            }
        }
        server
    }

    /// The server is as it should be.
    fn clears(self, server: &DevServer) {
        server.behave();
        server.release();
        match self {
            Self::NoTenant => {
                server.add_tenant("acme", "other").expect("a name to take");
                server.set("acme", "pay.fee", "1").expect("written");
            }
            Self::OtherSchema => {
                server.change_schema("acme", SCHEMA).expect("a schema");
                server.set("acme", "pay.fee", "1").expect("written");
            }
            _ => {}
        }
    }
}

const SCHEMA: &str = "
spec_version: v1
name: pay
fields:
  pay.fee: { type: integer, nullable: true }
  pay.banner: { type: string, nullable: true }
";

fn all(server: &DevServer, answer: &Answer) {
    server.misbehave(|faults| {
        for method in ["GetConfig", "GetFields", "ListVersions", "GetTenant"] {
            faults.answers.insert(method, Fault::Always(answer.clone()));
        }
    });
}

fn builder<C: DecreeConfig>(client: &Client) -> LiveBuilder<C> {
    client.live("acme").start_timeout(PATIENCE)
}
