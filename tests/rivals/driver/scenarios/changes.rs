//! Changes, and how the server tells of them.

use std::time::Duration;

use decree_dev::faults::{EventFault, Fault, Garbage};
use tokio::time::sleep;

use super::{Scenario, UNTOLD, scenario};
use crate::stage::Stage;

fn spoil_next(stage: &Stage, fault: EventFault) {
    stage
        .server
        .misbehave(|faults| faults.events = Fault::Next(1, fault));
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        scenario!("A change", "one field is written", |stage| {
            stage.set(0, 2)
        }),
        scenario!(
            "8 fields in one version",
            "8 fields are written as one version, 20 times, 200 ms apart: slow enough for the rate \
             limit",
            |stage| {
                for value in 2..=21 {
                    stage.set_first(8, value)?;
                    sleep(Duration::from_millis(200)).await;
                }
                Ok(())
            }
        ),
        scenario!(
            "15 fields in one version",
            "15 fields are written as one version; the rate limit, which is the server's own, cuts \
             the stream of role `user` in the middle with RESOURCE_EXHAUSTED",
            |stage| { stage.set_first(15, 2) }
        ),
        scenario!(
            "Null",
            "one field is written as null, which the server shows as zero; the default is -1",
            |stage| { stage.set_null(0) }
        ),
        scenario!(
            "Rollback",
            "one field is written; 2 s later the tenant is rolled back, which the server does not \
             announce",
            |stage| {
                stage.set(0, 2)?;
                sleep(Duration::from_secs(2)).await;
                stage.roll_back(1)
            }
        )
        .right_within(UNTOLD),
        scenario!(
            "Event too large",
            "one field is written together with a text of 70 KiB; the server announces no version \
             of more than 64 KiB",
            |stage| { stage.set_with_a_large_text(0, 2) }
        )
        .right_within(UNTOLD),
        scenario!(
            "Event lost",
            "one field is written; nobody hears of it",
            |stage| {
                spoil_next(stage, EventFault::Drop);
                stage.set(0, 2)
            }
        )
        .right_within(UNTOLD),
        scenario!(
            "Events in the wrong order",
            "one field is written twice; the event of the older version comes after that of the newer",
            |stage| {
                spoil_next(stage, EventFault::Swap);
                stage.set(0, 2)?;
                stage.set(0, 3)
            }
        ),
        scenario!(
            "Message without a change",
            "one field is written; the message about it is empty, as none of today's server is",
            |stage| {
                spoil_next(stage, EventFault::Garbage(Garbage::Empty));
                stage.set(0, 2)
            }
        )
        .right_within(UNTOLD),
        scenario!(
            "Value of an unknown kind",
            "one field is written; the value in the message has no kind that a client could know, as \
             none of today's server has",
            |stage| {
                spoil_next(stage, EventFault::Garbage(Garbage::NoKind));
                stage.set(0, 2)
            }
        ),
    ]
}
