//! The server of a storm, and what is true there.

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{
        Answer, ConnectFault, EventFault, Fault, Garbage, Lag, ReadFault, Streams, rate_limited,
    },
};
use decree_runtime::{Client, Write};
use tokio::time::{Instant, sleep_until, timeout};
use tonic::{Code, Status};

use super::{
    act::{self, Act, Nonsense, Shape},
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
    pub(crate) known: Known,
    /// From the end of all faults until all is as on the server.
    bound: Duration,
    pub(crate) faults: u32,
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
            away: None,
            down_until: None,
            known: Known::default(),
            bound: Duration::ZERO,
            faults: 0,
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

    fn misbehave(&self, change: impl FnOnce(&mut decree_dev::faults::Faults)) {
        self.server.misbehave(change);
    }

    fn answer(&self, method: act::Method, times: u8, answer: Answer) {
        self.misbehave(|faults| {
            faults.answers.insert(method.name(), often(times, answer));
        });
    }

    fn events(&self, times: u8, fault: EventFault) {
        self.misbehave(|faults| faults.events = often(times, fault));
    }

    fn connects(&self, times: u8, fault: ConnectFault) {
        self.misbehave(|faults| faults.connects = often(times, fault));
    }

    pub(crate) async fn act(&mut self, act: Act, client: &Client) {
        match act {
            Act::Set(n) => self.write_three(n.into(), 0),
            Act::Bad => self.write_three(BAD, 0),
            Act::Large(n) => self.write_three(n.into(), 70_000),
            Act::Huge(mib) => self.write_three(7, usize::from(mib) << 20),
            Act::Note(note) => self.write_note(note.map(i64::from)),
            Act::Rate(rate) => {
                let change = |content| Content {
                    rate: f64::from(rate),
                    ..content
                };
                self.write(change, |server, id| {
                    server.set(id, "pay.rate", &rate.to_string())
                });
            }
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

    fn go_wrong(&mut self, act: Act) {
        self.faults += 1;
        match act {
            Act::Drop(times) => self.events(times, EventFault::Drop),
            Act::Delay(times, delay) => {
                self.events(
                    times,
                    EventFault::Delay(Duration::from_millis(delay.into())),
                );
            }
            Act::Duplicate(times) => self.events(times, EventFault::Duplicate),
            Act::Swap(times) => self.events(times, EventFault::Swap),
            Act::Cut(times, code) => self.events(times, EventFault::Cut(status(code))),
            Act::BadEvents(times, what) => self.events(times, EventFault::Garbage(garbage(what))),
            Act::End(0) => self.server.end_subscriptions(),
            Act::End(code) => self.server.end_subscriptions_with(&status(code)),
            Act::Fail(method, times, code) => {
                if method == act::Method::GetTenant && code == 12 {
                    // A server without the call is asked for the whole every 4 to 6 minutes.
                    self.takes(WHOLE);
                }
                self.answer(method, times, Answer::Fail(status(code)));
            }
            Act::Refuse(method, times) => self.answer(method, times, Answer::Fail(rate_limited())),
            Act::Hang(method, times) => self.answer(method, times, Answer::Hang),
            Act::BadAnswers(method, times, what) => {
                if let Nonsense::Version(_) = what {
                    self.known.trust_no_number();
                    // As if what was lost had been there.
                    self.takes(LOST);
                }
                self.answer(method, times, Answer::Garbage(garbage(what)));
            }
            Act::ListLimit => self.misbehave(|faults| faults.longest_list = Some(4)),
            Act::DefaultTimeout(millis) => self.misbehave(|faults| {
                faults.default_timeout = Some(Duration::from_millis(millis.into()));
            }),
            Act::Late(times, lag) => self.reads(often(times, ReadFault::Late(self::lag(lag)))),
            Act::Mislabelled(times, lag) => {
                self.known.trust_no_label();
                if let act::Lag::Versions(_) = lag {
                    // A lie that lasts is confirmed, and found out by the next whole read.
                    self.takes(WHOLE);
                }
                self.reads(often(times, ReadFault::Mislabelled(self::lag(lag))));
            }
            Act::Alternating(lag) => {
                self.reads(Fault::Always(ReadFault::Alternating(self::lag(lag))));
            }
            Act::StaleTypes => self.misbehave(|faults| faults.stale_types = true),
            Act::RefuseConnections(times) => self.connects(times, ConnectFault::Refuse),
            Act::HangConnections(times) => self.connects(times, ConnectFault::Hang),
            Act::MuteConnections(times) => self.connects(times, ConnectFault::Mute),
            Act::MaxStreams(most) => {
                self.misbehave(|faults| faults.max_streams = Some(most.into()))
            }
            Act::Freeze => self.server.freeze_connections(),
            Act::CutConnections => self.server.cut_connections(),
            Act::Goaway => self.server.goaway(Streams::Delivering),
            Act::GoawayDeaf => self.server.goaway(Streams::Deaf),
            _ => {}
        }
    }

    fn reads(&self, fault: Fault<ReadFault>) {
        self.misbehave(|faults| faults.reads = fault);
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

    fn write(
        &mut self,
        change: impl FnOnce(Content) -> Content,
        write: impl FnOnce(&DevServer, &str) -> Result<i32, Status>,
    ) {
        let Some(tenant) = self.tenant() else {
            return;
        };
        let next = change(*tenant.versions.last().expect("one at least"));
        tenant.versions.push(next);
        let (id, head) = (tenant.id.clone(), tenant.head());
        self.known.add(&id, head, next);
        let version = write(&self.server, &id).expect("written");
        assert_eq!(version, head, "the model is that of the server");
    }

    fn write_three(&mut self, n: i64, beside: usize) {
        let blob = "x".repeat(beside);
        let change = |content| Content {
            three: n,
            ..content
        };
        self.write(change, |server, id| {
            let n = n.to_string();
            let mut values = vec![("pay.a", &*n), ("pay.b", &*n), ("pay.c", &*n)];
            values.extend((beside > 0).then_some(("pay.blob", &*blob)));
            server.set_many(id, &values)
        });
    }

    fn write_note(&mut self, note: Option<i64>) {
        let change = |content| Content { note, ..content };
        self.write(change, |server, id| match note {
            Some(note) => server.set(id, "pay.note", &note.to_string()),
            None => server.set_null(id, "pay.note"),
        });
    }

    fn roll_back(&mut self, back: u8) {
        let Some(tenant) = self.tenant() else {
            return;
        };
        let to = (tenant.head() - i32::from(back)).max(1);
        let then = tenant.versions[usize::try_from(to - 1).expect("from 1 on")];
        self.write(|_| then, |server, id| server.rollback(id, to));
    }

    /// Whether it was written is not always known, but the next number tells.
    async fn write_own(&mut self, n: i64, client: &Client) {
        let Some(index) = self.named else {
            return;
        };
        let tenant = &self.tenants[index];
        let last = *tenant.versions.last().expect("one at least");
        let next = Content { three: n, ..last };
        let (id, head) = (tenant.id.clone(), tenant.head());
        self.known.add(&id, head + 1, next);
        let typed = tenant.shape == Shape::Typed;
        let write = Write::new().set("pay.a", n).set("pay.b", n);
        let write = if typed {
            write.set("pay.c", n.to_string())
        } else {
            write.set("pay.c", n)
        };
        let written = timeout(Duration::from_secs(8), client.write(NAME, write)).await;
        let versions = &mut self.tenants[index].versions;
        match written {
            Ok(Ok(version)) => {
                assert_eq!(version, head + 1, "nobody else writes");
                versions.push(next);
            }
            _ => {
                self.known.add(&id, head + 1, last);
                self.known.add(&id, head + 2, last);
                // The same as before, so whichever of the numbers it gets, what is known is true.
                let rate = last.rate.to_string();
                let version = self.server.set(&id, "pay.rate", &rate).expect("written");
                let content = if version == head + 2 { next } else { last };
                if version == head + 2 {
                    versions.push(next);
                }
                versions.push(content);
                self.known.add(&id, version, content);
            }
        }
    }

    /// Forgets the newest, but never the first.
    fn lose(&mut self, count: u8) {
        self.takes(LOST);
        self.faults += 1;
        let Some(tenant) = self.tenant() else {
            return;
        };
        let count = usize::from(count).min(tenant.versions.len() - 1);
        tenant.versions.truncate(tenant.versions.len() - count);
        let (id, head) = (tenant.id.clone(), tenant.head());
        let version = self.server.lose_versions(&id, count).expect("it exists");
        assert_eq!(version, head, "the model is that of the server");
    }

    fn rewrite(&mut self, count: u8, n: i64) {
        self.faults += 1;
        let Some(tenant) = self.tenant() else {
            return;
        };
        let count = usize::from(count).min(tenant.versions.len() - 1);
        tenant.versions.truncate(tenant.versions.len() - count);
        let text = n.to_string();
        let values: &[(&str, &str)] = &[("pay.a", &text), ("pay.b", &text), ("pay.c", &text)];
        let id = tenant.id.clone();
        for _ in 0..count {
            let tenant = self.tenant().expect("as before");
            let last = *tenant.versions.last().expect("one at least");
            let next = Content { three: n, ..last };
            tenant.versions.push(next);
            let head = tenant.head();
            self.known.add(&id, head, next);
        }
        let rewritten = vec![values; count];
        self.server
            .rewrite_versions(&id, &rewritten)
            .expect("it takes the values");
    }

    fn reshape(&mut self, shape: Shape) {
        self.faults += 1;
        let Some(tenant) = self.tenant() else {
            return;
        };
        tenant.shape = shape;
        let id = tenant.id.clone();
        let schema = schema(shape);
        self.server.change_schema(&id, &schema).expect("its own");
    }

    fn move_tenants(&mut self, act: Act) {
        self.faults += 1;
        let server = &self.server;
        match (act, self.named, self.away) {
            (Act::Replace, Some(index), _) => {
                let shape = self.tenants[index].shape;
                let id = server.replace_tenant(&self.tenants[index].id);
                self.settle_in(id.expect("it exists"), shape);
            }
            (Act::Delete, Some(index), _) => {
                server
                    .delete_tenant(&self.tenants[index].id)
                    .expect("it exists");
                self.named = None;
            }
            (Act::Delete, None, Some(index)) => {
                server
                    .delete_tenant(&self.tenants[index].id)
                    .expect("it exists");
                self.away = None;
            }
            (Act::Create, None, None) => self.create(),
            (Act::Rename, Some(index), None) => {
                server
                    .rename_tenant(&self.tenants[index].id, AWAY)
                    .expect("it exists");
                (self.named, self.away) = (None, Some(index));
            }
            (Act::Usurp, None, Some(_)) => self.create(),
            (Act::Return, _, Some(_)) => self.give_back(),
            _ => {}
        }
    }

    fn create(&mut self) {
        let id = self.server.add_tenant(NAME, MOLD).expect("it is free");
        // The mold has the schema of the first day.
        self.settle_in(id, Shape::First);
    }

    fn give_back(&mut self) {
        if let Some(usurper) = self.named.take() {
            self.server
                .delete_tenant(&self.tenants[usurper].id)
                .expect("it exists");
        }
        if let Some(index) = self.away.take() {
            self.server
                .rename_tenant(&self.tenants[index].id, NAME)
                .expect("the name is free");
            self.named = Some(index);
        }
    }
}

fn often<T>(times: u8, what: T) -> Fault<T> {
    match times {
        0 => Fault::Always(what),
        times => Fault::Next(times.into(), what),
    }
}

fn status(code: i32) -> Status {
    Status::new(Code::from_i32(code), "out of order")
}

fn garbage(what: Nonsense) -> Garbage {
    match what {
        Nonsense::Empty => Garbage::Empty,
        Nonsense::NoKind => Garbage::NoKind,
        Nonsense::NaN => Garbage::Number(f64::NAN),
        Nonsense::Version(number) => Garbage::Version(number),
    }
}

fn lag(lag: act::Lag) -> Lag {
    match lag {
        act::Lag::Versions(count) => Lag::Versions(count.into()),
        act::Lag::Millis(millis) => Lag::Time(Duration::from_millis(millis.into())),
    }
}
