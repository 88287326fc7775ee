//! Streams that end, say nothing, or do not cover what is read.

use super::*;

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

/// A peer that closes the connection after each call, and one whose streams say nothing of what
/// others write, or we.
#[test]
fn a_peer_that_closes_and_keeps_quiet_is_not_flooded() {
    for (deaf, own, every) in [(false, false, 1), (true, false, 1), (true, true, 7)] {
        let mut bench = Bench::settled();
        let (start, mut version, mut calls, mut streams) = (bench.now, 10, 0, 0);
        while bench.now - start < secs(3_600) {
            let passed = (bench.now - start).as_secs();
            if deaf && passed.is_multiple_of(every) {
                version += 1;
                if own {
                    bench.machine.announced(version, bench.now);
                }
            }
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
        let news = if own { 3_600 / every } else { 0 };
        assert!(calls <= 900 + news, "{calls} calls");
    }
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
