//! Calls that fail, and connections that are left.

use super::*;

#[test]
fn a_connection_of_calls_that_is_closed_is_opened_again_at_once() {
    let mut bench = Bench::settled();
    let closed = Dials {
        opened: 0,
        closed: 1,
    };
    bench.machine.dialed(closed, bench.now);
    let (due, waited) = bench.next_due();
    assert_eq!(due, ["probe"]);
    assert!(waited <= ms(1_500), "{waited:?}");
}

#[test]
fn a_process_with_old_types_is_left_once_in_five_minutes() {
    let mut bench = Bench::settled();
    let (start, mut left) = (bench.now, Vec::new());
    while bench.now - start < secs(3_600) {
        bench.machine.decoded(Fit::StaleTypes, bench.now);
        for action in bench.due() {
            match action {
                "redial" => left.push(bench.now - start),
                "read" => drop(bench.machine.answered(answer(10, 1), bench.now)),
                "probe" => bench.machine.probed(listed(vec![row(10, "j")]), bench.now),
                _ => {}
            }
        }
        bench.pass(ms(50));
    }
    assert!(left[0] <= secs(6), "{left:?}");
    assert!((10..=16).contains(&left.len()), "{left:?}");
    bench.machine.decoded(Fit::Fits, bench.now);
    bench.pass(secs(400));
    assert!(!bench.due().contains(&"redial"));
}

#[test]
fn a_connection_that_hangs_is_left() {
    let mut bench = Bench::settled();
    let (due, _) = bench.next_due();
    assert_eq!(due, ["probe"]);
    bench.pass(secs(5));
    bench
        .machine
        .probe_failed(&failure(Cause::Timeout), bench.now);
    assert_eq!(bench.machine.report().phase, Phase::Recovering);
    assert_eq!(bench.due(), ["redial", "probe"]);
    bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
    assert_eq!(bench.machine.report().phase, Phase::Following);
    let mut waited = Duration::ZERO;
    while !bench.due().contains(&"subscribe") {
        bench.pass(ms(10));
        waited += ms(10);
    }
    assert!(waited <= secs(2), "{waited:?}");
}

#[test]
fn no_failure_ends_the_watch() {
    use Cause::{Connection, RateLimited, Server, Timeout, TooManyPaths};
    for cause in [RateLimited, Timeout, Connection, TooManyPaths, Server] {
        let mut bench = Bench::settled();
        let start = bench.now;
        while bench.now - start < secs(600) {
            let (due, _) = bench.next_due();
            for action in due {
                match action {
                    "read" => bench.machine.read_failed(&failure(cause), bench.now),
                    "probe" => bench.machine.probe_failed(&failure(cause), bench.now),
                    "subscribe" => bench.machine.stream_ended(&failure(cause), bench.now),
                    _ => {}
                }
            }
        }
        let back = bench.now;
        while bench.machine.report().verified < Some(back) {
            let (due, _) = bench.next_due();
            for action in due {
                match action {
                    "read" => drop(bench.machine.answered(answer(10, 1), bench.now)),
                    "probe" => bench.machine.probed(listed(vec![row(10, "j")]), bench.now),
                    _ => {}
                }
            }
        }
        assert!(
            bench.now - back <= secs(10),
            "{cause:?}: {:?}",
            bench.now - back
        );
    }
}

#[test]
fn what_a_list_that_fails_would_tell_is_read() {
    let every = |seconds: u64| 3_600 / seconds - 15..=3_600 / seconds + 15;
    for (cause, expected) in [
        (Cause::Server, every(30)),
        (Cause::Unsupported, every(30)),
        // Who is asked too much, or says nothing, is not asked for more: now and then is enough.
        (Cause::RateLimited, every(200)),
        (Cause::Timeout, every(200)),
    ] {
        let mut bench = Bench::settled();
        let (start, mut reads) = (bench.now, 0);
        while bench.now < start + secs(3_600) {
            let (due, _) = bench.next_due();
            for action in due {
                match action {
                    "probe" => bench.machine.probe_failed(&failure(cause), bench.now),
                    "read" => {
                        reads += 1;
                        bench.machine.answered(answer(10, 1), bench.now);
                    }
                    _ => {}
                }
            }
        }
        assert!(expected.contains(&reads), "{cause:?}: {reads} reads");
    }
}

#[test]
fn news_does_not_hasten_what_failed() {
    for cause in [Cause::RateLimited, Cause::Server, Cause::Connection] {
        let mut bench = Bench::settled();
        let mut reads = 0;
        for version in 11..611 {
            bench.machine.announced(version, bench.now);
            if bench.due().contains(&"read") {
                reads += 1;
                bench.machine.read_failed(&failure(cause), bench.now);
            }
            bench.pass(ms(100));
        }
        assert!(reads <= 25, "{cause:?}: {reads} reads in a minute");
    }
}

/// Whoever wants something never says so by a very long time.
#[test]
fn the_longest_times_overflow_nothing() {
    let year = secs(365 * 24 * 60 * 60);
    let mut timing = WatchTiming::default();
    for range in [
        &mut timing.tick,
        &mut timing.tick_without_stream,
        &mut timing.full_read,
        &mut timing.read_backoff,
        &mut timing.refusal_window,
        &mut timing.crowd,
        &mut timing.second_look,
        &mut timing.stream_backoff,
        &mut timing.stream_rest,
    ] {
        *range = ms(1)..year;
    }
    for time in [
        &mut timing.announced_patience,
        &mut timing.behind_patience,
        &mut timing.probe_timeout,
        &mut timing.read_timeout,
        &mut timing.read_timeout_max,
        &mut timing.stable_after,
    ] {
        *time = year;
    }
    assert_eq!(timing.check(), Ok(()));
    let now = Instant::now();
    for seed in 0..20 {
        let mut bench = Bench {
            machine: Machine::new(answer(10, 1), timing.clone(), seed, now),
            now,
        };
        bench.machine.listen(paths(&["a"]), now);
        let causes = [
            Cause::RateLimited,
            Cause::Timeout,
            Cause::Connection,
            Cause::Server,
        ];
        for cause in causes.into_iter().cycle().take(80) {
            bench.all_due();
            bench.machine.read_failed(&failure(cause), bench.now);
            bench.machine.probe_failed(&failure(cause), bench.now);
            bench.machine.description_failed(&failure(cause), bench.now);
            bench.machine.stream_ended(&failure(cause), bench.now);
            bench.machine.heard(11, bench.now);
            bench.machine.wake();
        }
        bench.machine.answered(answer(11, 2), bench.now);
        bench.machine.answered(answer(11, 3), bench.now);
    }
}

#[test]
fn a_read_that_is_slow_gets_more_time_while_probes_are_answered() {
    let mut bench = Bench::settled();
    bench.machine.announced(11, bench.now);
    let mut limits = Vec::new();
    while limits.len() < 6 {
        while let Some(action) = bench.machine.next(bench.now) {
            match action {
                Action::Read { timeout, .. } => {
                    limits.push(timeout.as_secs());
                    bench.pass(timeout);
                    bench
                        .machine
                        .read_failed(&failure(Cause::Timeout), bench.now);
                }
                Action::Probe { .. } => {
                    bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
                }
                Action::Redial => panic!("the connection is sound"),
                _ => {}
            }
        }
        bench.now = bench.machine.wake().expect("the next try");
    }
    assert_eq!(limits, [15, 30, 60, 120, 120, 120]);
}
