//! Other content under the same number.

use super::*;

#[test]
fn other_content_of_the_same_version_is_believed_at_the_second_look() {
    let mut bench = Bench::settled();
    bench.machine.announced(11, bench.now);
    bench.due();
    assert_eq!(
        bench.machine.answered(answer(11, 2), bench.now),
        Verdict::Adopt
    );

    let mut look = |digest| loop {
        for action in bench.next_due().0 {
            match action {
                "read" => return bench.machine.answered(answer(11, digest), bench.now),
                "probe" => bench.machine.probed(listed(vec![row(11, "k")]), bench.now),
                _ => {}
            }
        }
    };
    assert_eq!(look(3), Verdict::Keep);
    assert_eq!(look(2), Verdict::Verified, "once is no proof");
    let mut next = look(3);
    while next == Verdict::Verified {
        next = look(3);
    }
    assert_eq!(next, Verdict::Keep);
    assert_eq!(look(3), Verdict::Adopt, "twice is");
    assert_eq!(bench.machine.report().phase, Phase::Following);
}

#[test]
fn what_an_older_version_showed_is_not_believed_of_a_newer_one_before_long() {
    let mut bench = Bench::settled();
    for (version, digest) in [(11, 2), (12, 3)] {
        bench.machine.announced(version, bench.now);
        while !bench.due().contains(&"read") {
            bench.pass(ms(10));
        }
        let verdict = bench.machine.answered(answer(version, digest), bench.now);
        assert_eq!(verdict, Verdict::Adopt);
    }
    // The rows of 11 under the number 12: a late replica, until it lasts, however often it shows.
    bench.pass(secs(12));
    bench.machine.announced(13, bench.now);
    let (start, mut reads) = (bench.now, 0);
    let believed = loop {
        let (due, _) = bench.next_due();
        if due.contains(&"probe") {
            bench.machine.probed(listed(vec![row(12, "l")]), bench.now);
        }
        if due.contains(&"read") {
            reads += 1;
            if bench.machine.answered(answer(12, 2), bench.now) == Verdict::Adopt {
                break bench.now - start;
            }
        }
    };
    assert!(believed >= secs(10) && believed <= secs(13), "{believed:?}");
    assert!(reads <= 20, "{reads}");
}

#[test]
fn what_was_adopted_is_read_at_each_tick_until_that_proves_it() {
    // Seconds from the adoption to the first tick, and what the ticks read.
    for (after, answers, reads) in [
        (20, [11, 11, 11], [true, false, false]),
        (5, [11, 11, 11], [true, true, false]),
        (20, [10, 11, 11], [true, true, false]),
        (20, [10, 10, 11], [true, true, true]),
    ] {
        let mut bench = Bench::settled();
        let tick = bench.machine.wake().expect("a tick");
        bench.now = tick - secs(after);
        bench.machine.announced(11, bench.now);
        bench.due();
        bench.machine.answered(answer(11, 2), bench.now);
        for (version, reads) in answers.into_iter().zip(reads) {
            let digest = if version == 11 { 2 } else { 1 };
            while !bench.next_due().0.contains(&"probe") {}
            bench
                .machine
                .probed(listed(vec![row(11, "k"), row(10, "j")]), bench.now);
            bench.pass(secs(1));
            assert_eq!(bench.due().contains(&"read"), reads, "{after} {answers:?}");
            if reads {
                bench.machine.answered(answer(version, digest), bench.now);
                if bench.due().contains(&"probe") {
                    let rows = vec![row(11, "k"), row(10, "j")];
                    bench.machine.probed(listed(rows), bench.now);
                }
            }
        }
    }
}

/// Version 12 is first shown with the rows of 11, then right, and then a newcomer has the old rows.
#[test]
fn rows_that_were_taken_for_those_of_a_version_once_are_not_taken_for_them_again() {
    let mut bench = Bench::settled();
    let look = |bench: &mut Bench, digest| loop {
        let (due, _) = bench.next_due();
        if due.contains(&"probe") {
            bench.machine.probed(listed(vec![row(12, "l")]), bench.now);
        }
        if due.contains(&"read") {
            return bench.machine.answered(answer(12, digest), bench.now);
        }
    };
    for (version, digest) in [(11, 2), (12, 2)] {
        bench.machine.announced(version, bench.now);
        while !bench.due().contains(&"read") {
            bench.pass(ms(10));
        }
        let verdict = bench.machine.answered(answer(version, digest), bench.now);
        assert_eq!(verdict, Verdict::Adopt);
    }
    assert_eq!(look(&mut bench, 3), Verdict::Keep);
    assert_eq!(look(&mut bench, 3), Verdict::Adopt);
    let brought = bench
        .machine
        .brought(&answer(12, 2), true, bench.now, bench.now);
    assert_eq!(brought, Brought::Old);
    assert_eq!(look(&mut bench, 2), Verdict::Keep);
    assert_eq!(look(&mut bench, 3), Verdict::Verified);
}

