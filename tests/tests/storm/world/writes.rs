//! What is written in a storm: on the server, and by the client that watches.

use std::time::Duration;

use decree_dev::DevServer;
use decree_runtime::{Client, Write};
use tokio::time::timeout;
use tonic::Status;

use super::{
    super::{act::Shape, known::Content},
    NAME, World,
};

impl World {
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

    pub(super) fn write_three(&mut self, n: i64, beside: usize) {
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

    pub(super) fn write_note(&mut self, note: Option<i64>) {
        let change = |content| Content { note, ..content };
        self.write(change, |server, id| match note {
            Some(note) => server.set(id, "pay.note", &note.to_string()),
            None => server.set_null(id, "pay.note"),
        });
    }

    pub(super) fn write_rate(&mut self, rate: f64) {
        let change = |content| Content { rate, ..content };
        self.write(change, |server, id| {
            server.set(id, "pay.rate", &rate.to_string())
        });
    }

    pub(super) fn roll_back(&mut self, back: u8) {
        let Some(tenant) = self.tenant() else {
            return;
        };
        let to = (tenant.head() - i32::from(back)).max(1);
        let then = tenant.versions[usize::try_from(to - 1).expect("from 1 on")];
        self.write(|_| then, |server, id| server.rollback(id, to));
    }

    /// Whether it was written is not always known, but the next number tells.
    pub(super) async fn write_own(&mut self, n: i64, client: &Client) {
        // One that waits behind a call that hangs is given up, and may be sent all the same: nobody
        // can say then what the server holds.
        let Some(index) = self.named.filter(|_| !self.capped) else {
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
        if matches!(written, Ok(Ok(version)) if version == head + 1) {
            versions.push(next);
            return;
        }
        // Nothing changes by this, so its number is all that it tells.
        let rate = last.rate.to_string();
        let version = self.server.set(&id, "pay.rate", &rate).expect("written");
        let was_written = version == head + 2;
        versions.extend(was_written.then_some(next));
        let newest = if was_written { next } else { last };
        versions.push(newest);
        self.known.add(&id, version, newest);
    }
}
