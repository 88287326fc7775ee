//! What comes over the wire in place of an answer: frames of HTTP/2, or its end.

use std::time::Duration;

use tokio::time::sleep;
use tonic::Status;

use super::{RECOVERED, Scenario, scenario};
use crate::{
    stage::Stage,
    wire::{Calls, Reason},
};

/// How long calls fare badly.
const WHILE: Duration = Duration::from_secs(5);

/// The stream ends, and whoever calls for a while fares badly.
async fn trouble(stage: &mut Stage, calls: Calls) -> Result<(), Status> {
    stage.wire().treat(calls);
    stage.server.end_subscriptions();
    stage.set(0, 2)?;
    sleep(WHILE).await;
    stage.wire().treat(Calls::Pass);
    Ok(())
}

/// By reason, with the words of our client's HTTP/2 for it. In a status of gRPC all are UNKNOWN.
macro_rules! reset_with {
    ($($reason:ident $name:literal $words:literal)*) => {
        [$(
            scenario!(
                concat!("Stream reset: ", $name),
                concat!("the stream gets RST_STREAM with ", $name, "; a field is written"),
                |stage| {
                    stage.wire().reset_streams(Reason::$reason);
                    stage.set(0, 2)
                }
            )
            .says($words),
            scenario!(
                concat!("Calls reset: ", $name),
                concat!(
                    "the stream ends (OK), and for 5 s each call and each new stream gets RST_STREAM \
                     with ", $name, "; a field is written at once"
                ),
                |stage| { trouble(stage, Calls::Reset(Reason::$reason)).await }
            )
            .says($words),
        )*]
    };
}

macro_rules! goaway_with {
    ($($reason:ident $name:literal $words:literal)*) => {
        [$(
            scenario!(
                concat!("GOAWAY, connection closed: ", $name),
                concat!(
                    "each connection gets GOAWAY with ", $name, ", which leaves its streams open, and \
                     is closed; a field is written"
                ),
                |stage| {
                    stage.wire().go_away(Reason::$reason);
                    stage.set(0, 2)
                }
            )
            .says("connection"),
            scenario!(
                concat!("GOAWAY, streams disowned: ", $name),
                concat!(
                    "each connection gets GOAWAY with ", $name, ", which says that no stream was \
                     looked at; a field is written"
                ),
                |stage| {
                    stage.wire().disown(Reason::$reason);
                    stage.set(0, 2)
                }
            )
            .says($words),
        )*]
    };
}

pub(super) fn scenarios() -> Vec<Scenario> {
    // hyper may take NO_ERROR for a clean end, whereupon tonic misses the `grpc-status`: it depends on
    // which of the two is polled first. Both sentences have this word.
    let mut all = Vec::from(reset_with! {
        NoError "NO_ERROR" "error"
        RefusedStream "REFUSED_STREAM" "refused stream"
        Cancel "CANCEL" "stream no longer needed"
        EnhanceYourCalm "ENHANCE_YOUR_CALM" "excessive load"
    });
    all.extend(goaway_with! {
        NoError "NO_ERROR" "error"
        EnhanceYourCalm "ENHANCE_YOUR_CALM" "excessive load"
    });
    all.extend([
        scenario!(
            "Connection reset",
            "each connection gets a TCP reset, in the middle of the stream; a field is written",
            |stage| {
                stage.wire().abort();
                stage.set(0, 2)
            }
        )
        .says("connection"),
        scenario!(
            "Connection closed under a call",
            "the stream ends (OK), and for 5 s each call, also to open a stream, has its connection \
             closed under it; a field is written at once",
            |stage| { trouble(stage, Calls::Close).await }
        )
        .says("connection"),
    ]);
    all.into_iter()
        .map(|scenario| scenario.over_a_wire().right_within(RECOVERED))
        .collect()
}
