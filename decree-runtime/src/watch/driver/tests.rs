//! The driver on a server that a test plays, under a paused clock.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::mpsc,
    time::{self, timeout},
};

use super::*;
use crate::{
    decode::DecodeError,
    snapshot::Written,
    status::Deciding,
    watch::{
        consumer::{Consumer, Path},
        history::{Row, row},
        machine::Fit,
        source::{self, Scope},
        work::{Offer, Progress, Work},
    },
};

/// What the server holds, newest version first.
#[derive(Default)]
struct Tenant {
    rows: Vec<Row>,
    /// What reads show instead of the newest version.
    stale: Option<Reading>,
    /// Where the open stream tells what it hears.
    stream: Option<Hints>,
    reads: usize,
    /// How long each takes.
    read_takes: Duration,
    probes: usize,
    /// What each stream was opened with.
    filters: Vec<Vec<Path>>,
}

#[derive(Clone, Default)]
struct Server(Arc<Mutex<Tenant>>);

impl Server {
    fn at(version: i32) -> Self {
        let server = Self::default();
        server.write(version);
        server
    }

    fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> Reading {
        let tenant = self.tenant();
        let newest = || reading(tenant.rows.first().map_or(0, |row| row.version));
        tenant.stale.clone().unwrap_or_else(newest)
    }

    fn look(&self) -> Arc<Look> {
        Arc::new(Look::new(self.reading(), Instant::now()))
    }

    fn watch(&self) -> Watch {
        start(self.clone(), self.look(), WatchTiming::default())
    }

    fn write(&self, version: i32) {
        self.tenant().rows.insert(0, row(version, "id"));
    }

    fn restore(&self, version: i32) {
        self.tenant().rows = vec![row(version, "restored")];
    }

    /// Sends the event of a version, once a stream is open.
    async fn announce(&self, version: i32) {
        let news = Hint {
            version,
            written: Some(row(version, "id").written),
        };
        let opened = async {
            loop {
                let stream = self.tenant().stream.clone();
                if let Some(stream) = stream {
                    break stream;
                }
                time::sleep(Duration::from_millis(10)).await;
            }
        };
        let stream = timeout(TICK, opened).await.expect("a stream is open");
        source::tell(&stream, news);
    }
}

fn reading(version: i32) -> Reading {
    Reading::of_nothing(version)
}

impl Source for Server {
    async fn read(&self, _: Scope, _: Duration) -> Result<Reading, Failure> {
        self.tenant().reads += 1;
        let takes = self.tenant().read_takes;
        time::sleep(takes).await;
        Ok(self.reading())
    }

    async fn probe(&self, _: Duration) -> Result<Listing, Failure> {
        self.tenant().probes += 1;
        Ok(Listing {
            tenant_id: Some("t".into()),
            rows: self.tenant().rows.clone(),
        })
    }

    async fn describe(&self, _: Option<Arc<str>>, _: Duration) -> Result<Described, Failure> {
        Ok(Described {
            tenant_id: "t".into(),
            state: String::new(),
        })
    }

    async fn follow(&self, paths: &[Path], _: bool, hints: &Hints) -> Failure {
        self.tenant().stream = Some(hints.clone());
        self.tenant().filters.push(paths.to_vec());
        std::future::pending().await
    }

    fn redial(&self) {}

    fn dials(&self) -> watch::Receiver<Dials> {
        watch::channel(Dials::default()).1
    }
}

/// Notes which versions it is offered; refuses those that `fits` does not fit.
struct Notes {
    offers: mpsc::UnboundedSender<i32>,
    paths: Vec<Path>,
    fits: fn(i32) -> bool,
    gone: Arc<AtomicBool>,
}

/// The other end of [`Notes`].
struct Reader {
    offered: mpsc::UnboundedReceiver<i32>,
    gone: Arc<AtomicBool>,
}

impl Reader {
    fn new(path: &str, fits: fn(i32) -> bool) -> (Self, Notes) {
        let (offers, offered) = mpsc::unbounded_channel();
        let gone = Arc::<AtomicBool>::default();
        let notes = Notes {
            offers,
            paths: vec![path.into()],
            fits,
            gone: Arc::clone(&gone),
        };
        (Self { offered, gone }, notes)
    }

    fn join(watch: &Watch, look: Arc<Look>, path: &str) -> Self {
        let (reader, notes) = Self::new(path, |_| true);
        watch.join(Box::new(notes), look, Fit::Fits);
        reader
    }

    /// The next version that it is offered, which must come soon.
    async fn soon(&mut self) -> Option<i32> {
        let offer = timeout(Duration::from_secs(1), self.offered.recv()).await;
        offer.expect("an offer, or the end")
    }

    async fn nothing(&mut self, within: Duration) {
        let offer = timeout(within, self.offered.recv()).await;
        assert!(offer.is_err(), "{offer:?}");
    }
}

impl Consumer for Notes {
    fn paths(&self) -> &[Path] {
        &self.paths
    }

    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    fn follow(&self, _: Hold) {}

    fn check(&self, _: &Reading) -> Result<(), DecodeError> {
        Ok(())
    }

    fn offer(&self, reading: &Reading, _: Option<Written>) -> Fit {
        if self.offers.send(reading.version).is_ok() && (self.fits)(reading.version) {
            Fit::Fits
        } else {
            Fit::Rejected
        }
    }

    fn attribute(&self, _: i32, _: &Written) {}

    fn led_back(&self) {}

    fn report(&self, _: &Report) {}

    fn deciding(&self, _: Option<Deciding>) {}

    fn stop(&self, _: StopReason) {}
}

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

#[tokio::test]
async fn a_call_that_panics_fails() {
    let panics = async || -> Result<(), Failure> { panic!("no token") };
    let mut call: Option<Call<()>> = Some(Box::pin(panics()));
    let failure = finished(&mut call).await.expect_err("it panicked");
    assert!(failure.message.contains("no token") && call.is_none());
}

#[tokio::test(start_paused = true)]
async fn who_comes_with_other_content_is_brought_into_line_by_the_second_look() {
    let server = Server::at(10);
    let watch = server.watch();
    let mut first = Reader::join(&watch, watch.look(), "a");
    let mut torn = Look::new(reading(10), Instant::now());
    torn.answer.digest += 1;
    let mut second = Reader::join(&watch, Arc::new(torn), "a");
    let look = timeout(Duration::from_secs(3), second.offered.recv()).await;
    assert_eq!(look, Ok(Some(10)));
    first.nothing(TICK).await;
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
