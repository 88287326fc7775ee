//! Calls that fail and calls that hang.

use std::time::Duration;

use decree_dev::faults::{Answer, Fault, rate_limited, too_large};
use decree_proto::v1::ListVersionsRequest;
use tokio::time::{Instant, timeout};
use tonic::{Code, Status};

use crate::{client, get_config, shop, support::subscribe_request, told};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn every_call_fails_with_any_code_until_told_otherwise() {
    let server = shop().await;
    let mut client = client(&server).await;
    for code in 1..=16 {
        let status = Status::new(Code::from_i32(code), "out of order");
        let refusal = Fault::Always(Answer::Fail(status.clone()));
        server.misbehave(|faults| {
            faults.answers.insert("GetConfig", refusal.clone());
            faults.answers.insert("Subscribe", refusal);
        });
        for _ in 0..3 {
            let refused = get_config(&mut client).await.unwrap_err();
            assert_eq!(told(&refused), told(&status));
            let refused = client.subscribe(subscribe_request()).await.unwrap_err();
            assert_eq!(told(&refused), told(&status));
        }
        let versions = ListVersionsRequest {
            tenant_id: "acme".to_owned(),
            ..Default::default()
        };
        client.list_versions(versions).await.unwrap();
    }
    server.behave();
    get_config(&mut client).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_fails_next_fails_before_what_fails_always_and_good_behaviour_ends_both() {
    let server = shop().await;
    let mut client = client(&server).await;
    let always = Fault::Always(Answer::Fail(Status::internal("always")));
    server.misbehave(|faults| {
        faults.answers.insert("GetConfig", always);
    });
    for _ in 0..2 {
        server.fail_next("GetConfig", Status::unavailable("next"));
    }
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(get_config(&mut client).await.unwrap_err().code());
    }
    assert_eq!(
        codes,
        [Code::Unavailable, Code::Unavailable, Code::Internal]
    );
    server.fail_next("GetConfig", Status::unavailable("next"));
    server.behave();
    get_config(&mut client).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_hangs_until_it_is_released() {
    let server = shop().await;
    let mut client = client(&server).await;
    server.misbehave(|faults| {
        let hang = Fault::Next(1, Answer::Hang);
        faults.answers.insert("GetConfig", hang);
    });
    let mut other = client.clone();
    let mut hung = tokio_test::task::spawn(get_config(&mut client));
    assert!(timeout(MINUTE, &mut hung).await.is_err(), "it hangs");
    get_config(&mut other).await.unwrap(); // only one was to hang
    server.release();
    let answer = timeout(MINUTE, hung).await.unwrap().unwrap();
    assert_eq!(answer.config.unwrap().version, 2);

    server.misbehave(|faults| {
        let hang = Fault::Always(Answer::Hang);
        faults.answers.insert("GetConfig", hang);
    });
    for _ in 0..3 {
        let hung = get_config(&mut other);
        assert!(timeout(MINUTE, hung).await.is_err(), "it hangs");
    }
    let hung = get_config(&mut other);
    let server_side = async {
        tokio::time::sleep(MINUTE).await;
        server.behave();
    };
    let start = Instant::now();
    let (answer, ()) = tokio::join!(timeout(2 * MINUTE, hung), server_side);
    answer.unwrap().unwrap();
    assert!(start.elapsed() >= MINUTE);
}

#[tokio::test(start_paused = true)]
async fn the_two_kinds_of_exhaustion_differ_by_their_details() {
    let server = shop().await;
    let mut client = client(&server).await;
    server.fail_next("GetConfig", rate_limited());
    server.fail_next("GetConfig", too_large(30_000_000));
    let refused = get_config(&mut client).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(!refused.details().is_empty());
    let refused = get_config(&mut client).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (
            Code::ResourceExhausted,
            "grpc: trying to send message larger than max (30000000 vs. 20971520)"
        )
    );
    assert!(refused.details().is_empty());
}
