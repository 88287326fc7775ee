//! Connections that hang, are to be left, or take few streams.

use std::{sync::atomic::Ordering, time::Duration};

use decree_dev::faults::{Answer, ConnectFault, EventFault, Fault, Streams};
use decree_runtime::{Client, Live, Phase};
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, timeout},
};

use crate::{
    PUSHED, Pay, TICK, client, counting, follows, is_pushed, pay, server, set_fee, settle,
    shows_fee, until, watch,
};

/// A tick to notice, a probe that times out, a dial and a read.
const HEALED: Duration = Duration::from_secs(45);

/// From a connection of calls that is new to a stream that is.
const STREAM_FOLLOWS: Duration = Duration::from_secs(5);

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// One for calls and one for streams.
const CONNECTIONS: usize = 2;

#[tokio::test(start_paused = true)]
async fn a_connection_that_hangs_is_left_for_a_new_one_and_nothing_of_it_stays() {
    let server = server().await;
    let mut live = pay(&server).await;
    is_pushed(&server, &mut live, 1).await;
    let mut running = Vec::new();
    for round in 1..=3 {
        server.freeze_connections();
        let fee = 1 + i64::from(round);
        set_fee(&server, fee);
        let took = shows_fee(&mut live, fee, HEALED).await;
        assert!(took > Duration::from_secs(5), "nothing comes through");
        let status = follows(&live, Duration::from_secs(10)).await;
        assert_eq!((status.reconnects, status.history_restarts), (round, 0));
        let trouble = status.last_trouble.expect("a call had no answer");
        assert_eq!(trouble.code, None, "{trouble:?}");
        settle().await;
        assert_eq!(
            (server.connections(), server.subscribers()),
            (CONNECTIONS, 1)
        );
        running.push(tasks());
        is_pushed(&server, &mut live, fee * 10).await;
    }
    let first = running[0];
    assert_eq!(running, [first; 3], "no stream stays behind");
}

/// Every watch finds out by itself, and only the first leaves.
#[tokio::test(start_paused = true)]
async fn many_watches_leave_a_connection_that_hangs_once() {
    const WATCHES: usize = 40;
    let server = server().await;
    let (client, dials) = counting(&server);
    let mut lives = Vec::new();
    for number in 0..WATCHES {
        let tenant = format!("t{number}");
        server.add_tenant(&tenant, "acme").expect("created");
        lives.push(client.live::<Pay>(tenant).await.expect("readable"));
    }
    sleep(TICK).await;
    // However often the streams moved before.
    for _ in 0..5 {
        server.goaway(Streams::Delivering);
        sleep(2 * TICK).await;
    }
    let before = dials.load(Ordering::SeqCst);
    server.freeze_connections();
    sleep(HEALED).await;
    for live in &lives {
        follows(live, HEALED).await;
    }
    until(HEALED, || server.subscribers() == WATCHES).await;
    let dialed = dials.load(Ordering::SeqCst) - before;
    assert!(dialed <= 2 * CONNECTIONS as u64, "{dialed} dials");
}

/// Also one that hangs before it is one.
#[tokio::test(start_paused = true)]
async fn connecting_that_hangs_is_given_up() {
    for fault in [ConnectFault::Hang, ConnectFault::Mute] {
        let server = server().await;
        let mut live = pay(&server).await;
        let before = tasks();
        server.misbehave(|faults| faults.connects = Fault::Always(fault));
        server.cut_connections();
        set_fee(&server, 7);
        sleep(Duration::from_secs(300)).await;
        let status = live.status();
        assert_eq!(status.phase, Phase::Recovering, "{fault:?}");
        assert!(status.staleness() > Duration::from_secs(290));
        assert!(status.trouble.is_some_and(|trouble| trouble.code.is_none()));
        // It is tried again and again, and what was given up is closed.
        assert!(server.connections() <= 2 * CONNECTIONS, "{fault:?}");
        server.behave();
        shows_fee(&mut live, 7, HEALED).await;
        follows(&live, HEALED).await;
        until(HEALED, || server.subscribers() == 1).await;
        settle().await;
        assert_eq!(server.connections(), CONNECTIONS, "{fault:?}");
        assert_eq!(tasks(), before, "{fault:?}");
        is_pushed(&server, &mut live, 8).await;
    }
}

