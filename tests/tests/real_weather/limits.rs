//! A limit of the server that a struct goes beyond.

use std::time::Duration;

use decree_proto::v1::typed_value::Kind;
use decree_runtime::{Client, DecreeConfig, Live};
use decree_tests::{
    admin::{Admin, typed},
    real::Own,
};
use tokio::time::{Instant, timeout};

use crate::{TICK, admin};

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "six")]
struct Six {
    #[decree(default = 0)]
    a: i64,
    #[decree(default = 0)]
    b: i64,
    #[decree(default = 0)]
    c: i64,
    #[decree(default = 0)]
    d: i64,
    #[decree(default = 0)]
    e: i64,
    #[decree(default = 0)]
    f: i64,
}

impl Six {
    const PATHS: [&str; 6] = ["six.a", "six.b", "six.c", "six.d", "six.e", "six.f"];

    fn values(&self) -> [i64; 6] {
        [self.a, self.b, self.c, self.d, self.e, self.f]
    }
}

/// How long a change of one of the fields takes to arrive.
async fn change(admin: &Admin, live: &mut Live<Six>, field: usize, value: i64) -> Duration {
    let written = admin.set("six", Six::PATHS[field], typed(Kind::IntegerValue(value)));
    written.await.expect("written");
    let begin = Instant::now();
    let shown = timeout(TICK, async {
        while live.with(Six::values)[field] != value {
            live.changed().await.expect("the watch goes on");
        }
    });
    shown.await.expect("at the latest, the tick finds it");
    begin.elapsed()
}

/// The server refuses to filter by more names than this.
#[tokio::test(flavor = "multi_thread")]
async fn changes_are_pushed_to_a_struct_of_more_fields_than_the_server_lists() {
    let own = Own::up("five", "CONFIG_MAX_LIST_LEN=5");
    let admin = admin(&own.address);
    let line = |path: &str| format!("  {path}: {{ type: integer }}\n");
    let fields: String = Six::PATHS.into_iter().map(line).collect();
    admin.create("six", &fields).await.expect("a tenant");
    let client = Client::builder(&own.address).subject("six").build();
    let client = client.expect("sound options");
    let mut live: Live<Six> = client.live("six").await.expect("readable");

    // The stream says nothing when it is open: one change may come before it.
    let first = change(&admin, &mut live, 0, 1).await;
    println!("the first change arrived after {first:.2?}");
    for field in 0..6 {
        let took = change(&admin, &mut live, field, 2).await;
        println!("a change of {} arrived after {took:.2?}", Six::PATHS[field]);
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
}
