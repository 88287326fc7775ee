//! The server of a storm, and what is true there.

mod faults;
mod tenants;
mod writes;

use std::time::Duration;

use decree_dev::DevServer;
use decree_runtime::Client;
use tokio::time::{Instant, sleep_until};

use super::{
    act::{Act, Shape},
    known::{Content, Known},
};

/// The name that is watched.
pub(crate) const NAME: &str = "acme";
const AWAY: &str = "elsewhere";
/// Never touched: new tenants have its schema.
const MOLD: &str = "mold";

fn schema(shape: Shape) -> String {
    let (b, c) = match shape {
        Shape::First => ("integer", "integer"),
        Shape::Secret => ("integer, sensitive: true", "integer"),
        Shape::Typed => ("integer", "string"),
    };
    format!(
        "spec_version: v1
name: storm
fields:
  pay.a: {{ type: integer, default: \"1\" }}
  pay.b: {{ type: {b}, default: \"1\" }}
  pay.c: {{ type: {c}, default: \"1\" }}
  pay.note: {{ type: integer, nullable: true, default: \"1\" }}
  pay.rate: {{ type: number, default: \"1\" }}
  pay.blob: {{ type: string, default: \"none\" }}
"
    )
}

/// What a tenant starts with.
const FIRST: Content = Content {
    three: 1,
    note: Some(1),
    rate: 1.0,
};

/// What fields show of a tenant before its first version, which a replica may not have yet.
const NOTHING: Content = Content {
    three: -1,
    note: Some(-1),
    rate: -1.0,
};

/// Seconds until the whole is read though nothing says that it moved: 6 minutes, the tick after, and
/// the second look.
const WHOLE: u64 = 410;

/// Seconds until a version that is gone is given up: a tick notices it, for 10 minutes it may be lag,
/// and the tick after that tells.
const LOST: u64 = 690;

/// A number that no `i8` holds.
const BAD: i64 = 300;

#[derive(Debug)]
struct Tenant {
    id: String,
    shape: Shape,
    /// Of versions 1, 2, 3.
    versions: Vec<Content>,
}

impl Tenant {
    fn head(&self) -> i32 {
        self.versions.len().try_into().expect("a storm is short")
    }
}

/// What the server has in the end.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    pub(crate) tenant_id: String,
    pub(crate) version: i32,
    pub(crate) content: Content,
    /// Whether the struct takes it.
    pub(crate) fits: bool,
}

pub(crate) struct World {
    pub(crate) server: DevServer,
    tenants: Vec<Tenant>,
    /// Who has the name.
    named: Option<usize>,
    /// Who had it and still exists.
    away: Option<usize>,
    down_until: Option<Instant>,
    /// Calls may wait behind others on their connection.
    capped: bool,
    pub(crate) known: Known,
    /// From the end of all faults until all is as on the server.
    bound: Duration,
}

impl World {
    pub(crate) async fn new(limited: bool) -> Self {
        let server = DevServer::builder().rate_limit(limited).start_in_memory();
        let server = server.await.expect("a server in memory needs nothing");
        let first = schema(Shape::First);
        server.create(&first, MOLD).expect("a sound schema");
        let id = server.create(&first, NAME).expect("a sound schema");
        let mut world = Self {
            server,
            tenants: Vec::new(),
            named: None,
            capped: false,
            away: None,
            down_until: None,
            known: Known::default(),
            bound: Duration::ZERO,
        };
        world.settle_in(id, Shape::First);
        world
    }

    /// A tenant that is new has the name.
    fn settle_in(&mut self, id: String, shape: Shape) {
        self.known.add(&id, 0, NOTHING);
        self.known.add(&id, 1, FIRST);
        self.tenants.push(Tenant {
            id,
            shape,
            versions: vec![FIRST],
        });
        self.named = Some(self.tenants.len() - 1);
    }

    /// Who is written to.
    fn tenant(&mut self) -> Option<&mut Tenant> {
        let index = self.named.or(self.away)?;
        self.tenants.get_mut(index)
    }

    pub(crate) fn truth(&self) -> Truth {
        let tenant = &self.tenants[self.named.expect("at the end it has its name")];
        let content = *tenant.versions.last().expect("one at least");
        Truth {
            tenant_id: tenant.id.clone(),
            version: tenant.head(),
            content,
            fits: tenant.shape == Shape::First && content.three != BAD,
        }
    }

    /// How long it may take from the end of all faults.
    pub(crate) fn bound(&self) -> Duration {
        self.bound.max(Duration::from_secs(45))
    }

    fn takes(&mut self, seconds: u64) {
        self.bound = self.bound.max(Duration::from_secs(seconds));
    }

    /// Waits, and lets a server that is down come back in between.
    pub(crate) async fn wait(&mut self, until: Instant) {
        if let Some(down) = self.down_until.filter(|down| *down <= until) {
            sleep_until(down).await;
            self.revive().await;
        }
        sleep_until(until).await;
    }

    async fn revive(&mut self) {
        if self.down_until.take().is_some() {
            self.server.kill().await;
            self.server.revive().await.expect("nobody has its address");
        }
    }

    /// Nothing goes wrong any more, and the tenant has its name.
    pub(crate) async fn calm(&mut self) {
        self.revive().await;
        self.server.behave();
        if self.away.is_some() {
            self.give_back();
        }
        if self.named.is_none() {
            self.create();
        }
    }

    pub(crate) async fn act(&mut self, act: Act, client: &Client) {
        match act {
            Act::Set(n) => self.write_three(n.into(), 0),
            Act::Bad => self.write_three(BAD, 0),
            Act::Large(n) => self.write_three(n.into(), 70_000),
            Act::Huge(mib) => self.write_three(7, usize::from(mib) << 20),
            Act::Note(note) => self.write_note(note.map(i64::from)),
            Act::Rate(rate) => self.write_rate(rate.into()),
            Act::Rollback(back) => self.roll_back(back),
            Act::Own(n) => self.write_own(n.into(), client).await,
            Act::Lose(count) => self.lose(count),
            Act::Rewrite(count, n) => self.rewrite(count, n.into()),
            Act::Replace | Act::Delete | Act::Create | Act::Rename | Act::Usurp | Act::Return => {
                self.move_tenants(act);
            }
            Act::Schema(shape) => self.reshape(shape),
            Act::Stop(_) | Act::Kill(_) => self.go_down(act).await,
            Act::Calm => self.calm().await,
            Act::Join => {}
            other => self.go_wrong(other),
        }
    }

    async fn go_down(&mut self, act: Act) {
        let millis = match act {
            Act::Stop(millis) => {
                self.server.stop_gracefully().await;
                millis
            }
            Act::Kill(millis) => {
                self.server.kill().await;
                millis
            }
            _ => return,
        };
        self.down_until = Some(Instant::now() + Duration::from_millis(millis.into()));
    }
}
