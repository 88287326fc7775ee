//! What happens to the server, and to the clients that follow it.

use std::{future::Future, pin::Pin, time::Duration};

use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

use crate::stage::Stage;

type Act<'a> = Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>>;

/// Ends when the server is well.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) steps: &'static str,
    pub(crate) act: for<'a> fn(&'a mut Stage) -> Act<'a>,
}

/// A slow client has to open its stream again within this.
const REOPEN: Duration = Duration::from_secs(40);

/// How long the server is unwell where it is for a while.
const WHILE: Duration = Duration::from_secs(60);

macro_rules! scenario {
    ($name:literal, $steps:literal, |$stage:ident| $act:block) => {
        Scenario {
            name: $name,
            steps: $steps,
            act: |$stage| Box::pin(async move { $act }),
        }
    };
}

/// In the order of the table.
pub(crate) fn all() -> Vec<Scenario> {
    let mut all = Vec::new();
    all.extend(changes());
    all.extend(cuts());
    all.extend(codes());
    all.extend(floods());
    all
}

fn changes() -> [Scenario; 6] {
    [
        scenario!("A change", "one field is written", |stage| {
            stage.set(0, 2)
        }),
        scenario!(
            "Two fields in one version",
            "two fields are written as one version, 20 times, 100 ms apart",
            |stage| {
                for value in 2..=21 {
                    stage.set_first(2, value)?;
                    sleep(Duration::from_millis(100)).await;
                }
                Ok(())
            }
        ),
        scenario!(
            "15 fields in one version",
            "15 fields are written as one version; the rate limit cuts the stream of role `user` in \
             the middle with RESOURCE_EXHAUSTED",
            |stage| { stage.set_first(15, 2) }
        ),
        scenario!(
            "Null",
            "one field is written as null; the server shows it as zero",
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
        ),
        scenario!(
            "An event that is too large",
            "one field is written together with a text of 70 KiB; the server announces no version \
             of more than 64 KiB",
            |stage| { stage.set_with_a_large_text(0, 2) }
        ),
    ]
}

fn cuts() -> [Scenario; 2] {
    [
        scenario!(
            "Server killed",
            "the server is killed; a field is written meanwhile; after 3 s it is back",
            |stage| {
                stage.server.kill().await;
                stage.set(0, 2)?;
                sleep(Duration::from_secs(3)).await;
                let back = stage.server.revive().await;
                back.map_err(|error| Status::internal(error.to_string()))
            }
        ),
        scenario!(
            "Stream ended",
            "the server ends the stream without an error (OK); a field is written before it is \
             opened again",
            |stage| {
                stage.server.end_subscriptions();
                stage.set(0, 2)
            }
        ),
    ]
}

/// The stream ends, is refused with a code, and would be accepted from then on.
async fn refuse(stage: &mut Stage, code: Code) -> Result<(), Status> {
    let streams = stage.streams();
    let refused = Status::new(code, "the weather is bad");
    stage.server.fail_next("Subscribe", refused);
    stage.server.end_subscriptions();
    stage.until(REOPEN, |stage| stage.streams() > streams).await;
    stage.set(0, 2)
}

macro_rules! refused {
    ($($code:ident $name:literal)*) => {
        [$(Scenario {
            name: concat!("Refused once: ", $name),
            steps: concat!(
                "the stream ends (OK); when it is opened again it is refused with ", $name,
                "; then a field is written, and all is well"
            ),
            act: |stage| Box::pin(refuse(stage, Code::$code)),
        }),*]
    };
}

fn codes() -> [Scenario; 8] {
    refused! {
        Unavailable "UNAVAILABLE"
        Internal "INTERNAL"
        ResourceExhausted "RESOURCE_EXHAUSTED"
        DeadlineExceeded "DEADLINE_EXCEEDED"
        InvalidArgument "INVALID_ARGUMENT"
        NotFound "NOT_FOUND"
        Unauthenticated "UNAUTHENTICATED"
        Unknown "UNKNOWN"
    }
}

fn floods() -> [Scenario; 1] {
    [scenario!(
        "60 s of accepting and closing",
        "for 60 s the server accepts each stream and ends it at once (OK); a field is written after \
         30 s; the streams are the attempts",
        |stage| {
            let start = Instant::now();
            let mut written = false;
            while start.elapsed() < WHILE {
                stage.server.end_subscriptions();
                if !written && start.elapsed() > WHILE / 2 {
                    written = true;
                    stage.set(0, 2)?;
                }
                sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        }
    )]
}
