//! What a stream says is a hint, whatever it says.

use std::time::Duration;

use decree_dev::faults::{Answer, EventFault, Fault, Garbage};
use decree_runtime::Phase;
use tokio::time::timeout;

use crate::{PUSHED, TICK, follows, pay, says, server, set_fee, shows_fee};

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

/// A start that believed it would show defaults, and call them the server's.
#[tokio::test(start_paused = true)]
async fn an_answer_of_no_tenant_or_no_version_is_none() {
    let server = server().await;
    set_fee(&server, 3);
    for (fee, garbage) in (4..).zip([Garbage::Nobody, Garbage::Version(-7)]) {
        let spoil = || {
            server.misbehave(|faults| {
                let answer = Answer::Garbage(garbage);
                faults.answers.insert("GetConfig", Fault::Next(1, answer));
            });
        };
        spoil();
        let mut live = pay(&server).await;
        assert_eq!(live.load().fee, fee - 1, "{garbage:?}");
        spoil();
        set_fee(&server, fee);
        shows_fee(&mut live, fee, PUSHED).await;
        assert!(follows(&live, PUSHED).await.last_trouble.is_some());
        live.shutdown().await;
    }
}

/// Who believed it would take the tenant for another, or for one that was restored.
#[tokio::test(start_paused = true)]
async fn a_list_of_no_tenant_or_no_version_is_none() {
    let server = server().await;
    set_fee(&server, 3);
    let live = pay(&server).await;
    for garbage in [Garbage::Nobody, Garbage::Version(-7)] {
        server.misbehave(|faults| {
            let answer = Answer::Garbage(garbage);
            faults
                .answers
                .insert("ListVersions", Fault::Next(1, answer));
        });
        let status = says(&live, TICK, |it| it.phase != Phase::Following).await;
        assert_eq!(status.phase, Phase::Recovering, "{garbage:?}");
        let trouble = status.trouble.expect("it says what is wrong").message;
        assert!(trouble.contains("the answer is of"), "{trouble}");
        follows(&live, PUSHED).await;
    }
}