/// Only the first of two dials hangs: the next is made long before a tick.
#[tokio::test(start_paused = true)]
async fn a_start_survives_a_connection_that_hangs() {
    for fault in [ConnectFault::Hang, ConnectFault::Mute, ConnectFault::Refuse] {
        let server = server().await;
        server.misbehave(|faults| faults.connects = Fault::Next(1, fault));
        let start = Instant::now();
        let live: Live<Pay> = client(&server).live("acme").await.expect("readable");
        let took = start.elapsed();
        assert!(took < Duration::from_secs(16), "{fault:?}: {took:?}");
        settle().await;
        assert_eq!(live.status().phase, Phase::Following, "{fault:?}");
        assert_eq!(server.connections(), CONNECTIONS, "{fault:?}");
    }
}

/// Five tenants on a server that takes two calls on a connection: streams that wait say nothing of
/// it. Each change that one misses moves it on, until all of them hear.
#[tokio::test(start_paused = true)]
async fn streams_that_wait_behind_a_cap_hold_up_no_read_and_move_on() {
    let server = server().await;
    server.misbehave(|faults| faults.max_streams = Some(2));
    let client: Client = client(&server);
    let tenants: Vec<String> = (0..5).map(|number| format!("t{number}")).collect();
    let mut lives = Vec::new();
    for tenant in &tenants {
        server.add_tenant(tenant, "acme").expect("created");
        let start = timeout(PUSHED, client.live::<Pay>(tenant)).await;
        lives.push(start.expect("no read hangs").expect("readable"));
    }
    settle().await;

    // Two places on the first connection, two on the second, one on the third.
    for (round, hear) in (1..).zip([2, 4, 5]) {
        assert_eq!(
            server.subscribers(),
            hear,
            "in round {round}, the others wait"
        );
        for (tenant, live) in tenants.iter().zip(&mut lives) {
            let fee = round.to_string();
            server.set(tenant, "pay.fee", &fee).expect("written");
            shows_fee(live, round, TICK).await;
            let read = timeout(PUSHED, client.read(tenant)).await;
            read.expect("no read hangs").expect("readable");
            follows(live, PUSHED).await;
        }
        // Time for those that missed something to move, and to be found to hear.
        sleep(TICK + TICK).await;
    }
    for (tenant, live) in tenants.iter().zip(&mut lives) {
        server.set(tenant, "pay.fee", "9").expect("written");
        shows_fee(live, 9, PUSHED).await;
    }
    let moves = lives.iter().map(|live| live.status().reconnects);
    assert_eq!(
        moves.sum::<u32>(),
        3 + 1,
        "three left the first, one the second"
    );
}

/// Where others write all the time there is no probe that finds nothing new.
#[tokio::test(start_paused = true)]
async fn a_deaf_stream_is_left_also_on_a_busy_tenant() {
    let server = server().await;
    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));
    let live: Live<Pay> = client(&server).live("acme").await.expect("readable");
    let start = Instant::now();
    for nth in 1.. {
        let others = nth.to_string();
        server.set("acme", "pay.retries", &others).expect("written");
        if nth % 50 == 0 {
            set_fee(&server, nth);
        }
        sleep(Duration::from_millis(200)).await;
        if live.status().reconnects > 0 {
            break;
        }
        // One to know what was there before it, one that shows what it did not tell.
        assert!(start.elapsed() < TICK + TICK, "{:#?}", live.status());
    }
}

/// A server that goes keeps its streams open, and they are deaf: events are those of a process that
/// nobody writes to any more.
#[tokio::test(start_paused = true)]
async fn a_stream_follows_the_calls_to_another_process() {
    let server = server().await;
    let client = client(&server);
    let mut live: Live<Pay> = watch(&client, "acme").await;
    for round in 1..=3 {
        server.goaway(Streams::Deaf);
        set_fee(&server, round);
        // Nobody announces it. The first call after it fails, and the next is on a new connection.
        shows_fee(&mut live, round, TICK).await;
        until(STREAM_FOLLOWS, || server.subscribers() == 1).await;
        settle().await;
        is_pushed(&server, &mut live, round * 100).await;
        let status = follows(&live, PUSHED).await;
        assert_eq!(i64::from(status.reconnects), round);
        assert_eq!(server.connections(), CONNECTIONS);
        sleep(TICK).await; // streams move no more than once a tick
    }
    // Calls of the application do not notice.
    server.goaway(Streams::Deaf);
    client.read("acme").await.expect("readable");
}

