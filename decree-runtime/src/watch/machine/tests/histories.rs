//! Numbers that mean something else than before.

use super::*;

#[test]
fn another_id_of_a_known_version_is_another_history() {
    for (rows, version) in [
        (vec![row(10, "x")], 10),
        (vec![row(12, "z"), row(10, "x")], 12),
        (vec![row(10, "x"), row(9, "w")], 10),
    ] {
        let mut bench = Bench::settled();
        bench.next_due();
        bench.machine.probed(listed(rows), bench.now);
        assert_eq!(bench.due(), ["read"]);
        let verdict = bench.machine.answered(answer(version, 9), bench.now);
        assert_eq!(verdict, Verdict::AdoptRestarted);
        assert_eq!(bench.machine.report().history_restarts, 1);
    }
}

/// A version is announced, read, lost before any probe has listed it, and its number used again.
#[test]
fn a_number_that_is_used_again_before_its_id_was_known_is_read_again() {
    let mut bench = Bench::settled();
    bench.machine.heard(11, bench.now);
    assert_eq!(bench.due(), ["read"]);
    let verdict = bench.machine.answered(answer(11, 2), bench.now);
    assert_eq!(verdict, Verdict::Adopt);
    let (lost, again) = (bench.now, bench.now + secs(60));
    loop {
        let (due, _) = bench.next_due();
        let rewritten = bench.now >= again;
        if due.contains(&"probe") {
            let mut rows = vec![row(10, "j")];
            if rewritten {
                rows.insert(0, row(11, "other"));
            }
            bench.machine.probed(listed(rows), bench.now);
        }
        if due.contains(&"read") {
            let now = if rewritten {
                answer(11, 9)
            } else {
                answer(10, 1)
            };
            if bench.machine.answered(now, bench.now) == Verdict::Adopt {
                break;
            }
        }
        assert!(bench.now < again + secs(36), "{:?}", bench.now - lost);
    }
}

/// The number is that of the old history, too.
#[test]
fn what_is_shown_of_a_history_that_is_over_is_not_confirmed_by_its_number() {
    let mut bench = Bench::settled();
    bench.next_due();
    bench.machine.probed(listed(vec![row(10, "x")]), bench.now);
    let verified = bench.machine.report().verified;
    for _ in 0..3 {
        bench.pass(secs(1));
        bench.machine.probed(listed(vec![row(10, "x")]), bench.now);
        assert_eq!(bench.machine.report().verified, verified);
    }
    bench.due();
    bench.machine.answered(answer(10, 9), bench.now);
    assert_eq!(bench.machine.report().verified, Some(bench.now));
}

#[test]
fn a_read_that_ran_already_does_not_stand_for_the_new_history() {
    let mut bench = Bench::settled();
    bench.next_due();
    bench.machine.announced(11, bench.now);
    assert_eq!(bench.due(), ["read"]);
    bench.pass(ms(5));
    bench.machine.probed(listed(vec![row(10, "x")]), bench.now);
    let old = bench.machine.answered(answer(11, 2), bench.now);
    assert_eq!(old, Verdict::Adopt);
    while !bench.next_due().0.contains(&"read") {}
    let new = bench.machine.answered(answer(10, 9), bench.now);
    assert_eq!(new, Verdict::AdoptRestarted);
}

#[test]
fn a_lower_head_is_lag_until_it_lasts() {
    let mut bench = Bench::settled();
    let start = bench.now;
    let mut restarted = None;
    while bench.now - start < secs(720) && restarted.is_none() {
        let (due, _) = bench.next_due();
        for action in due {
            match action {
                "probe" => bench.machine.probed(listed(vec![row(8, "h")]), bench.now),
                "read" => {
                    let verdict = bench.machine.answered(answer(8, 5), bench.now);
                    if verdict == Verdict::AdoptRestarted {
                        restarted = Some(bench.now - start);
                    } else {
                        assert_eq!(verdict, Verdict::Keep);
                        assert_eq!(bench.machine.report().phase, Phase::Behind);
                    }
                }
                _ => {}
            }
        }
    }
    let restarted = restarted.expect("a restore is believed in the end");
    assert!(
        restarted >= secs(600) && restarted <= secs(670),
        "{restarted:?}"
    );
}

/// A number that a stream told of in one history says nothing of the next one.
#[test]
fn what_was_told_of_another_history_does_not_count() {
    let mut bench = Bench::settled();
    bench.machine.heard(12, bench.now);
    assert_eq!(bench.due(), ["read"]);
    bench.machine.answered(answer(12, 2), bench.now);
    for (head, id, verdict) in [
        (10, "x", Some(Verdict::AdoptRestarted)),
        (10, "x", None),
        (11, "y", Some(Verdict::Adopt)),
    ] {
        while !bench.due().contains(&"probe") {
            bench.pass(ms(100));
        }
        bench.machine.probed(listed(vec![row(head, id)]), bench.now);
        bench.pass(secs(1));
        let read = bench.due().contains(&"read");
        let answer = answer(head, head.unsigned_abs().into());
        let judged = read.then(|| bench.machine.answered(answer, bench.now));
        let judged = judged.filter(|judged| *judged != Verdict::Verified);
        assert_eq!(judged, verdict, "{head}");
    }
    bench.machine.touched(10, 11, bench.now);
    bench.pass(secs(2));
    assert!(bench.due().contains(&"subscribe"), "it owed version 11");
}

#[test]
fn a_list_of_another_tenant_or_history_names_no_authors() {
    let mut bench = Bench::settled();
    let listing = |tenant: &str, id: &str| Listing {
        tenant_id: Some(tenant.into()),
        rows: vec![row(11, "k"), row(10, id)],
    };
    for (tenant, id, own) in [("t", "j", true), ("u", "j", false), ("t", "x", false)] {
        let listing = listing(tenant, id);
        assert_eq!(bench.machine.is_own(&listing), own, "{tenant} {id}");
    }
    // Until the other history is shown.
    bench.pass(secs(40));
    assert_eq!(bench.due(), ["probe"]);
    bench.machine.probed(listing("t", "x"), bench.now);
    assert!(!bench.machine.is_own(&listing("t", "x")));
    assert_eq!(bench.due(), ["read"]);
    bench.machine.answered(answer(11, 5), bench.now);
    assert!(bench.machine.is_own(&listing("t", "x")));
}

/// Lists fail while reads show a version again and again; then its number is used again.
#[test]
fn a_version_is_not_proven_before_its_id_is_known() {
    let mut bench = Bench::settled();
    bench.machine.heard(11, bench.now);
    assert_eq!(bench.due(), ["read"]);
    bench.machine.answered(answer(11, 2), bench.now);
    let rewritten = bench.now + secs(120);
    loop {
        let (due, _) = bench.next_due();
        let is_other = bench.now >= rewritten;
        if due.contains(&"probe") {
            if is_other {
                let rows = vec![row(11, "other"), row(10, "j")];
                bench.machine.probed(listed(rows), bench.now);
            } else {
                let failure = failure(Cause::Server);
                bench.machine.probe_failed(&failure, bench.now);
            }
        }
        if due.contains(&"read") {
            let digest = if is_other { 9 } else { 2 };
            if bench.machine.answered(answer(11, digest), bench.now) == Verdict::Adopt {
                break;
            }
        }
        assert!(bench.now <= rewritten + secs(44), "it is never read");
    }
}
