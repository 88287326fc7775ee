//! What is read when, and what a read is taken for.

use super::*;

#[test]
fn an_announcement_is_read_at_once_and_once() {
    let mut bench = Bench::settled();
    for _ in 0..50 {
        bench.machine.announced(11, bench.now);
    }
    assert_eq!(bench.due(), ["read"]);
    bench.machine.announced(11, bench.now);
    let verdict = bench.machine.answered(answer(11, 2), bench.now);
    assert_eq!(verdict, Verdict::Adopt);
    bench.pass(secs(1));
    assert_eq!(bench.due(), [""; 0]);
}

#[test]
fn what_somebody_waits_for_is_looked_for_at_once_and_then_once_a_second() {
    let mut bench = Bench::settled();
    bench.machine.awaited(10, bench.now);
    assert_eq!(bench.due(), [""; 0], "it is there");
    for (version, wait) in [(12, ms(0)), (12, secs(1)), (11, secs(1)), (13, ms(50))] {
        bench.machine.awaited(version, bench.now);
        bench.machine.awaited(version, bench.now);
        let (due, waited) = bench.next_due();
        assert_eq!((due, waited), (vec!["read"], wait), "{version}");
        bench.machine.answered(answer(10, 1), bench.now);
    }
    // It was announced by nobody, so an event of it is news.
    assert_eq!(bench.machine.report().announced, 10);
    bench.pass(secs(1));
    bench.machine.heard(11, bench.now);
    assert_eq!(bench.due(), ["read"]);
}

#[test]
fn old_and_doubled_announcements_are_ignored() {
    let mut bench = Bench::settled();
    for version in [10, 9, 0, -1] {
        bench.machine.announced(version, bench.now);
    }
    assert_eq!(bench.due(), [""; 0]);
}

#[test]
fn an_answer_that_is_newer_is_adopted_even_if_more_was_announced() {
    let mut bench = Bench::settled();
    bench.machine.announced(15, bench.now);
    assert_eq!(bench.due(), ["read"]);
    bench.pass(ms(5));
    assert_eq!(
        bench.machine.answered(answer(12, 2), bench.now),
        Verdict::Adopt
    );
    let (due, waited) = bench.next_due();
    assert_eq!(due, ["read"]);
    assert!(waited <= ms(100), "{waited:?}");
}

#[test]
fn a_version_that_never_shows_is_given_up() {
    let mut bench = Bench::settled();
    let start = bench.now;
    bench.machine.heard(15, bench.now);
    let mut reads = 0;
    while bench.now - start < secs(14) {
        let due = bench.due();
        if due.contains(&"read") {
            reads += 1;
            bench.machine.answered(answer(10, 1), bench.now);
        }
        bench.pass(ms(1));
    }
    assert!((5..=15).contains(&reads), "{reads}");
    assert_eq!(bench.machine.report().announced, 10);
    // Nothing that is told later is measured by it.
    bench.machine.heard(11, bench.now);
    assert_eq!(bench.due(), ["read"]);
}

#[test]
fn a_rejected_version_is_not_read_for_ever() {
    let mut bench = Bench::settled();
    bench.machine.announced(11, bench.now);
    let (mut reads, start) = (0, bench.now);
    while bench.now - start < secs(3_600) {
        bench.machine.announced(11, bench.now);
        for action in bench.due() {
            match action {
                "read" => {
                    reads += 1;
                    bench.machine.answered(answer(11, 2), bench.now);
                    bench.machine.decoded(Fit::Rejected, bench.now);
                }
                "probe" => bench
                    .machine
                    .probed(listed(vec![row(11, "k"), row(10, "j")]), bench.now),
                _ => {}
            }
        }
        bench.pass(ms(50));
    }
    // One for the version, and one for each tick while it stands rejected.
    assert!((100..=135).contains(&reads), "{reads}");
}

#[test]
fn who_may_be_to_blame_is_looked_up_once() {
    for fit in [Fit::Rejected, Fit::StaleTypes] {
        let mut bench = Bench::settled();
        bench.machine.announced(12, bench.now);
        assert_eq!(bench.due(), ["read"]);
        bench.machine.answered(answer(12, 2), bench.now);
        bench.machine.decoded(fit, bench.now);
        assert_eq!(bench.due(), ["probe"], "{fit:?}");
        bench.machine.probed(listed(vec![row(12, "l")]), bench.now);
        bench.machine.decoded(fit, bench.now);
        assert!(!bench.due().contains(&"probe"), "{fit:?}");
    }
}

#[test]
fn a_read_that_failed_is_tried_again_soon() {
    for (cause, longest) in [
        (Cause::Connection, ms(50)),
        (Cause::Timeout, secs(1)),
        (Cause::Server, secs(1)),
        (Cause::RateLimited, ms(1_100)),
    ] {
        let mut bench = Bench::settled();
        bench.machine.announced(11, bench.now);
        assert_eq!(bench.due(), ["read"]);
        bench.machine.read_failed(&failure(cause), bench.now);
        let failed = bench.now;
        while !bench.next_due().0.contains(&"read") {}
        let waited = bench.now - failed;
        assert!(waited <= longest, "{cause:?}: {waited:?}");
    }
}

#[test]
fn what_nobody_announced_shows_within_a_tick() {
    let mut bench = Bench::settled();
    let start = bench.now;
    let (due, _) = bench.next_due();
    assert_eq!(due, ["probe"]);
    bench
        .machine
        .probed(listed(vec![row(11, "k"), row(10, "j")]), bench.now);
    assert_eq!(bench.due(), ["read"]);
    assert!(bench.now - start <= secs(33));
}

