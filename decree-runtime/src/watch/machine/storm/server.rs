//! The server: what is true, and how its answers fare.

use std::sync::Arc;

use super::{
    super::Answer,
    act::{Act, Work},
};
use crate::watch::{
    history::{Row, row},
    source::{Cause, Described, Listing},
};

/// A version: what tells it from others of its number, and whether readers take it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Version {
    id: u64,
    fits: bool,
}

struct Tenant {
    id: Arc<str>,
    alive: bool,
    /// Of numbers 1, 2, 3.
    versions: Vec<Version>,
    shape: u64,
}

impl Tenant {
    fn head(&self) -> usize {
        self.versions.len()
    }
}

#[derive(Clone, Copy)]
enum Lag {
    Late,
    Mislabelled,
    Alternating,
}

#[derive(Clone, Copy)]
pub(super) enum Trouble {
    Fails(Cause),
    Hangs,
}

#[derive(Default)]
pub(super) struct Server {
    tenants: Vec<Tenant>,
    named: usize,
    ids: u64,
    lag: Option<(Lag, u8)>,
    turn: bool,
    troubles: Vec<(Work, u8, Trouble)>,
}

impl Server {
    pub(super) fn new() -> Self {
        let mut server = Self::default();
        server.settle_in();
        server
    }

    /// A tenant that is new has the name.
    fn settle_in(&mut self) {
        let first = self.version(true);
        self.tenants.push(Tenant {
            id: self.tenants.len().to_string().into(),
            alive: true,
            versions: vec![first],
            shape: 0,
        });
        self.named = self.tenants.len() - 1;
    }

    fn tenant(&mut self) -> &mut Tenant {
        &mut self.tenants[self.named]
    }

    fn version(&mut self, fits: bool) -> Version {
        self.ids += 1;
        Version { id: self.ids, fits }
    }

    /// The number of the newest.
    pub(super) fn head(&mut self) -> i32 {
        number(self.tenant().head())
    }

    fn write(&mut self, fits: bool) {
        let version = self.version(fits);
        self.tenant().versions.push(version);
    }

    /// What is done to the server, and to what it answers.
    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::Write | Act::Announce => self.write(true),
            Act::WriteBad => self.write(false),
            Act::Fail(work, times, cause) => {
                self.troubles.push((work, times, Trouble::Fails(cause)));
            }
            Act::Hang(work, times) => self.troubles.push((work, times, Trouble::Hangs)),
            Act::Late(back) => self.lag = Some((Lag::Late, back)),
            Act::Mislabelled(back) => self.lag = Some((Lag::Mislabelled, back)),
            Act::Alternating(back) => self.lag = Some((Lag::Alternating, back)),
            Act::Lose(count) => {
                let tenant = self.tenant();
                let kept = tenant.head().saturating_sub(count.into()).max(1);
                tenant.versions.truncate(kept);
            }
            Act::Rewrite(count) => {
                let count = usize::from(count).min(self.tenant().head());
                let kept = self.tenant().head() - count;
                self.tenant().versions.truncate(kept);
                for _ in 0..count {
                    self.write(true);
                }
            }
            Act::Reshape => self.tenant().shape += 1,
            Act::Replace(gone) => self.replace(gone),
            Act::Return => self.give_back(),
            Act::Calm => {
                self.lag = None;
                self.troubles.clear();
                self.give_back();
            }
            _ => {}
        }
    }

    fn replace(&mut self, gone: bool) {
        let alive = self.tenants.iter().filter(|tenant| tenant.alive);
        if alive.count() == 1 {
            self.tenant().alive = !gone;
            self.settle_in();
        }
    }

    fn give_back(&mut self) {
        let before = self.tenants[..self.named].iter();
        if let Some(owner) = before.clone().rposition(|tenant| tenant.alive) {
            self.tenant().alive = false;
            self.named = owner;
        }
    }

    /// How much of the newest tenant an answer sees: the number and the content.
    fn sight(&mut self) -> (usize, usize) {
        let head = self.tenant().head();
        let Some((lag, back)) = self.lag else {
            return (head, head);
        };
        let old = head.saturating_sub(back.into()).max(1);
        match lag {
            Lag::Late => (old, old),
            Lag::Mislabelled => (head, old),
            Lag::Alternating => {
                self.turn = !self.turn;
                if self.turn { (old, old) } else { (head, head) }
            }
        }
    }

    pub(super) fn answer(&mut self) -> (Answer, bool) {
        let (number, content) = self.sight();
        let tenant = self.tenant();
        let fits = tenant.versions[content - 1].fits;
        (answer(tenant, number, content), fits)
    }

    pub(super) fn listing(&mut self) -> Listing {
        let (newest, _) = self.sight();
        let tenant = self.tenant();
        let rows = (1..=newest).rev().take(20).map(|version| {
            let id = tenant.versions[version - 1].id;
            row(number(version), &id.to_string())
        });
        let rows: Vec<Row> = rows.collect();
        Listing {
            tenant_id: Some(Arc::clone(&tenant.id)),
            rows,
        }
    }

    pub(super) fn described(&mut self, id: Option<&Arc<str>>) -> Result<Described, Cause> {
        let index = match id {
            None => self.named,
            Some(id) => {
                let asked = |tenant: &Tenant| tenant.id == *id && tenant.alive;
                self.tenants.iter().position(asked).ok_or(Cause::NoTenant)?
            }
        };
        let tenant = &self.tenants[index];
        Ok(Described {
            tenant_id: Arc::clone(&tenant.id),
            state: tenant.shape.to_string(),
        })
    }

    /// What a call fares, if not well.
    pub(super) fn trouble(&mut self, work: Work) -> Option<Trouble> {
        let index = self.troubles.iter().position(|(it, ..)| *it == work)?;
        let (_, times, trouble) = &mut self.troubles[index];
        let trouble = *trouble;
        match times {
            0 => {}
            1 => drop(self.troubles.remove(index)),
            more => *more -= 1,
        }
        Some(trouble)
    }
}

fn number(version: usize) -> i32 {
    version.try_into().expect("a storm is short")
}

fn answer(tenant: &Tenant, number: usize, content: usize) -> Answer {
    let id = tenant.versions[content - 1].id;
    Answer {
        tenant_id: Arc::clone(&tenant.id),
        version: self::number(number),
        digest: id << 32 | tenant.shape,
    }
}
