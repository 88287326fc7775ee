//! Servers that answer with errors for ten minutes, and then do not.

use std::time::Duration;

use decree_dev::{
    DevServer,
    faults::{Answer, Fault, rate_limited},
};
use decree_runtime::Phase;
use tokio::time::sleep;
use tonic::{Code, Status};

use crate::{
    PUSHED, TICK, calls_during, follows, is_pushed, pay, says, server, set_fee, settle, shows_fee,
    until, warnings::Warnings,
};

const OUTAGE: Duration = Duration::from_secs(600);

/// The longest wait between two calls that fail.
const BACK: Duration = Duration::from_secs(10);

/// The longest wait between two streams that fail.
const STREAM_BACK: Duration = Duration::from_secs(41);

const CALLS: [&str; 3] = ["GetConfig", "ListVersions", "GetTenant"];

/// What a server may answer: any code, what the real one says of every tenant while its database is
/// gone, and too many calls.
fn answers() -> Vec<Status> {
    let mut answers: Vec<_> = (0..=16)
        .map(|code| Status::new(Code::from_i32(code), "out of order"))
        .collect();
    answers.push(Status::invalid_argument("failed to resolve tenant"));
    answers.push(Status::not_found("tenant not found"));
    answers.push(rate_limited());
    answers
}

fn fail(server: &DevServer, methods: &[&'static str], answer: &Status) {
    server.misbehave(|faults| {
        for method in methods {
            let fault = Fault::Always(Answer::Fail(answer.clone()));
            faults.answers.insert(method, fault);
        }
    });
}

/// A code as the status of a watch spells it.
fn spelled(code: Code) -> String {
    let camel = format!("{code:?}");
    let word = |(at, letter): (usize, char)| {
        let gap = (at > 0 && letter.is_uppercase()).then_some('_');
        gap.into_iter().chain(letter.to_uppercase())
    };
    camel.char_indices().flat_map(word).collect()
}

#[tokio::test(start_paused = true)]
async fn whatever_fails_for_ten_minutes_it_is_right_ten_seconds_after() {
    for answer in answers() {
        let server = server().await;
        let mut live = pay(&server).await;
        let warnings = Warnings::keep();
        fail(&server, &CALLS, &answer);
        fail(&server, &["Subscribe"], &answer);
        server.end_subscriptions_with(&answer);
        set_fee(&server, 7);

        says(&live, TICK, |it| it.phase == Phase::Recovering).await;
        let reads = calls_during(&server, "GetConfig", sleep(OUTAGE)).await;
        assert!(reads <= 200, "{reads} reads: {answer}");
        let status = live.status();
        let trouble = status.trouble.clone().expect("everything fails");
        // An answer of OK lacks its message, which is an internal error.
        let code = match answer.code() {
            Code::Ok => Code::Internal,
            code => code,
        };
        assert_eq!(trouble.code, Some(&*spelled(code)), "{answer}");
        assert!(trouble.times > 10, "{trouble:?}");
        assert_eq!(status.phase, Phase::Recovering);
        assert!(status.staleness() >= OUTAGE && status.rejection.is_none());
        assert_eq!(
            (live.load().fee, status.version),
            (0, 0),
            "the last good one"
        );

        server.behave();
        shows_fee(&mut live, 7, BACK).await;
        let status = says(&live, BACK, |it| it.phase == Phase::Following).await;
        assert!(status.last_trouble.is_some() && status.history_restarts == 0);
        let warnings = warnings.all();
        assert_eq!(warnings.len(), 1, "{answer}: {warnings:#?}");
        until(STREAM_BACK, || server.subscribers() == 1).await;
        settle().await;
        is_pushed(&server, &mut live, 8).await;
        follows(&live, PUSHED).await;
    }
}

#[tokio::test(start_paused = true)]
async fn reads_that_fail_by_themselves_keep_changes_back_until_ten_seconds_after() {
    for answer in answers() {
        let server = server().await;
        let mut live = pay(&server).await;
        fail(&server, &["GetConfig"], &answer);
        set_fee(&server, 7);
        says(&live, TICK, |it| it.phase == Phase::Recovering).await;
        sleep(OUTAGE).await;
        let status = live.status();
        assert_eq!((status.version, status.announced), (0, 1), "{answer}");
        server.behave();
        shows_fee(&mut live, 7, BACK).await;
        follows(&live, BACK).await;
        is_pushed(&server, &mut live, 8).await;
    }
}

#[tokio::test(start_paused = true)]
async fn probes_that_fail_by_themselves_keep_nothing_back_that_is_announced() {
    for answer in answers() {
        let server = server().await;
        let mut live = pay(&server).await;
        fail(&server, &["ListVersions"], &answer);
        says(&live, TICK, |it| it.phase == Phase::Recovering).await;
        is_pushed(&server, &mut live, 7).await;
        sleep(OUTAGE).await;
        assert_eq!(live.status().phase, Phase::Recovering, "{answer}");
        is_pushed(&server, &mut live, 8).await;
        server.behave();
        follows(&live, BACK).await;
        assert_eq!(live.status().reconnects, 0, "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn descriptions_that_fail_by_themselves_keep_nothing_back() {
    for answer in answers() {
        let server = server().await;
        let mut live = pay(&server).await;
        fail(&server, &["GetTenant"], &answer);
        // Not every server has the call.
        let phase = match answer.code() {
            Code::Unimplemented => Phase::Following,
            _ => Phase::Recovering,
        };
        says(&live, TICK, |it| it.phase == phase).await;
        sleep(OUTAGE).await;
        assert_eq!(live.status().phase, phase, "{answer}");
        is_pushed(&server, &mut live, 7).await;
        server.behave();
        follows(&live, BACK).await;
        assert_eq!(live.status().history_restarts, 0, "{answer}");
    }
}

/// What a server says that does not have the call is also what a proxy says whose server is gone.
#[tokio::test(start_paused = true)]
async fn a_call_that_was_missing_for_a_while_is_used_again() {
    let server = server().await;
    let live = pay(&server).await;
    fail(&server, &["GetTenant"], &Status::unimplemented("no route"));
    sleep(OUTAGE).await;
    assert_eq!(live.status().phase, Phase::Following);
    server.behave();
    sleep(Duration::from_secs(400)).await;
    let asked = calls_during(&server, "GetTenant", sleep(OUTAGE)).await;
    assert!((18..=23).contains(&asked), "once a tick: {asked}");
}

/// Without a stream changes show a little later, and only the stream is in trouble.
#[tokio::test(start_paused = true)]
async fn without_a_stream_changes_show_by_probes() {
    for answer in answers() {
        let server = server().await;
        let mut live = pay(&server).await;
        fail(&server, &["Subscribe"], &answer);
        server.end_subscriptions_with(&answer);
        sleep(OUTAGE).await;
        let status = live.status();
        assert_eq!(status.phase, Phase::Following, "{answer}");
        let staleness = status.staleness();
        assert!(staleness <= Duration::from_secs(7), "{staleness:?}");
        let code = status.trouble.and_then(|trouble| trouble.code);
        let wanted = spelled(answer.code());
        // That there are too many is no trouble of a stream.
        let wanted = (answer.message() != rate_limited().message()).then_some(wanted);
        assert_eq!(code, wanted.as_deref(), "{answer}");
        set_fee(&server, 7);
        shows_fee(&mut live, 7, Duration::from_secs(7)).await;
        server.behave();
        until(STREAM_BACK, || server.subscribers() == 1).await;
        is_pushed(&server, &mut live, 8).await;
        follows(&live, TICK).await;
    }
}
