//! Who starts while a standby lags may be answered with old content under the newest number. When a
//! second look is answered by the same standby, others show it, too, until the tick after it has caught
//! up, unless they showed that content of an older version before.

use std::time::Duration;

use decree_runtime::{Client, Live};
use decree_tests::{fleet::Pair, scale};
use tokio::time::{Instant, timeout};

use crate::standbys::{Replicated, TENANT};

const LAG: Duration = Duration::from_secs(5);

/// The lag, a tick, a second look.
const HEALED: Duration = Duration::from_secs(5 + 33 + 3);

/// Says whether old content was seen while a newcomer settled.
async fn flips_back(shown: &mut Live<Pair>, written: i64) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(300) {
        if shown.load().left < written {
            return true;
        }
        let _unchanged = timeout(Duration::from_millis(50), shown.changed()).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn old_content_that_a_newcomer_brings_is_over_within_a_tick() {
    let mut replicated = Replicated::start("newcomers", "5s", 0).await;
    let client = Client::builder(&replicated.address).subject("first");
    let client = client.build().expect("sound options");
    let mut shown: Live<Pair> = client.live(TENANT).await.expect("readable");
    let (mut newcomers, mut flips) = (0, Vec::new());
    for _ in 0..8 * scale() {
        replicated.write().await;
        let (begin, written) = (Instant::now(), replicated.written);
        // As long as the standby lags, and from when the content is right.
        while begin.elapsed() < LAG {
            if shown.load().left < written {
                let _late = timeout(Duration::from_millis(50), shown.changed()).await;
                continue;
            }
            let _newcomer: Live<Pair> = client.live(TENANT).await.expect("readable");
            newcomers += 1;
            if flips_back(&mut shown, written).await {
                flips.push(format!(
                    "{:?} of {written}, {:.1?} after it",
                    *shown.load(),
                    begin.elapsed()
                ));
                let right = async {
                    while shown.load().left < written {
                        shown.changed().await.expect("the watch goes on");
                    }
                };
                let right = timeout(HEALED, right).await;
                assert!(right.is_ok(), "{flips:#?} {:?}", shown.status());
                break;
            }
        }
    }
    println!(
        "{newcomers} newcomers came, and old content {}: {flips:?}",
        flips.len()
    );
    assert!(
        newcomers > 0,
        "the content was right before the standby was"
    );
}
