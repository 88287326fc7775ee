//! The database is restored from a backup while programs run.

use std::time::Duration;

use decree_proto::v1::typed_value::Kind;
use decree_runtime::{Client, DecreeConfig, Live, Phase};
use decree_tests::{
    admin::{Admin, typed},
    real::Own,
    scale,
};
use tokio::time::{Instant, sleep, timeout};

use crate::{TICK, admin};

const TENANT: &str = "restored";

/// A lower version that nobody writes to may be a late standby until then.
const LOWER: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, DecreeConfig)]
struct Pay {
    #[decree(key = "pay.retries", default = 0)]
    retries: i64,
}

/// The server finds its connections to the database broken at first, and writes nothing then.
async fn write(admin: &Admin, retries: i64) {
    let value = || typed(Kind::IntegerValue(retries));
    let written = timeout(TICK, async {
        while admin.set(TENANT, "pay.retries", value()).await.is_err() {
            sleep(Duration::from_millis(100)).await;
        }
    });
    written.await.expect("the server is back");
}

/// Until it shows this, and has noticed so many other histories.
async fn shows(
    live: &Live<Pay>,
    expected: (i32, i64),
    restarts: u32,
    within: Duration,
    what: &str,
) {
    let begin = Instant::now();
    let mut changes = live.status_changes();
    let shown = timeout(within, async {
        loop {
            let shown = live.load();
            let noticed = live.status().history_restarts >= restarts;
            if noticed && (shown.version(), shown.retries) == expected {
                return;
            }
            drop(shown);
            changes.next().await.expect("the watch goes on");
        }
    });
    let in_time = shown.await.is_ok();
    let (now, status) = (live.load(), live.status());
    assert!(
        in_time,
        "{what}: {now:?} at {status:?}, expected {expected:?}"
    );
    println!("{what}: shown after {:.2?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_database_is_another_history() {
    let own = Own::up("history", "");
    let admin = admin(&own.address);
    let fields = "  pay.retries: { type: integer }\n";
    admin.create(TENANT, fields).await.expect("a tenant");
    write(&admin, 1).await;
    own.script("backup");
    let client = Client::builder(&own.address).subject("pay").build();
    let live: Live<Pay> = client
        .expect("sound options")
        .live(TENANT)
        .await
        .expect("readable");

    write(&admin, 2).await;
    shows(&live, (2, 2), 0, TICK, "fair weather").await;
    // What was lost before a probe has listed it leaves no id that another could contradict.
    let lately = Instant::now();
    while live.status().staleness() > lately.elapsed() {
        sleep(Duration::from_millis(100)).await;
    }
    own.script("restore");
    write(&admin, 3).await;
    shows(&live, (2, 3), 1, TICK, "the same number, another content").await;

    own.script("restore");
    for retries in [4, 5, 6] {
        write(&admin, retries).await;
    }
    shows(&live, (4, 6), 2, TICK, "a higher number").await;

    own.script("restore");
    write(&admin, 7).await;
    shows(&live, (2, 7), 3, TICK, "a lower number, written to").await;

    if scale() >= 3 {
        own.script("restore");
        // A tick notices it, and a tick adopts it.
        let within = TICK + LOWER + TICK;
        shows(
            &live,
            (1, 1),
            4,
            within,
            "a lower number that nobody writes to",
        )
        .await;
    }
    assert_eq!(live.status().phase, Phase::Following);
}
