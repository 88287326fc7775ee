//! The decisions, as tables.

use super::*;
use crate::watch::{
    history::{Row, row},
    source::{Cause, Described, Dials, Failure, Listing},
};

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn answer(version: i32, digest: u64) -> Answer {
    Answer {
        tenant_id: "t".into(),
        version,
        digest,
    }
}

fn listed(rows: Vec<Row>) -> Listing {
    Listing {
        tenant_id: Some("t".into()),
        rows,
    }
}

fn described(tenant_id: &str, state: &str) -> Described {
    Described {
        tenant_id: tenant_id.into(),
        state: state.to_owned(),
    }
}

fn dialed(opened: u64) -> Dials {
    Dials { opened, closed: 0 }
}

fn failure(cause: Cause) -> Failure {
    Failure {
        cause,
        code: None,
        message: "no".to_owned(),
    }
}

fn paths(names: &[&str]) -> BTreeSet<Path> {
    names.iter().copied().map(Path::from).collect()
}

/// A machine at version 10, and a clock.
struct Bench {
    machine: Machine,
    now: Instant,
}

impl Bench {
    /// Everything that a start does has been done: a probe, a stream, the probe that settles it.
    fn settled() -> Self {
        let now = Instant::now();
        let mut bench = Self {
            machine: Machine::new(answer(10, 1), WatchTiming::default(), 7, now),
            now,
        };
        assert_eq!(bench.due(), ["probe"]);
        bench.machine.listen(paths(&["a", "b"]), bench.now);
        bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
        bench.pass(ms(200));
        assert_eq!(bench.due(), ["subscribe"]);
        bench.pass(secs(3));
        assert_eq!(bench.due(), ["probe"]);
        bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
        bench
            .machine
            .described(described("t", "as ever"), bench.now);
        assert_eq!(bench.due(), ["read"]);
        bench.machine.answered(answer(10, 1), bench.now);
        bench.pass(ms(50));
        bench
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    /// What is due now. That the tenant is as ever is answered here.
    fn due(&mut self) -> Vec<&'static str> {
        let mut due = self.all_due();
        if due.contains(&"describe") {
            self.machine.described(described("t", "as ever"), self.now);
            due.retain(|action| *action != "describe");
        }
        due
    }

