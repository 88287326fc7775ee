//! The driver on a server that a test plays, under a paused clock.

mod reader;
mod server;

use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::{self, timeout};

use self::{
    reader::Reader,
    server::{Server, reading},
};
use super::*;
use crate::{
    reading::{Entry, Stored},
    watch::{
        consumer::Consumer,
        machine::Fit,
        work::{Offer, Progress, Work},
    },
};

const TICK: Duration = Duration::from_secs(34);

#[tokio::test(start_paused = true)]
async fn a_new_history_is_followed_below_the_numbers_of_the_old() {
    let server = Server::at(10);
    let watch = server.watch();
    let mut reader = Reader::join(&watch, watch.look(), "a");

    server.write(20);
    server.announce(20).await;
    assert_eq!(reader.soon().await, Some(20));

    server.restore(10);
    let tick = timeout(TICK, reader.offered.recv()).await;
    assert_eq!(tick, Ok(Some(10)));

    server.write(11);
    server.announce(11).await;
    assert_eq!(reader.soon().await, Some(11));
    drop(watch);
    assert_eq!(reader.soon().await, None, "the watch ended with its lease");
}

#[tokio::test(start_paused = true)]
async fn a_version_that_never_was_does_not_outshine_those_that_come() {
    let server = Server::at(10);
    let watch = server.watch();
    let mut reader = Reader::join(&watch, watch.look(), "a");
    server.announce(i32::MAX).await;
    time::sleep(Duration::from_secs(15)).await;
    let probes = server.tenant().probes;
    server.write(11);
    server.announce(11).await;
    assert_eq!(reader.soon().await, Some(11));
    reader.nothing(Duration::from_secs(1)).await;
    assert_eq!(server.tenant().probes, probes, "its event told the author");
}

/// A probe would tell the author, too, but it is one call more.
#[tokio::test(start_paused = true)]
async fn an_event_that_comes_late_does_not_hide_who_wrote_the_newest() {
    let server = Server::at(10);
    let watch = server.watch();
    let mut reader = Reader::join(&watch, watch.look(), "a");
    reader.nothing(Duration::from_secs(5)).await;
    let probes = server.tenant().probes;
    server.tenant().read_takes = Duration::from_millis(500);
    for version in [11, 12] {
        server.write(version);
    }
    for version in [12, 11] {
        server.announce(version).await;
        reader.nothing(Duration::from_millis(100)).await;
    }
    assert_eq!(reader.soon().await, Some(12));
    reader.nothing(Duration::from_secs(1)).await;
    assert_eq!(server.tenant().probes, probes);
}

#[tokio::test(start_paused = true)]
async fn who_comes_with_an_older_version_is_shown_the_newer_at_once() {
    let server = Server::at(10);
    let old = server.look();
    let watch = server.watch();
    let mut first = Reader::join(&watch, Arc::clone(&old), "a");
    server.write(11);
    server.announce(11).await;
    assert_eq!(first.soon().await, Some(11));
    let mut second = Reader::join(&watch, old, "a");
    assert_eq!(second.soon().await, Some(11));
    first.nothing(TICK).await;
    second.nothing(TICK).await;
}

#[tokio::test(start_paused = true)]
async fn who_comes_with_a_newer_version_shows_it_to_the_others_and_keeps_it() {
    let server = Server::at(10);
    let watch = server.watch();
    let mut first = Reader::join(&watch, watch.look(), "a");
    server.write(12);
    let mut second = Reader::join(&watch, server.look(), "a");
    // From now on the server answers from a replica that lags.
    server.tenant().stale = Some(reading(11));
    assert_eq!(first.soon().await, Some(12));
    first.nothing(2 * TICK).await;
    second.nothing(2 * TICK).await;
}

#[tokio::test(start_paused = true)]
async fn who_read_before_a_restart_brings_nothing_back_and_is_not_left_behind() {
    let server = Server::at(20);
    let old = server.look();
    let watch = server.watch();
    let mut first = Reader::join(&watch, watch.look(), "a");
    first.nothing(TICK).await;
    server.restore(20);
    server.write(21);
    let tick = timeout(TICK, first.offered.recv()).await;
    assert_eq!(tick, Ok(Some(21)));
    let newer = Look::new(reading(25), old.asked);
    let mut second = Reader::join(&watch, Arc::new(newer), "a");
    assert_eq!(second.soon().await, Some(21));
    first.nothing(TICK).await;
}

#[tokio::test(start_paused = true)]
async fn who_refuses_a_version_does_not_keep_it_from_others() {
    let server = Server::at(10);
    let watch = server.watch();
    let (mut picky, notes) = Reader::new("a", |version| version % 2 == 0);
    watch.join(Box::new(notes), watch.look(), Fit::Fits);
    let mut other = Reader::join(&watch, watch.look(), "a");
    for version in [11, 12, 13] {
        server.write(version);
        server.announce(version).await;
        assert_eq!(picky.soon().await, Some(version));
        assert_eq!(other.soon().await, Some(version));
    }
    // As long as one refuses it, it is looked at every tick: its content may be mended.
    let mut reads_in_five_ticks = async || {
        let before = server.tenant().reads;
        other.nothing(5 * TICK).await;
        server.tenant().reads - before
    };
    assert!(reads_in_five_ticks().await >= 5);
    picky.gone.store(true, Ordering::SeqCst);
    reads_in_five_ticks().await;
    assert!(reads_in_five_ticks().await <= 2);
}