#[test]
fn a_probe_that_sees_what_reads_do_not_hurries_none() {
    let mut bench = Bench::settled();
    bench.next_due();
    let (start, mut reads) = (bench.now, 0);
    bench.machine.probed(listed(vec![row(11, "k")]), bench.now);
    while bench.now - start < secs(9) {
        for action in bench.due() {
            match action {
                "read" => {
                    reads += 1;
                    bench.machine.answered(answer(9, 1), bench.now);
                }
                "probe" => bench.machine.probed(listed(vec![row(11, "k")]), bench.now),
                _ => {}
            }
        }
        bench.pass(ms(10));
    }
    assert!((5..=15).contains(&reads), "{reads}");
}

#[test]
fn an_answer_that_is_too_large_is_asked_for_in_parts() {
    let mut bench = Bench::settled();
    bench.machine.announced(11, bench.now);
    assert_eq!(bench.due(), ["read"]);
    bench
        .machine
        .read_failed(&failure(Cause::TooLarge), bench.now);
    assert_eq!(bench.machine.report().trouble, None);
    bench.now = bench.machine.wake().expect("at once");
    let Some(Action::Read { scope, .. }) = bench.machine.next(bench.now) else {
        panic!("a read is due");
    };
    assert_eq!(scope, Scope::Parts(["a", "b"].map(Path::from).into()));
    // Too large in parts is a failure like any other.
    bench
        .machine
        .read_failed(&failure(Cause::TooLarge), bench.now);
    assert!(bench.machine.report().trouble.is_some());
    let (due, waited) = bench.next_due();
    assert!(due.contains(&"read") && waited >= ms(100), "{waited:?}");
}

/// Also on a tenant that changes all the time.
#[test]
fn what_was_too_large_is_tried_as_a_whole_every_few_minutes() {
    let mut bench = Bench::settled();
    let (start, mut version, mut wholes) = (bench.now, 10, 0);
    while bench.now - start < secs(3_600) {
        version += 1;
        bench.machine.announced(version, bench.now);
        while let Some(action) = bench.machine.next(bench.now) {
            match action {
                Action::Read {
                    scope: Scope::Whole,
                    ..
                } => {
                    wholes += 1;
                    let failure = failure(Cause::TooLarge);
                    bench.machine.read_failed(&failure, bench.now);
                }
                Action::Read { .. } => drop(bench.machine.answered(answer(version, 1), bench.now)),
                Action::Probe { .. } => {
                    bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
                }
                _ => {}
            }
        }
        bench.pass(secs(1));
    }
    assert!((9..=16).contains(&wholes), "{wholes}");
}

/// An event below a version that is waited for in vain is no news until that is given up.
#[test]
fn what_was_told_below_a_version_that_never_came_is_looked_for() {
    let mut bench = Bench::settled();
    bench.machine.heard(50, bench.now);
    loop {
        let (due, _) = bench.next_due();
        if due.contains(&"read") {
            bench.machine.heard(11, bench.now);
            bench.machine.answered(answer(10, 1), bench.now);
        }
        if bench.machine.report().announced == 10 {
            break;
        }
    }
    bench.pass(secs(1));
    assert_eq!(bench.due(), ["read"]);
    bench.machine.answered(answer(11, 2), bench.now);
    assert_eq!(bench.machine.report().seen, 11);
}

#[test]
fn reads_rest_for_twenty_times_what_they_take_of_late() {
    let mut bench = Bench::settled();
    bench.machine.announced(11, bench.now);
    assert_eq!(bench.due(), ["read"]);
    let mut version = 10;
    // So many reads that take so long, and how long the last of them is rested from.
    for (reads, takes, rest) in [
        (1, ms(0), ms(50)),
        // One slow read among fast ones is no reason to wait.
        (1, ms(16), ms(50)),
        (60, ms(16), ms(320)),
        (60, ms(500), ms(1_000)),
        (60, ms(1), ms(50)),
    ] {
        let mut rested = Duration::ZERO;
        for _ in 0..reads {
            version += 1;
            bench.pass(takes);
            bench.machine.answered(answer(version, 1), bench.now);
            let answered = bench.now;
            bench.machine.announced(version + 1, bench.now);
            loop {
                let due = bench.due();
                if due.contains(&"probe") {
                    let rows = vec![row(version, &version.to_string())];
                    bench.machine.probed(listed(rows), bench.now);
                }
                if due.contains(&"read") {
                    break;
                }
                bench.now = bench.machine.wake().expect("a read is due");
            }
            rested = bench.now - answered;
        }
        let off = rested.abs_diff(rest);
        assert!(off <= ms(1), "{reads} of {takes:?}: rested {rested:?}");
    }
}

#[test]
fn where_refusals_show_a_crowd_what_a_probe_finds_is_read_at_some_time_of_all() {
    let mut bench = Bench::settled();
    bench.machine.announced(11, bench.now);
    assert_eq!(bench.due(), ["read"]);
    bench
        .machine
        .read_failed(&failure(Cause::RateLimited), bench.now);
    while !bench.due().contains(&"read") {
        bench.pass(ms(1));
    }
    bench.machine.answered(answer(11, 2), bench.now);
    bench.pass(secs(1));
    bench.due();
    // The others have found it, too.
    bench
        .machine
        .probed(listed(vec![row(12, "l"), row(11, "k")]), bench.now);
    assert_eq!(bench.machine.report().announced, 12);
    let found = bench.now;
    while !bench.due().contains(&"read") {
        bench.pass(ms(1));
    }
    let crowd = WatchTiming::default().crowd;
    let spread = bench.now - found;
    assert!(spread >= crowd.start && spread <= crowd.end, "{spread:?}");
}