    fn all_due(&mut self) -> Vec<&'static str> {
        let next = || self.machine.next(self.now);
        std::iter::from_fn(next)
            .map(|action| match action {
                Action::Read { .. } => "read",
                Action::Probe { .. } => "probe",
                Action::Describe {
                    tenant_id: None, ..
                } => "describe",
                Action::Describe { .. } => "describe by id",
                Action::Subscribe { .. } => "subscribe",
                Action::Redial => "redial",
            })
            .collect()
    }

    /// Waits for the next thing to do; says what it is and how long that took.
    fn next_due(&mut self) -> (Vec<&'static str>, Duration) {
        let wake = self.machine.wake().expect("something is due some day");
        let waited = wake.saturating_duration_since(self.now);
        self.now = self.now.max(wake);
        (self.due(), waited)
    }
}

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
    // The rows of 11 under the number 12: a late replica, until it lasts.
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
    assert!(believed >= secs(10) && believed <= secs(46), "{believed:?}");
    assert!(reads <= 26, "{reads}");
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
    let brought = bench.machine.brought(&answer(12, 2), bench.now, bench.now);
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
    let start = bench.now;
    loop {
        let (due, _) = bench.next_due();
        if due.contains(&"probe") {
            bench.machine.probed(listed(vec![row(12, "l")]), bench.now);
        }
        if due.contains(&"read")
            && bench.machine.answered(answer(12, 1), bench.now) == Verdict::Adopt
        {
            break;
        }
        assert!(bench.now - start <= secs(36), "{:?}", bench.now - start);
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

#[test]
fn a_server_that_describes_no_tenants_is_followed_by_its_answers() {
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
    let other = Answer {
        tenant_id: "u".into(),
        ..answer(1, 0)
    };
    let verdict = bench.machine.answered(other.clone(), bench.now);
    assert_eq!(verdict, Verdict::AdoptRestarted);
    let (start, mut asked) = (bench.now, 0);
    while bench.now - start < secs(3_600) {
        for action in bench.all_due() {
            match action {
                "read" => drop(bench.machine.answered(other.clone(), bench.now)),
                "probe" => bench.machine.probed(Listing::default(), bench.now),
                "describe" => {
                    asked += 1;
                    let unsupported = failure(Cause::Unsupported);
                    bench.machine.description_failed(&unsupported, bench.now);
                }
                _ => {}
            }
        }
        bench.pass(ms(50));
    }
    assert!((8..=16).contains(&asked), "{asked}: it may learn to");
}

/// What a server says that lacks the call is also what a proxy says whose server is gone.
#[test]
fn a_server_that_describes_no_tenants_is_asked_again_every_few_minutes() {
    let mut bench = Bench::settled();
    let (start, mut asked) = (bench.now, 0);
    while bench.now - start < secs(3_600) {
        for action in bench.all_due() {
            match action {
                "describe" => {
                    asked += 1;
                    let missing = failure(Cause::Unsupported);
                    bench.machine.description_failed(&missing, bench.now);
                }
                "read" => drop(bench.machine.answered(answer(10, 1), bench.now)),
                "probe" => bench.machine.probed(listed(vec![row(10, "j")]), bench.now),
                _ => {}
            }
        }
        assert_eq!(bench.machine.report().trouble, None);
        bench.pass(ms(50));
    }
    assert!((9..=16).contains(&asked), "{asked}");
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
fn a_stream_that_keeps_a_change_to_itself_is_left_for_another_connection() {
    let elsewhere = |bench: &mut Bench| {
        let mut next = std::iter::from_fn(|| bench.machine.next(bench.now));
        next.find_map(|action| match action {
            Action::Subscribe { elsewhere, .. } => Some(elsewhere),
            _ => None,
        })
    };
    // Since when what is read here is other, and whether it was told in the end.
    for (touched, told, left) in [
        (Some(10), false, true),
        (None, false, false),
        (Some(10), true, false),
        (Some(11), false, false),
    ] {
        let mut bench = Bench::settled();
        bench.next_due();
        bench.machine.probed(listed(vec![row(11, "k")]), bench.now);
        bench.due();
        let verdict = bench.machine.answered(answer(11, 2), bench.now);
        assert_eq!(verdict, Verdict::Adopt);
        if let Some(before) = touched {
            bench.machine.touched(before, 11, bench.now);
        }
        bench.pass(ms(1_900));
        if told {
            bench.machine.heard(11, bench.now);
        }
        assert_eq!(elsewhere(&mut bench), None);
        bench.pass(ms(100));
        assert_eq!(elsewhere(&mut bench), left.then_some(true));
    }
    // What was written before it took hold it does not owe.
    let mut bench = Bench::settled();
    bench
        .machine
        .stream_ended(&failure(Cause::Server), bench.now);
    while !bench.due().contains(&"subscribe") {
        bench.pass(ms(10));
    }
    bench.machine.probed(listed(vec![row(11, "k")]), bench.now);
    bench.due();
    bench.machine.answered(answer(11, 2), bench.now);
    bench.machine.touched(10, 11, bench.now);
    bench.pass(secs(3));
    assert_eq!(elsewhere(&mut bench), None);
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

#[test]
fn a_version_that_never_was_does_not_count_as_told() {
    let mut bench = Bench::settled();
    bench.machine.heard(1_000, bench.now);
    let told = bench.now;
    while bench.now - told < secs(15) {
        if bench.due().contains(&"read") {
            bench.machine.answered(answer(10, 1), bench.now);
        }
        bench.pass(ms(10));
    }
    assert_eq!(bench.machine.report().announced, 10);
    bench.machine.touched(10, 11, bench.now);
    bench.pass(secs(2));
    assert!(bench.due().contains(&"subscribe"), "the stream owed that");
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
fn a_stream_follows_the_calls_to_another_connection() {
    let mut bench = Bench::settled();
    bench.machine.dialed(dialed(1), bench.now);
    let start = bench.now;
    let subscribed = loop {
        match bench.machine.next(bench.now) {
            Some(Action::Subscribe { elsewhere, .. }) => break elsewhere,
            Some(_) => {}
            None => bench.pass(ms(10)),
        }
        assert!(bench.now - start <= secs(5));
    };
    assert!(subscribed, "on another connection, too");
    bench.machine.dialed(dialed(1), bench.now);
    bench.pass(secs(10));
    assert!(!bench.due().contains(&"subscribe"), "once");
}

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

/// A peer that closes the connection after each call, and one whose streams say nothing.
#[test]
fn a_peer_that_closes_and_keeps_quiet_is_not_flooded() {
    for deaf in [false, true] {
        let mut bench = Bench::settled();
        let (start, mut version, mut calls, mut streams) = (bench.now, 10, 0, 0);
        while bench.now - start < secs(3_600) {
            version += i32::from(deaf);
            for action in bench.due() {
                calls += 1;
                match action {
                    "read" => {
                        let before = bench.machine.report().seen;
                        let digest = u64::from(version.unsigned_abs());
                        let verdict = bench.machine.answered(answer(version, digest), bench.now);
                        if verdict == Verdict::Adopt {
                            bench.machine.touched(before, version, bench.now);
                        }
                    }
                    "probe" => {
                        let rows = vec![row(version, &version.to_string())];
                        bench.machine.probed(listed(rows), bench.now);
                    }
                    "subscribe" => streams += 1,
                    _ => {}
                }
                if !deaf {
                    let closed = Dials {
                        opened: calls,
                        closed: calls,
                    };
                    bench.machine.dialed(closed, bench.now);
                }
            }
            bench.pass(secs(1));
        }
        assert!(streams <= 130, "{streams} streams");
        assert!(calls <= 900, "{calls} calls");
    }
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
fn a_stream_cut_for_its_rate_is_news_and_one_refused_is_not() {
    let mut bench = Bench::settled();
    bench
        .machine
        .stream_ended(&failure(Cause::RateLimited), bench.now);
    let (due, waited) = bench.next_due();
    assert_eq!(due, ["read"]);
    assert!(waited >= ms(100) && waited <= secs(2), "{waited:?}");

    let mut bench = Bench::settled();
    bench
        .machine
        .stream_ended(&failure(Cause::Server), bench.now);
    while !bench.due().contains(&"subscribe") {
        bench.pass(ms(10));
    }
    bench.pass(ms(100));
    bench
        .machine
        .stream_ended(&failure(Cause::RateLimited), bench.now);
    bench.pass(ms(300));
    assert!(!bench.due().contains(&"read"));
}

#[test]
fn a_server_that_refuses_streams_is_probed_less() {
    let mut bench = Bench::settled();
    bench
        .machine
        .stream_ended(&failure(Cause::Server), bench.now);
    let (start, mut probes) = (bench.now, 0);
    while bench.now - start < secs(3_600) {
        for action in bench.next_due().0 {
            match action {
                "subscribe" => bench
                    .machine
                    .stream_ended(&failure(Cause::RateLimited), bench.now),
                "read" => drop(bench.machine.answered(answer(10, 1), bench.now)),
                "probe" => {
                    probes += 1;
                    bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
                }
                _ => {}
            }
        }
    }
    // One for each attempt, and one for each tick.
    assert!(probes <= 400, "{probes}");
}

#[test]
fn too_many_paths_once_means_no_filter_from_then_on() {
    let mut bench = Bench::settled();
    bench
        .machine
        .stream_ended(&failure(Cause::TooManyPaths), bench.now);
    let unfiltered = Action::Subscribe {
        paths: [].into(),
        elsewhere: false,
    };
    assert_eq!(bench.machine.next(bench.now), Some(unfiltered));
    // Which covers every path that will ever be read.
    bench.machine.listen(paths(&["c"]), bench.now);
    bench.pass(ms(300));
    assert_eq!(bench.due(), [""; 0]);
    // A server that says it of no paths at all is not asked in a loop.
    bench
        .machine
        .stream_ended(&failure(Cause::TooManyPaths), bench.now);
    assert!(!bench.due().contains(&"subscribe"));
}

#[test]
fn one_new_stream_covers_the_paths_that_are_added_together() {
    let mut bench = Bench::settled();
    let start = bench.now;
    bench.machine.listen(paths(&["a", "b", "c"]), bench.now);
    bench.pass(ms(50));
    bench
        .machine
        .listen(paths(&["d", "c", "b", "a"]), bench.now);
    assert_eq!(bench.due(), [""; 0], "not for each of them");
    bench.now = bench.machine.wake().expect("soon");
    assert!(bench.now - start <= ms(200));
    let sorted = ["a", "b", "c", "d"].map(Path::from).into();
    let opened = Action::Subscribe {
        paths: sorted,
        elsewhere: false,
    };
    assert_eq!(bench.machine.next(bench.now), Some(opened));
    let (due, waited) = bench.next_due();
    assert_eq!(due, ["probe"], "what was written in between");
    assert!(waited <= ms(1_500), "{waited:?}");
    assert_eq!(bench.machine.report().reconnects, 0);
}

#[test]
fn paths_that_the_stream_covers_need_no_new_one() {
    for names in [&["a"][..], &["b", "a"], &[]] {
        let mut bench = Bench::settled();
        bench.machine.listen(paths(names), bench.now);
        bench.pass(secs(3));
        assert_eq!(bench.due(), [""; 0], "{names:?}");
    }
    // Who reads another field may leave before the stream is opened for it.
    let mut bench = Bench::settled();
    bench.machine.listen(paths(&["a", "c"]), bench.now);
    bench.machine.listen(paths(&["a"]), bench.now);
    bench.pass(secs(3));
    assert_eq!(bench.due(), [""; 0]);
}

#[test]
fn a_path_does_not_hasten_a_stream_that_waits_for_its_turn() {
    let mut bench = Bench::settled();
    for _ in 0..8 {
        bench
            .machine
            .stream_ended(&failure(Cause::Server), bench.now);
        while !bench.due().contains(&"subscribe") {
            bench.pass(ms(100));
        }
    }
    bench.machine.listen(paths(&["c"]), bench.now);
    bench
        .machine
        .stream_ended(&failure(Cause::Server), bench.now);
    bench.machine.listen(paths(&["c", "d"]), bench.now);
    bench.pass(secs(3));
    assert!(!bench.due().contains(&"subscribe"));
}

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
        let verdict = bench.machine.brought(&has, bench.now, bench.now);
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
    let brought =
        |bench: &mut Bench, asked| bench.machine.brought(&answer(20, 5), asked, bench.now);
    let meanwhile = brought(&mut bench, before);
    assert_eq!(meanwhile, Brought::Doubtful, "the read is due");
    assert_eq!(bench.due(), ["read"]);
    let verdict = bench.machine.answered(answer(10, 9), bench.now);
    assert_eq!(verdict, Verdict::AdoptRestarted);
    assert_eq!(brought(&mut bench, before), Brought::Old);
    let now = bench.now;
    assert_eq!(brought(&mut bench, now), Brought::News);
}

#[test]
fn a_newcomer_and_a_read_that_agree_are_two_looks() {
    let mut bench = Bench::settled();
    let has = answer(10, 2);
    bench.machine.brought(&has, bench.now, bench.now);
    bench.pass(secs(2));
    assert_eq!(bench.due(), ["read"]);
    assert_eq!(bench.machine.answered(has, bench.now), Verdict::Adopt);
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
        while bench.machine.report().verified < back {
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
