//! Two hundred programs that watch one tenant behind the server's rate limit: they share one bucket
//! of 10 that refills at 100 a second, for reads as for the messages of their streams. Over the
//! real gRPC stack and pipes, under a paused clock.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use decree_dev::DevServer;
use decree_runtime::{Body, Client, DecreeConfig, Live, Transport};
use decree_tests::pipe::over_pipe;
use http::Request;
use tokio::{
    task::JoinSet,
    time::{Instant, interval, sleep, timeout},
};
use tower::Service as _;

const PROGRAMS: usize = 200;

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: integer }
tenant: { name: acme }
";

#[derive(Debug, DecreeConfig)]
struct Pay {
    #[decree(key = "pay.fee", default = 0)]
    _fee: i64,
}

/// Whole reads of all programs.
#[derive(Default)]
struct Reads {
    sent: AtomicU64,
    refused: AtomicU64,
}

impl Reads {
    /// Sent and refused, since this was called last.
    fn take(&self) -> (u64, u64) {
        (self.sent.swap(0, Relaxed), self.refused.swap(0, Relaxed))
    }
}

struct Fleet {
    server: DevServer,
    reads: Arc<Reads>,
    lives: Vec<Live<Pay>>,
    /// How long each took to start, the fastest first.
    started: Vec<Duration>,
}

impl Fleet {
    /// Starts all of them at once. What they draw at random follows from `seed`.
    async fn start(seed: u64) -> Self {
        fastrand::seed(seed);
        let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
        let server = server.expect("a server in memory needs nothing");
        server.set("acme", "pay.fee", "0").expect("written");
        let reads = Arc::new(Reads::default());
        let mut starting = JoinSet::new();
        let begun = Instant::now();
        for _ in 0..PROGRAMS {
            let client = program(&server, &reads);
            starting.spawn(async move {
                let live: Live<Pay> = client.live("acme").await.expect("it starts in time");
                (begun.elapsed(), live)
            });
        }
        let (started, lives) = sorted(starting.join_all().await);
        Self {
            server,
            reads,
            lives,
            started,
        }
    }

    /// Waits until every program has its stream; says how long that took.
    async fn streams(&self) -> Duration {
        let begun = Instant::now();
        let streams = timeout(Duration::from_secs(120), async {
            while self.server.subscribers() < PROGRAMS {
                sleep(Duration::from_millis(10)).await;
            }
        });
        streams.await.expect("every program has a stream");
        begun.elapsed()
    }

    /// Waits until the looks that follow a start are over, too.
    async fn settle(&self) {
        self.streams().await;
        sleep(Duration::from_secs(60)).await;
        self.reads.take();
    }

    fn change(&self, fee: u64) -> Change {
        let written = self.server.set("acme", "pay.fee", &fee.to_string());
        Change {
            version: written.expect("written"),
            at: Instant::now(),
        }
    }

    /// Follows every program until it shows `last`: which version it showed when.
    fn follow(&self, last: i32) -> JoinSet<Vec<Change>> {
        let follow = |mut live: Live<Pay>| async move {
            let mut shown = Vec::new();
            while live.version() < last {
                let next = timeout(Duration::from_secs(120), live.changed()).await;
                let next = next.expect("it shows").expect("the watch goes on");
                shown.push(Change {
                    version: next.version(),
                    at: Instant::now(),
                });
            }
            shown
        };
        self.lives.iter().cloned().map(follow).collect()
    }
}

/// A version, and when it was written or shown.
#[derive(Clone, Copy)]
struct Change {
    version: i32,
    at: Instant,
}

