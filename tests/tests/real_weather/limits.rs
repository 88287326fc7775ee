//! Limits of the server that a struct or a value goes beyond.

use std::time::Duration;

use decree_proto::v1::typed_value::Kind;
use decree_runtime::{Client, DecreeConfig, Live};
use decree_tests::{
    admin::{Admin, typed},
    real::{Own, variable},
    six::Six,
};
use tokio::time::{Instant, sleep, timeout};

use crate::{TICK, admin, unique};

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
    let fields = Six::schema_fields();
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

#[derive(Debug, DecreeConfig)]
struct Large {
    #[decree(key = "large.text", default = "")]
    text: String,
}

/// The server announces no version whose changes have more than 64 KiB, old values included, and
/// says so in its log only.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_too_large_to_be_announced_is_found() {
    let address = variable("DECREE_REAL_ADDR");
    let admin = admin(&address);
    let name = unique("unannounced");
    let created = admin.create(&name, "  large.text: { type: string }\n");
    created.await.expect("a tenant");
    let client = Client::builder(&address).subject("large").build();
    let client = client.expect("sound options");
    let mut live: Live<Large> = client.live(&name).await.expect("readable");
    // The looks that follow a start would find it sooner than in a program that has run for long.
    sleep(Duration::from_secs(5)).await;
    let text = typed(Kind::StringValue("x".repeat(64 << 10)));
    let written = admin.set(&name, "large.text", text).await;
    written.expect("written");
    let begin = Instant::now();
    let shown = timeout(TICK, async {
        while live.with(|large| large.text.is_empty()) {
            live.changed().await.expect("the watch goes on");
        }
    });
    shown.await.expect("the tick finds it");
    println!("a change of 64 KiB was found after {:.2?}", begin.elapsed());
}