/// While the old streams still deliver nothing is late, and they are left all the same: their process
/// goes.
#[tokio::test(start_paused = true)]
async fn a_stream_that_still_delivers_is_left_for_one_that_stays() {
    let server = server().await;
    let mut live = pay(&server).await;
    server.goaway(Streams::Delivering);
    is_pushed(&server, &mut live, 1).await;
    // The change made calls connect anew, and the stream follows.
    until(STREAM_FOLLOWS, || server.calls("Subscribe") == 2).await;
    settle().await;
    assert_eq!(
        (server.connections(), server.subscribers()),
        (CONNECTIONS, 1)
    );
    is_pushed(&server, &mut live, 2).await;
    follows(&live, PUSHED).await;
}

/// One call that is slow says nothing of the connection, which others are on.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_slow_moves_no_stream() {
    let server = server().await;
    let (client, dials) = counting(&server);
    let mut live: Live<Pay> = watch(&client, "acme").await;
    is_pushed(&server, &mut live, 6).await;
    let hasty = client.with_timeout(Duration::from_secs(1));
    for round in 1..=3 {
        server.misbehave(|faults| {
            faults
                .answers
                .insert("GetField", Fault::Next(1, Answer::Hang));
        });
        let start = Instant::now();
        let fee: i64 = hasty.get("acme", "pay.fee").await.expect("at last");
        assert!(fee == 6 && start.elapsed() >= Duration::from_secs(1));
        sleep(TICK).await;
        assert_eq!(dials.load(Ordering::SeqCst), CONNECTIONS as u64, "{round}");
        assert_eq!(follows(&live, PUSHED).await.reconnects, 0, "{round}");
    }
    is_pushed(&server, &mut live, 7).await;
}

/// Nor does one whose caller has no patience.
#[tokio::test(start_paused = true)]
async fn calls_without_patience_move_no_stream() {
    let server = server().await;
    let (client, dials) = counting(&server);
    let mut live: Live<Pay> = watch(&client, "acme").await;
    is_pushed(&server, &mut live, 6).await;
    // After a while without a word, too.
    sleep(Duration::from_secs(20)).await;
    let hasty = client.with_timeout(Duration::from_millis(50));
    server.misbehave(|faults| {
        faults
            .answers
            .insert("GetField", Fault::Next(2, Answer::Hang));
    });
    let fee: i64 = hasty.get("acme", "pay.fee").await.expect("at last");
    assert_eq!((fee, server.calls("GetField")), (6, 3));
    sleep(TICK).await;
    assert_eq!(dials.load(Ordering::SeqCst), CONNECTIONS as u64);
    assert_eq!(follows(&live, PUSHED).await.reconnects, 0);
    is_pushed(&server, &mut live, 7).await;
}

/// Whoever waits behind a cap of no streams at all waits for ever: that is given up like a
/// connection that hangs, and nothing of it stays open.
#[tokio::test(start_paused = true)]
async fn a_peer_that_allows_no_stream_is_left_with_all_its_connections() {
    let server = server().await;
    let mut live = pay(&server).await;
    let before = tasks();
    server.misbehave(|faults| faults.max_streams = Some(0));
    server.cut_connections();
    set_fee(&server, 7);
    for _ in 0..10 {
        sleep(Duration::from_secs(30)).await;
        let open = server.connections();
        assert!(open <= 2 * CONNECTIONS, "{open} connections");
    }
    assert_eq!(live.status().phase, Phase::Recovering);
    server.behave();
    shows_fee(&mut live, 7, HEALED).await;
    follows(&live, HEALED).await;
    until(HEALED, || server.subscribers() == 1).await;
    settle().await;
    assert_eq!((server.connections(), tasks()), (CONNECTIONS, before));
    is_pushed(&server, &mut live, 8).await;
}