#[tokio::test(start_paused = true)]
async fn who_panics_takes_nobody_along() {
    let server = Server::at(10);
    let watch = server.watch();
    let (mut bad, notes) = Reader::new("a", |_| panic!("out of cheese"));
    watch.join(Box::new(notes), watch.look(), Fit::Fits);
    let mut other = Reader::join(&watch, watch.look(), "a");
    for version in [11, 12] {
        server.write(version);
        server.announce(version).await;
        assert_eq!(bad.soon().await, Some(version));
        assert_eq!(other.soon().await, Some(version));
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_with_other_content_is_brought_into_line_by_the_second_look() {
    let server = Server::at(10);
    let watch = server.watch();
    let mut first = Reader::join(&watch, watch.look(), "a");
    let mut torn = reading(10);
    let null = Entry::new(Stored::Null, String::new(), None);
    torn.entries = [("b".to_owned(), null)].into_iter().collect();
    let torn = Look::new(torn, Instant::now());
    let mut second = Reader::join(&watch, Arc::new(torn), "a");
    let look = timeout(Duration::from_secs(3), second.offered.recv()).await;
    assert_eq!(look, Ok(Some(10)));
    first.nothing(TICK).await;
}

/// Of a tenant that is too large for one answer everybody brings the fields of its own.
#[tokio::test(start_paused = true)]
async fn who_brings_a_part_is_news_for_the_others_and_nothing_that_they_read() {
    let server = Server::at(10);
    let watch = server.watch_from(server.look_at("a"));
    let mut first = Reader::join(&watch, watch.look(), "a");
    server.write(11);
    let mut second = Reader::join(&watch, server.look_at("b"), "b");
    assert_eq!(first.soon().await, Some(11), "by a read of both");
    assert_eq!(second.soon().await, Some(11), "as what all have");
    let mut third = Reader::join(&watch, server.look_at("a"), "a");
    for reader in [&mut first, &mut second, &mut third] {
        reader.nothing(Duration::from_secs(20)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_brings_an_older_part_is_shown_the_newest_as_soon_as_it_is_read() {
    let server = Server::at(10);
    let old = server.look_at("b");
    server.write(11);
    let watch = server.watch_from(server.look_at("a"));
    let mut first = Reader::join(&watch, watch.look(), "a");
    let mut second = Reader::join(&watch, old, "b");
    assert_eq!(second.soon().await, Some(11));
    let mut late = Reader::join(&watch, watch.look(), "c");
    assert_eq!(late.soon().await, Some(11));
    for reader in [&mut first, &mut second, &mut late] {
        reader.nothing(Duration::from_secs(20)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_stream_is_asked_for_what_readers_read_and_opened_anew_only_for_more() {
    let server = Server::at(10);
    let watch = server.watch();
    let _b = Reader::join(&watch, watch.look(), "b");
    let a = Reader::join(&watch, watch.look(), "a");
    let _again = Reader::join(&watch, watch.look(), "a");
    let settle = || time::sleep(Duration::from_secs(1));
    settle().await;
    let mut opened = vec![vec!["a".into(), "b".into()]];
    assert_eq!(server.tenant().filters, opened);

    let _known = Reader::join(&watch, watch.look(), "a");
    settle().await;
    assert_eq!(server.tenant().filters, opened);

    a.gone.store(true, Ordering::SeqCst);
    let _c = Reader::join(&watch, watch.look(), "c");
    settle().await;
    opened.push(vec!["a".into(), "b".into(), "c".into()]);
    assert_eq!(server.tenant().filters, opened);
}

#[tokio::test(start_paused = true)]
async fn who_is_gone_is_let_go() {
    let server = Server::at(10);
    let watch = server.watch();
    let mut reader = Reader::join(&watch, watch.look(), "a");
    reader.nothing(Duration::from_millis(10)).await;
    reader.gone.store(true, Ordering::SeqCst);
    let end = timeout(TICK, reader.offered.recv()).await;
    assert_eq!(end, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn it_can_be_ended_whoever_holds_it() {
    let server = Server::at(10);
    let watch = server.watch();
    let mut reader = Reader::join(&watch, watch.look(), "a");
    watch.downgrade().end();
    watch.downgrade().ended().await;
    assert_eq!(reader.soon().await, None);
    assert!(watch.downgrade().upgrade().is_none());
    // Who comes too late learns it, too.
    let mut late = Reader::join(&watch, watch.look(), "a");
    assert_eq!(late.soon().await, None);
}

#[tokio::test]
async fn an_offer_that_comes_as_the_thread_ends_is_made() {
    let (mut reader, notes) = Reader::new("a", |_| true);
    let (consumer, look) = (Arc::new(notes), Server::at(10).look());
    let mut work = Work::default();
    for _ in 0..20_000 {
        work.add(Offer {
            to: 1,
            consumer: Arc::clone(&consumer) as Arc<dyn Consumer>,
            look: Arc::clone(&look),
            written: None,
        });
        work.run(0);
        let made = async { while let Progress::Started(_) = work.progress().await {} };
        let made = timeout(Duration::from_secs(10), made).await;
        made.expect("a thread is there");
        assert_eq!(reader.offered.try_recv(), Ok(10));
    }
}
