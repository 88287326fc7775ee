//! Something is gone for a while.

use std::time::Duration;

use decree_tests::{
    admin::Admin,
    fleet::{self, Fleet, PAIR},
    real::Own,
    scale, wire,
};
use tokio::time::{sleep, timeout};

use crate::{APPS, BACK, TICK, admin};

const TENANT: &str = "weather";

struct Weather {
    own: Own,
    admin: Admin,
    fleet: Fleet,
    /// The value that was written last.
    value: i64,
}

impl Weather {
    async fn start(name: &str) -> Self {
        let own = Own::up(name, "");
        let admin = admin(&own.address);
        admin.create(TENANT, PAIR).await.expect("a tenant");
        let fleet = Fleet::start(&own.address, TENANT, APPS).await;
        Self {
            own,
            admin,
            fleet,
            value: 0,
        }
    }

    /// None when the server does not take it.
    async fn write(&mut self) -> Option<i32> {
        self.value += 1;
        fleet::write(&self.admin, TENANT, self.value).await.ok()
    }

    /// A change in fair weather.
    async fn change(&mut self, within: Duration, when: &str) {
        let version = self.write().await.expect("written");
        let reached = self.fleet.show(version, self.value, within).await;
        println!("{when}: {reached}");
    }

    /// The server takes writes again: all that it has must be shown soon.
    async fn is_back(&mut self, within: Duration, after: &str) {
        self.value += 1;
        let [left, right] = ["left", "right"].map(|side| format!("pair.{side}={}", self.value));
        let write = async {
            while !self.own.cli(&["config", "set-many", TENANT, &left, &right]) {
                sleep(Duration::from_millis(100)).await;
            }
        };
        timeout(Duration::from_secs(60), write)
            .await
            .expect("the server is back");
        let version = wire::newest(&self.own.address, TENANT).await;
        let reached = self.fleet.show(version, self.value, within).await;
        println!("after {after}: {reached}");
        self.change(BACK, &format!("the next change after {after}"))
            .await;
    }

    async fn without_postgresql(&mut self) {
        self.own.script("stop-postgres");
        assert_eq!(self.write().await, None, "nobody can store it");
        sleep(Duration::from_secs(20)).await;
        self.own.script("start-postgres");
        self.is_back(BACK, "20 s without PostgreSQL").await;
    }

    /// Streams stay open and silent meanwhile.
    async fn without_redis(&mut self) {
        self.own.script("stop-redis");
        self.change(TICK, "a change without Redis").await;
        self.own.script("start-redis");
        // The server may not listen again yet when this is announced.
        self.is_back(TICK, "a time without Redis").await;
    }

    async fn without_server(&mut self) {
        self.own.script("stop-server");
        sleep(Duration::from_secs(5)).await;
        self.own.script("start-server");
        self.is_back(BACK, "5 s without a server").await;
    }

    /// It sends GOAWAY and keeps the streams until it is killed.
    async fn with_a_stopping_server(&mut self) {
        self.own.script("stop-server TERM");
        self.own.script("start-server");
        self.is_back(BACK, "a server that stopped with streams open")
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_apps_come_back_after_each_outage_in_turn() {
    let mut weather = Weather::start("outages").await;
    for _ in 0..scale() {
        weather.change(BACK, "in fair weather").await;
        weather.without_postgresql().await;
        weather.without_redis().await;
        weather.without_server().await;
        weather.with_a_stopping_server().await;
    }
}
