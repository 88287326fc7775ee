//! Another tenant behind the name, and a server that describes none.

use super::*;

#[test]
fn another_tenant_behind_the_name_is_another_history() {
    let mut bench = Bench::settled();
    bench.machine.announced(11, bench.now);
    bench.due();
    let other = || Answer {
        tenant_id: "u".into(),
        version: 1,
        digest: 0,
    };
    // While the one that is shown exists, it stays.
    let verdict = bench.machine.answered(other(), bench.now);
    assert_eq!(verdict, Verdict::Keep);
    assert_eq!(bench.all_due(), ["describe by id"]);
    bench
        .machine
        .described(described("t", "as ever"), bench.now);
    let report = bench.machine.report();
    assert_eq!((report.phase, report.seen), (Phase::Displaced, 10));
    // A list of the other's versions does not pass for ours.
    let mut due = bench.due();
    while !due.contains(&"probe") {
        if due.contains(&"read") {
            bench.machine.answered(other(), bench.now);
        }
        bench.pass(ms(100));
        due = bench.due();
    }
    let others = Listing {
        tenant_id: Some("u".into()),
        rows: vec![row(10, "x")],
    };
    let verified = bench.machine.report().verified;
    bench.machine.probed(others, bench.now);
    assert_eq!(bench.machine.report().verified, verified);
    // The tick asks again, and once it is gone, the other is shown.
    assert_eq!(bench.all_due(), ["read", "describe by id"]);
    let verdict = bench.machine.answered(other(), bench.now);
    assert_eq!(verdict, Verdict::Keep);
    bench
        .machine
        .description_failed(&failure(Cause::NoTenant), bench.now);
    while !bench.due().contains(&"read") {
        bench.pass(ms(10));
    }
    let verdict = bench.machine.answered(other(), bench.now);
    assert_eq!(verdict, Verdict::AdoptRestarted);
    let report = bench.machine.report();
    assert_eq!((report.phase, report.seen), (Phase::Following, 1));
    assert_eq!(report.history_restarts, 1);
}

/// It was asked whether the one before is gone, which is nothing about the one that is shown now.
#[test]
fn what_is_said_late_of_the_tenant_before_is_not_said_of_the_next() {
    let mut bench = Bench::settled();
    bench.machine.described(described("u", "other"), bench.now);
    while !bench.all_due().contains(&"describe by id") {
        bench.pass(ms(10));
    }
    bench
        .machine
        .description_failed(&failure(Cause::NoTenant), bench.now);
    // The tick asks again, and the read overtakes it.
    bench.machine.identity.want(bench.now);
    assert!(bench.all_due().contains(&"describe by id"));
    let other = Answer {
        tenant_id: "u".into(),
        ..answer(1, 0)
    };
    let verdict = bench.machine.answered(other, bench.now);
    assert_eq!(verdict, Verdict::AdoptRestarted);
    assert!(
        bench.all_due().contains(&"describe"),
        "instead of the other"
    );
}

#[test]
fn a_name_that_comes_back_is_followed_as_before() {
    let mut bench = Bench::settled();
    bench.machine.described(described("u", "other"), bench.now);
    assert_eq!(bench.machine.report().phase, Phase::Displaced);
    let mut due = bench.all_due();
    while due.is_empty() {
        bench.pass(ms(10));
        due = bench.all_due();
    }
    assert!(due.contains(&"describe by id"), "{due:?}");
    let verdict = bench.machine.answered(answer(10, 1), bench.now);
    assert_eq!(verdict, Verdict::Verified);
    assert_eq!(bench.machine.report().phase, Phase::Following);
    bench
        .machine
        .described(described("t", "other types"), bench.now);
    assert_eq!(bench.all_due(), ["describe"], "by its name");
    bench
        .machine
        .described(described("t", "other types"), bench.now);
    bench.pass(secs(1));
    assert_eq!(bench.all_due(), ["read"]);
}

/// What a server says that lacks the call is also what a proxy says whose server is gone.
#[test]
fn a_server_that_describes_no_tenants_is_followed_by_its_answers_and_asked_again() {
    let other = Answer {
        tenant_id: "u".into(),
        ..answer(1, 0)
    };
    for (answers, first) in [
        (answer(10, 1), Verdict::Verified),
        (other, Verdict::AdoptRestarted),
    ] {
        let mut bench = Bench::settled();
        bench
            .machine
            .description_failed(&failure(Cause::RateLimited), bench.now);
        while !bench.all_due().contains(&"describe") {
            bench.pass(ms(10));
        }
        bench
            .machine
            .description_failed(&failure(Cause::Unsupported), bench.now);
        assert_eq!(bench.machine.report().trouble, None, "that is no trouble");
        let verdict = bench.machine.answered(answers.clone(), bench.now);
        assert_eq!(verdict, first);
        let (start, mut asked) = (bench.now, 0);
        while bench.now - start < secs(3_600) {
            for action in bench.all_due() {
                match action {
                    "read" => drop(bench.machine.answered(answers.clone(), bench.now)),
                    "probe" => {
                        let listing = Listing {
                            tenant_id: Some(Arc::clone(&answers.tenant_id)),
                            rows: vec![row(answers.version, "j")],
                        };
                        bench.machine.probed(listing, bench.now);
                    }
                    "describe" => {
                        asked += 1;
                        let unsupported = failure(Cause::Unsupported);
                        bench.machine.description_failed(&unsupported, bench.now);
                    }
                    _ => {}
                }
            }
            assert_eq!(bench.machine.report().trouble, None);
            bench.pass(ms(50));
        }
        assert!((9..=16).contains(&asked), "{asked}: it may learn to");
        assert_eq!(bench.machine.report().phase, Phase::Following);
    }
}

#[test]
fn what_changes_without_a_version_is_read_when_the_tenant_is_described() {
    let mut bench = Bench::settled();
    let mut due = Vec::new();
    while !due.contains(&"describe") {
        bench.pass(ms(50));
        due = bench.all_due();
        if due.contains(&"probe") {
            bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
        }
        if due.contains(&"read") {
            bench.machine.answered(answer(10, 1), bench.now);
        }
    }
    bench.pass(secs(2));
    assert_eq!(bench.all_due(), [""; 0]);
    bench
        .machine
        .described(described("t", "a new schema"), bench.now);
    assert_eq!(bench.all_due(), ["read"]);
}

#[test]
fn the_stream_of_another_tenant_is_left_with_it() {
    let mut bench = Bench::settled();
    let other = Answer {
        tenant_id: "u".into(),
        ..answer(1, 0)
    };
    bench.machine.described(described("u", "other"), bench.now);
    bench.pass(secs(1));
    bench.all_due();
    bench
        .machine
        .description_failed(&failure(Cause::NoTenant), bench.now);
    let verdict = bench.machine.answered(other, bench.now);
    assert_eq!(verdict, Verdict::AdoptRestarted);
    assert!(bench.all_due().contains(&"subscribe"));
    assert_eq!(bench.machine.report().reconnects, 1);
}

/// A server whose database restarts says that of a name, too.
#[test]
fn only_an_id_that_is_not_found_is_gone() {
    let mut bench = Bench::settled();
    while !bench.all_due().contains(&"describe") {
        bench.pass(ms(10));
        bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
    }
    bench
        .machine
        .description_failed(&failure(Cause::NoTenant), bench.now);
    assert!(bench.machine.report().trouble.is_some());
    let other = Answer {
        tenant_id: "u".into(),
        ..answer(1, 0)
    };
    let verdict = bench.machine.answered(other, bench.now);
    assert_eq!(verdict, Verdict::Keep);
    assert_eq!(bench.machine.report().seen, 10);
}
