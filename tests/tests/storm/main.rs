//! Whatever goes wrong, in whatever order: what is shown is true, and in the end it is what the
//! server has. Random schedules of faults, over the real gRPC stack and a pipe, under a paused clock.
//!
//! A schedule that fails shrinks to the shortest that does, and is printed as the test to add here.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod act;
mod case;
mod known;
mod readers;
mod regressions;
mod world;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use act::{Act, Schedule};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

/// What one run of the tests has time for.
const CASES: u64 = 300;

fn storm(seed: u64, limited: bool, acts: &[(u32, Act)]) {
    weathered(&Schedule {
        seed,
        limited,
        blind: false,
        acts: acts.to_vec(),
    });
}

/// The same, and the watch begins without an answer.
fn blind_storm(seed: u64, limited: bool, acts: &[(u32, Act)]) {
    weathered(&Schedule {
        seed,
        limited,
        blind: true,
        acts: acts.to_vec(),
    });
}

fn weathered(schedule: &Schedule) {
    if let Err(violation) = case::run(schedule) {
        panic!("{violation}");
    }
}

#[test]
fn after_any_storm_it_ends_at_the_state_of_the_server_and_never_lied() {
    let cases = CASES * decree_tests::scale();
    let config = Config {
        cases: cases.try_into().expect("not that many"),
        failure_persistence: None,
        ..Config::default()
    };
    let seen = RefCell::new(BTreeMap::<String, u32>::new());
    let mut runner = TestRunner::new_with_rng(config, rng());
    let result = runner.run(&act::schedules(), |schedule| {
        let kinds: BTreeSet<String> = schedule.acts.iter().map(|(_, act)| act.kind()).collect();
        for kind in kinds {
            *seen.borrow_mut().entry(kind).or_default() += 1;
        }
        case::run(&schedule).map_err(TestCaseError::fail)
    });
    if let Err(TestError::Fail(reason, schedule)) = &result {
        panic!("{reason}\n\n{schedule:?}");
    }
    result.expect("every storm was run");
    println!("of {cases} storms, so many had");
    for (kind, count) in seen.take() {
        println!("{count:6}  {kind}");
    }
}

/// The same schedules in each run, but others in those that are to find something.
fn rng() -> proptest::test_runner::TestRng {
    use proptest::test_runner::{RngAlgorithm, TestRng};

    if decree_tests::scale() > 1 {
        TestRng::from_seed(
            RngAlgorithm::ChaCha,
            &std::array::from_fn::<u8, 32, _>(|_| fastrand::u8(..)),
        )
    } else {
        TestRng::deterministic_rng(RngAlgorithm::ChaCha)
    }
}
