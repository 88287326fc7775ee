//! What a stream says is a hint, whatever it says.

use std::time::Duration;

use decree_dev::faults::{EventFault, Fault, Garbage};
use tokio::time::timeout;

use crate::{PUSHED, TICK, follows, pay, server, set_fee, shows_fee};

/// Messages without a change, without a value, of another kind, of an old version, of one that will
/// never be, twice and in the wrong order: all that they can do is make the watch look.
#[tokio::test(start_paused = true)]
async fn no_message_of_a_stream_is_believed() {
    let server = server().await;
    for fee in 1..=3 {
        set_fee(&server, fee);
    }
    let mut live = pay(&server).await;
    let lies = [
        (3, Some(EventFault::Garbage(Garbage::Empty))),
        (3, None),
        (2, Some(EventFault::Duplicate)),
        (-7, Some(EventFault::Garbage(Garbage::NoKind))),
        (1, Some(EventFault::Garbage(Garbage::WrongKind))),
        (i32::MAX, None),
    ];
    for (version, fault) in lies {
        server.misbehave(|faults| {
            faults.events = fault.map_or(Fault::Never, |fault| Fault::Next(1, fault));
        });
        let told = server.announce("acme", version, &[("pay.fee", "99")]);
        told.expect("the tenant is there");
    }
    let mut seen = vec![live.load().fee];
    let watching = timeout(Duration::from_secs(120), async {
        while let Ok(next) = live.changed().await {
            seen.push(next.fee);
        }
    });
    assert!(watching.await.is_err(), "it goes on");
    assert!(seen.iter().all(|fee| *fee == 3), "{seen:?}");
    // A version that nobody finds is asked for a while, and then at the usual pace.
    let reads = server.calls("GetConfig");
    assert!(reads <= 30, "{reads} reads");
    // And it stands in the way of none that comes.
    set_fee(&server, 4);
    shows_fee(&mut live, 4, PUSHED).await;
    follows(&live, TICK).await;
}