/// A program of its own: its connection, its watch, role `user`.
fn program(server: &DevServer, reads: &Arc<Reads>) -> Client {
    let reads = Arc::clone(reads);
    let counting = tower::layer::layer_fn(move |inner: Transport| {
        let reads = Arc::clone(&reads);
        tower::service_fn(move |request: Request<Body>| {
            let (mut inner, reads) = (inner.clone(), Arc::clone(&reads));
            async move {
                let is_read = request.uri().path().ends_with("/GetConfig");
                poll_fn(|cx| inner.poll_ready(cx)).await?;
                let response = inner.call(request).await?;
                if is_read {
                    let status = response.headers().get("grpc-status");
                    let refused = status.is_some_and(|status| status == "8");
                    reads.sent.fetch_add(1, Relaxed);
                    reads.refused.fetch_add(u64::from(refused), Relaxed);
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(response)
            }
        })
    });
    let client = over_pipe(server).subject("fleet").layer(counting);
    client.build().expect("sound options")
}

fn sorted(started: Vec<(Duration, Live<Pay>)>) -> (Vec<Duration>, Vec<Live<Pay>>) {
    let (mut times, lives): (Vec<_>, Vec<_>) = started.into_iter().unzip();
    times.sort_unstable();
    (times, lives)
}

/// From each change until each program showed it or a later one, the fastest first.
fn lags(changes: &[Change], programs: &[Vec<Change>]) -> Vec<Duration> {
    let lag = |change: &Change, shown: &[Change]| {
        let first = shown.iter().find(|shown| shown.version >= change.version);
        first.expect("it was shown").at - change.at
    };
    let mut lags: Vec<_> = programs
        .iter()
        .flat_map(|shown| changes.iter().map(move |change| lag(change, shown)))
        .collect();
    lags.sort_unstable();
    lags
}

/// Half, 90 %, 99 % and all of them.
fn quantiles(sorted: &[Duration]) -> String {
    let at = |share: usize| sorted[(sorted.len() * share).div_ceil(100) - 1].as_secs_f64();
    format!(
        "half {:.2} s, 90 % {:.2} s, 99 % {:.2} s, all {:.2} s",
        at(50),
        at(90),
        at(99),
        at(100)
    )
}

#[tokio::test(start_paused = true)]
async fn two_hundred_start_at_once_and_a_change_reaches_them_within_four_seconds() {
    let mut slowest = Duration::ZERO;
    for seed in 0..3 * decree_tests::scale() {
        let fleet = Fleet::start(seed).await;
        println!("seed {seed}: start: {}", quantiles(&fleet.started));
        fleet.settle().await;

        let following = fleet.follow(fleet.lives[0].version() + 1);
        let change = fleet.change(1);
        let lags = lags(&[change], &following.join_all().await);
        let (sent, refused) = fleet.reads.take();
        println!(
            "seed {seed}: change: {}; {sent} reads, {refused} refused",
            quantiles(&lags)
        );
        fleet.streams().await;
        println!("seed {seed}: all streams after {:?}", change.at.elapsed());
        assert!(refused * 10 <= sent, "{refused} of {sent} reads refused");
        slowest = slowest.max(lags[PROGRAMS - 1]);
    }
    assert!(slowest <= Duration::from_secs(4), "{slowest:?}");
}

#[tokio::test(start_paused = true)]
async fn changes_every_ten_seconds_are_never_more_than_six_seconds_late() {
    const CHANGES: u16 = 20;
    let mut slowest = Duration::ZERO;
    for seed in 100..100 + decree_tests::scale() {
        let fleet = Fleet::start(seed).await;
        fleet.settle().await;

        let following = fleet.follow(fleet.lives[0].version() + i32::from(CHANGES));
        let mut changes = Vec::new();
        let mut pace = interval(Duration::from_secs(10));
        for round in 1..=CHANGES {
            pace.tick().await;
            changes.push(fleet.change(round.into()));
        }
        let lags = lags(&changes, &following.join_all().await);
        let (sent, refused) = fleet.reads.take();
        println!(
            "seed {seed}: changes: {}; {sent} reads, {refused} refused",
            quantiles(&lags)
        );
        slowest = slowest.max(*lags.last().expect("some"));
    }
    assert!(slowest <= Duration::from_secs(6), "{slowest:?}");
}
