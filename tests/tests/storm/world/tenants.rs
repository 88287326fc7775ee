//! Histories that are lost, and tenants that change, go and come back.

use super::{
    super::{
        act::{Act, Shape},
        known::Content,
    },
    AWAY, LOST, MOLD, NAME, World, schema,
};

impl World {
    /// Forgets the newest, but never the first.
    pub(super) fn lose(&mut self, count: u8) {
        self.takes(LOST);
        let Some(tenant) = self.tenant() else {
            return;
        };
        let count = usize::from(count).min(tenant.versions.len() - 1);
        tenant.versions.truncate(tenant.versions.len() - count);
        let (id, head) = (tenant.id.clone(), tenant.head());
        let version = self.server.lose_versions(&id, count).expect("it exists");
        assert_eq!(version, head, "the model is that of the server");
    }

    pub(super) fn rewrite(&mut self, count: u8, n: i64) {
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

    pub(super) fn reshape(&mut self, shape: Shape) {
        let Some(tenant) = self.tenant() else {
            return;
        };
        tenant.shape = shape;
        let id = tenant.id.clone();
        let schema = schema(shape);
        self.server.change_schema(&id, &schema).expect("its own");
    }

    pub(super) fn move_tenants(&mut self, act: Act) {
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
            (Act::Rename, Some(index), None) => {
                server
                    .rename_tenant(&self.tenants[index].id, AWAY)
                    .expect("it exists");
                (self.named, self.away) = (None, Some(index));
            }
            (Act::Create, None, None) | (Act::Usurp, None, Some(_)) => self.create(),
            (Act::Return, _, Some(_)) => self.give_back(),
            _ => {}
        }
    }

    pub(super) fn create(&mut self) {
        let id = self.server.add_tenant(NAME, MOLD).expect("it is free");
        // The mold has the schema of the first day.
        self.settle_in(id, Shape::First);
    }

    pub(super) fn give_back(&mut self) {
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