/// Version 12 goes back to what 10 was, and is first shown with the rows of 11.
#[test]
fn a_version_that_goes_back_is_told_from_old_rows() {
    let mut bench = Bench::settled();
    for (version, digest) in [(11, 2), (12, 2)] {
        bench.machine.announced(version, bench.now);
        while !bench.due().contains(&"read") {
            bench.pass(ms(10));
        }
        let verdict = bench.machine.answered(answer(version, digest), bench.now);
        assert_eq!(verdict, Verdict::Adopt);
    }
    let adopted = bench.now;
    let (found, believed) = two_looks(&mut bench, &answer(12, 1));
    assert!(found - adopted <= secs(34), "{:?}", found - adopted);
    assert!(believed - found <= secs(3), "{:?}", believed - found);
}

/// When an answer is first seen, and when it is believed.
fn two_looks(bench: &mut Bench, shown: &Answer) -> (Instant, Instant) {
    let mut found = None;
    loop {
        let (due, _) = bench.next_due();
        if due.contains(&"probe") {
            let rows = vec![row(shown.version, "l")];
            bench.machine.probed(listed(rows), bench.now);
        }
        if due.contains(&"read") {
            let found = *found.get_or_insert(bench.now);
            if bench.machine.answered(shown.clone(), bench.now) == Verdict::Adopt {
                return (found, bench.now);
            }
        }
    }
}

#[test]
fn what_another_history_showed_is_no_older_version() {
    let mut bench = Bench::settled();
    bench.next_due();
    bench
        .machine
        .probed(listed(vec![row(12, "l"), row(10, "x")]), bench.now);
    assert_eq!(bench.due(), ["read"]);
    let verdict = bench.machine.answered(answer(12, 9), bench.now);
    assert_eq!(verdict, Verdict::AdoptRestarted);
    bench.pass(secs(12));
    let (found, believed) = two_looks(&mut bench, &answer(12, 1));
    assert!(believed - found <= secs(3), "{:?}", believed - found);
}

/// A version that does not fit makes the watch look at the types, and they are others.
#[test]
fn what_other_types_make_of_a_version_is_believed_however_young_it_is() {
    let mut bench = Bench::settled();
    bench.machine.announced(12, bench.now);
    assert_eq!(bench.due(), ["read"]);
    bench.machine.answered(answer(12, 2), bench.now);
    bench.machine.decoded(Fit::Rejected, bench.now);
    bench.due();
    let adopted = bench.now;
    let (_, believed) = two_looks(&mut bench, &answer(12, 3));
    assert!(believed - adopted <= secs(3), "{:?}", believed - adopted);
}

/// The second look may be answered by a replica that does not have the version yet.
#[test]
fn a_look_that_says_nothing_ends_no_doubt() {
    let mut bench = Bench::settled();
    let start = bench.now;
    while bench.now - start < secs(70) {
        let (due, _) = bench.next_due();
        if due.contains(&"probe") {
            bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
        }
        if due.contains(&"read") {
            bench.machine.answered(answer(10, 1), bench.now);
        }
    }
    let brought = bench
        .machine
        .brought(&answer(10, 2), true, bench.now, bench.now);
    assert_eq!(brought, Brought::Doubtful);
    let doubted = bench.now;
    let mut looks = 0;
    loop {
        let (due, _) = bench.next_due();
        if due.contains(&"probe") {
            bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
        }
        if due.contains(&"read") {
            looks += 1;
            let shown = if looks == 1 {
                answer(9, 7)
            } else {
                answer(10, 2)
            };
            if bench.machine.answered(shown, bench.now) == Verdict::Adopt {
                break;
            }
        }
        assert!(bench.now - doubted <= secs(36), "{looks} looks");
    }
}
