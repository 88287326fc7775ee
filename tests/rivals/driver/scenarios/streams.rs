//! Streams that end, and connections.

use std::time::Duration;

use decree_dev::faults::{Answer, Fault, Streams};
use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

use super::{HUNG, RECOVERED, Scenario, scenario};
use crate::stage::Stage;

/// How long the server is unwell where it is for a while.
const WHILE: Duration = Duration::from_secs(60);

/// How long a server is killed.
const GONE: Duration = Duration::from_secs(3);

/// The stream ends with a code, and before it is opened again there is news.
fn end(stage: &mut Stage, code: Code) -> Result<(), Status> {
    let status = Status::new(code, "the weather is bad");
    stage.server.end_subscriptions_with(&status);
    stage.set(0, 2)
}

macro_rules! ended_with {
    ($($code:ident $name:literal)*) => {
        [$(scenario!(
            concat!("Stream ended: ", $name),
            concat!(
                "the server ends the stream with ", $name,
                "; a field is written before it is opened again; all is well then"
            ),
            |stage| { end(stage, Code::$code) }
        )
        .right_within(RECOVERED)
        .heard()),*]
    };
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::from(ended_with! {
        Ok "OK"
        Unavailable "UNAVAILABLE"
        Internal "INTERNAL"
        ResourceExhausted "RESOURCE_EXHAUSTED"
        DeadlineExceeded "DEADLINE_EXCEEDED"
        InvalidArgument "INVALID_ARGUMENT"
        NotFound "NOT_FOUND"
        Unauthenticated "UNAUTHENTICATED"
        Unknown "UNKNOWN"
    });
    all.extend([
        scenario!(
            "60 s of accepting and closing",
            "for 60 s the server accepts each stream and ends it at once (OK); a field is written \
             after 30 s; the streams are the attempts",
            |stage| {
                let start = Instant::now();
                while start.elapsed() < WHILE {
                    stage.server.end_subscriptions();
                    if start.elapsed() > WHILE / 2 && stage.written() == 0 {
                        stage.set(0, 2)?;
                    }
                    sleep(Duration::from_millis(5)).await;
                }
                Ok(())
            }
        )
        .right_within(RECOVERED)
.heard(),
        scenario!(
            "60 s of refused streams",
            "the stream ends (OK), and for 60 s no other is accepted (UNAVAILABLE) while reads work; \
             a field is written after 30 s; the streams are the attempts",
            |stage| {
                let refusal = Answer::Fail(Status::unavailable("the weather is bad"));
                stage.server.misbehave(|faults| {
                    faults.answers.insert("Subscribe", Fault::Always(refusal));
                });
                stage.server.end_subscriptions();
                sleep(WHILE / 2).await;
                stage.set(0, 2)?;
                sleep(WHILE / 2).await;
                stage.server.behave();
                Ok(())
            }
        )
        .right_within(RECOVERED)
.heard(),
        scenario!(
            "Connection half-open",
            "the connection is silent from now on, without a FIN or RST; new ones work; a field is \
             written",
            |stage| {
                stage.server.freeze_connections();
                stage.set(0, 2)
            }
        )
        .right_within(HUNG)
.heard(),
        scenario!(
            "GOAWAY, stream kept open",
            "the server asks clients to leave, as one that is being replaced; the stream stays open and, \
             as without a Redis between the two, hears nothing of what is written to the other; a field \
             is written there",
            |stage| {
                stage.server.goaway(Streams::Deaf);
                stage.set(0, 2)
            }
        )
        .right_within(RECOVERED),
        scenario!(
            "Server killed",
            "the server is killed; a field is written meanwhile; after 3 s it is back",
            |stage| {
                stage.server.kill().await;
                stage.set(0, 2)?;
                sleep(GONE).await;
                let back = stage.server.revive().await;
                back.map_err(|error| Status::internal(error.to_string()))
            }
        )
        .right_within(RECOVERED)
.heard(),
    ]);
    all
}
