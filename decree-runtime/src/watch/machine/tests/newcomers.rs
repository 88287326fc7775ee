//! What newcomers bring.

use super::*;

#[test]
fn what_a_newcomer_has_is_judged_like_a_read() {
    let other = Answer {
        tenant_id: "u".into(),
        ..answer(10, 1)
    };
    for (has, brought, seen) in [
        (answer(10, 1), Brought::Same, 10),
        (answer(9, 1), Brought::Old, 10),
        (answer(11, 2), Brought::News, 11),
        (answer(10, 2), Brought::Doubtful, 10),
        (other, Brought::Doubtful, 10),
    ] {
        let mut bench = Bench::settled();
        let verdict = bench.machine.brought(&has, true, bench.now, bench.now);
        assert_eq!(verdict, brought, "{has:?}");
        assert_eq!(bench.machine.report().seen, seen, "{has:?}");
        // What is doubtful is looked at soon.
        bench.pass(secs(2));
        let looks = bench.due().contains(&"read");
        assert_eq!(looks, brought == Brought::Doubtful, "{has:?}");
    }
}

#[test]
fn what_a_newcomer_asked_for_before_a_restart_is_no_news() {
    let mut bench = Bench::settled();
    let before = bench.now;
    bench.next_due();
    bench.machine.probed(listed(vec![row(9, "x")]), bench.now);
    bench.machine.probed(listed(vec![row(10, "x")]), bench.now);
    let brought = |bench: &mut Bench, asked| {
        bench
            .machine
            .brought(&answer(20, 5), true, asked, bench.now)
    };
    let meanwhile = brought(&mut bench, before);
    assert_eq!(meanwhile, Brought::Doubtful, "the read is due");
    assert_eq!(bench.due(), ["read"]);
    let verdict = bench.machine.answered(answer(10, 9), bench.now);
    assert_eq!(verdict, Verdict::AdoptRestarted);
    assert_eq!(brought(&mut bench, before), Brought::Old);
    let now = bench.now;
    assert_eq!(brought(&mut bench, now), Brought::News);
}

/// Ten minutes below what was seen are another history, unless somebody has seen it meanwhile.
#[test]
fn what_a_newcomer_has_counts_against_a_restore() {
    for (has, asked_before, behind) in [
        (answer(10, 1), false, false),
        (answer(10, 1), true, true),
        (answer(11, 2), false, false),
    ] {
        let mut bench = Bench::settled();
        let before = bench.now;
        bench.next_due();
        bench.machine.probed(listed(vec![row(9, "i")]), bench.now);
        assert_eq!(bench.machine.report().phase, Phase::Behind);
        let asked = if asked_before { before } else { bench.now };
        bench.machine.brought(&has, true, asked, bench.now);
        let is_behind = bench.machine.report().phase == Phase::Behind;
        assert_eq!(is_behind, behind, "{has:?}");
    }
}

#[test]
fn a_newcomer_and_a_read_that_agree_are_two_looks() {
    let mut bench = Bench::settled();
    bench.pass(secs(10));
    let has = answer(10, 2);
    bench.machine.brought(&has, true, bench.now, bench.now);
    bench.pass(secs(2));
    assert_eq!(bench.due(), ["read"]);
    assert_eq!(bench.machine.answered(has, bench.now), Verdict::Adopt);
}

/// The rows of a version that was never shown, under the number of the one that is.
#[test]
fn what_a_newcomer_has_of_a_late_replica_turns_nothing_back() {
    for (late, believed) in [(secs(9), false), (secs(60), true)] {
        let mut bench = Bench::settled();
        bench.machine.announced(12, bench.now);
        assert_eq!(bench.due(), ["read"]);
        let adopted = bench.now;
        bench.machine.answered(answer(12, 2), bench.now);
        bench.pass(secs(1));
        let has = answer(12, 3);
        let brought = bench.machine.brought(&has, true, bench.now, bench.now);
        assert_eq!(brought, Brought::Doubtful);
        let (mut reads, mut last) = (0, Verdict::Keep);
        while last == Verdict::Keep {
            let (due, _) = bench.next_due();
            if due.contains(&"probe") {
                bench.machine.probed(listed(vec![row(12, "l")]), bench.now);
            }
            if due.contains(&"read") {
                reads += 1;
                let is_late = bench.now - adopted < late;
                let shown = answer(12, if is_late { 3 } else { 2 });
                last = bench.machine.answered(shown, bench.now);
            }
        }
        let took = bench.now - adopted;
        assert!(took >= secs(9) && took <= secs(12), "{took:?}");
        assert!(reads <= 3, "{reads}");
        let verdict = if believed {
            Verdict::Adopt
        } else {
            Verdict::Verified
        };
        assert_eq!(last, verdict, "{late:?}");
    }
}

/// While another tenant has the name, and the one that is shown still exists.
#[test]
fn what_a_newcomer_has_of_another_tenant_is_not_shown() {
    let other = Answer {
        tenant_id: "u".into(),
        ..answer(20, 5)
    };
    let mut bench = Bench::settled();
    let brought = |bench: &mut Bench| bench.machine.brought(&other, true, bench.now, bench.now);
    assert_eq!(brought(&mut bench), Brought::Doubtful);
    assert_eq!(bench.machine.report().phase, Phase::Displaced);
    assert!(!bench.machine.is_sure_of_its_tenant());
    assert_eq!(bench.all_due(), ["read", "describe by id"]);
    bench
        .machine
        .described(described("t", "as ever"), bench.now);
    assert!(bench.machine.is_sure_of_its_tenant());
    assert_eq!(brought(&mut bench), Brought::Old);
    let verdict = bench.machine.answered(other.clone(), bench.now);
    assert_eq!(verdict, Verdict::Keep);
    // Once it is gone, the next read tells.
    while !bench.all_due().contains(&"describe by id") {
        bench.pass(ms(10));
        if bench.machine.wake().is_none_or(|wake| wake > bench.now) {
            continue;
        }
        for action in bench.all_due() {
            match action {
                "probe" => bench.machine.probed(Listing::default(), bench.now),
                "read" => drop(bench.machine.answered(other.clone(), bench.now)),
                _ => {}
            }
        }
    }
    bench
        .machine
        .description_failed(&failure(Cause::NoTenant), bench.now);
    assert_eq!(brought(&mut bench), Brought::Doubtful);
    assert!(!bench.machine.is_sure_of_its_tenant());
}
