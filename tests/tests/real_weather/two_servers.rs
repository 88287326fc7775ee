//! Two processes of the server behind one address.

use std::{sync::Arc, time::Duration};

use decree_tests::{
    admin::Admin,
    balancer::Balancer,
    fleet::{self, Fleet, PAIR},
    real::Own,
    scale,
};
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep},
};

use crate::{APPS, admin};

const TENANT: &str = "pair";

struct Two {
    own: Arc<Own>,
    /// One administrator at each.
    admins: [Admin; 2],
    fleet: Fleet,
    value: i64,
    addresses: [String; 2],
    balancer: Balancer,
}

const PROCESSES: [&str; 2] = ["server", "second"];

/// The longest time between two looks of a watch, a read, and a little: an event may come before the
/// stream took hold.
const TICK: Duration = Duration::from_secs(36);

impl Two {
    /// Connections go to either process.
    async fn start(name: &str) -> Self {
        let two = Self::start_on_the_first(name).await;
        two.balancer
            .send_to(&two.addresses.each_ref().map(String::as_str));
        two
    }

    /// Connections go to the first process until the balancer is told otherwise.
    async fn start_on_the_first(name: &str) -> Self {
        let own = Own::up(name, "");
        let second = own.second();
        let admins = [admin(&own.address), admin(&second)];
        admins[0].create(TENANT, PAIR).await.expect("a tenant");
        let balancer = Balancer::start(&[&own.address]).await;
        let fleet = Fleet::start(&balancer.address.to_string(), TENANT, APPS).await;
        Self {
            addresses: [own.address.clone(), second],
            own: Arc::new(own),
            admins,
            fleet,
            value: 0,
            balancer,
        }
    }

    /// A change through one of the processes.
    async fn change(&mut self, through: usize, when: &str) {
        self.value += 1;
        let written = fleet::write(&self.admins[through], TENANT, self.value).await;
        let version = written.expect("this process takes it");
        let reached = self.fleet.show(version, self.value, TICK).await;
        println!("{when}: {reached}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_through_either_process_reach_every_app() {
    let mut two = Two::start("both").await;
    for round in 0..10 * scale() {
        for (through, process) in PROCESSES.iter().enumerate() {
            two.change(through, &format!("change {round} through {process}"))
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_after_the_other_is_killed() {
    let mut two = Two::start("killed-in-turn").await;
    for _ in 0..2 * scale() {
        for (killed, process) in PROCESSES.iter().enumerate() {
            let other = 1 - killed;
            two.own.script(&format!("stop-{process}"));
            two.change(other, &format!("{process} is killed")).await;
            two.change(other, &format!("without {process}")).await;
            two.own.script(&format!("start-{process}"));
            two.change(killed, &format!("{process} is back")).await;
        }
    }
}

/// A process that is asked to stop keeps its streams until it is killed. Changes arrive all the
/// while, and clients whose calls and streams were all on it leave it before that.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_asked_to_stop_is_left() {
    const GRACE: Duration = Duration::from_secs(8); // the script's is 9 to 10
    let mut two = Two::start_on_the_first("asked-to-stop").await;
    let mut took = Vec::new();
    for (stopped, process) in PROCESSES.iter().enumerate() {
        two.balancer.send_to(&[&two.addresses[1 - stopped]]);
        let (own, begin) = (Arc::clone(&two.own), Instant::now());
        let stopping = spawn_blocking(move || {
            own.script(&format!("stop-{process} TERM"));
            begin.elapsed()
        });
        while !stopping.is_finished() {
            let when = format!("{process} was asked to stop {:.1?} ago", begin.elapsed());
            two.change(1 - stopped, &when).await;
            sleep(Duration::from_secs(1)).await;
        }
        let ended = stopping.await.expect("it stops");
        println!("{process} ended within {ended:.1?}");
        took.push(ended);
        two.change(1 - stopped, &format!("without {process}")).await;
        two.own.script(&format!("start-{process}"));
        two.change(stopped, &format!("{process} is back")).await;
        sleep(TICK).await; // streams move no more than once a tick
    }
    let left = took.iter().all(|took| *took < GRACE);
    assert!(left, "processes were killed with streams open: {took:.1?}");
}
