//! What an hour of a watch costs its server, and how much of it the watch has a stream: over the real
//! gRPC stack and a pipe, under a paused clock. What a watch draws at random differs from hour to
//! hour, so each is lived through with several seeds.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use decree_dev::DevServer;
use decree_runtime::{Body, Client, ClientBuilder, DecreeConfig, Live, Transport};
use decree_tests::pipe::over_pipe;
use http::Request;
use http_body_util::Either;
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf},
    time::{Instant, sleep, sleep_until},
};
use tonic::{Code, Status};
use tower::Service as _;

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: integer }
    pay.other: { type: integer }
tenant: { name: acme }
";

#[derive(Debug, DecreeConfig)]
struct Pay {
    #[decree(key = "pay.fee", default = 0)]
    _fee: i64,
}

const HOUR: Duration = Duration::from_secs(3_600);
const TICK: Duration = Duration::from_secs(34);

/// What is counted; the first two are the cheap ones that look for news.
const METHODS: [&str; 4] = ["ListVersions", "GetTenant", "GetConfig", "Subscribe"];

async fn server() -> DevServer {
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    server.expect("a server in memory needs nothing")
}

fn builder(server: &DevServer) -> ClientBuilder {
    over_pipe(server).subject("hours")
}

async fn live(client: ClientBuilder) -> Live<Pay> {
    let client = client.build().expect("sound options");
    client.live("acme").await.expect("the tenant is readable")
}

/// How often each of [`METHODS`] is called while `what` goes on.
async fn counted(server: &DevServer, what: impl Future<Output = ()>) -> [u64; 4] {
    let calls = || METHODS.map(|method| server.calls(method));
    let before = calls();
    what.await;
    let after = calls();
    std::array::from_fn(|method| after[method] - before[method])
}

/// The most of each that any hour saw.
fn most(hours: &[[u64; 4]]) -> [u64; 4] {
    let most = std::array::from_fn(|method| hours.iter().map(|hour| hour[method]).max());
    let most = most.map(|calls| calls.expect("some hours"));
    println!("at most, of {METHODS:?}: {most:?}");
    most
}

/// A quiet hour costs a few cheap calls, and never a ping: this server closes connections that ping
/// more often than every five minutes.
#[tokio::test(start_paused = true)]
async fn a_quiet_hour_is_quiet() {
    let mut hours = Vec::new();
    for seed in 0..20 * decree_tests::scale() {
        fastrand::seed(seed);
        let server = server().await;
        let sent = Arc::new(Mutex::new(Vec::new()));
        let (pipe, log) = (server.pipe(), Arc::clone(&sent));
        let client = Client::builder("localhost:9090").subject("hours");
        let live = live(client.connector(move || {
            let (pipe, log) = (pipe.clone(), Arc::clone(&log));
            async move {
                let inner = pipe.connect().await?;
                let bytes = Arc::new(Mutex::new(Vec::new()));
                log.lock().expect("no panic").push(Arc::clone(&bytes));
                Ok(Recorded { inner, bytes })
            }
        }));
        let live = live.await;
        // Every other hour begins with the start, the rest somewhere later.
        sleep(Duration::from_secs(seed % 2 * seed * 17)).await;
        hours.push(counted(&server, sleep(HOUR)).await);
        let sent = sent.lock().expect("no panic");
        let pings = sent
            .iter()
            .map(|bytes| pings(&bytes.lock().expect("no panic")));
        assert_eq!(pings.sum::<usize>(), 0);
        assert!(live.status().staleness() < TICK);
    }
    let [probes, tenants, reads, streams] = most(&hours);
    assert!(probes <= 130, "{probes} probes");
    assert!(tenants <= 130, "{tenants} looks at the tenant");
    assert!(reads <= 16, "{reads} whole reads");
    assert!(streams <= 2, "{streams} streams");
}

/// Writes to a field that the program does not read send it no event: each look finds a new version,
/// and reads once.
#[tokio::test(start_paused = true)]
async fn writes_to_foreign_fields_cost_one_read_a_tick() {
    let mut hours = Vec::new();
    for seed in 0..5 * decree_tests::scale() {
        fastrand::seed(seed);
        let server = server().await;
        let live = live(builder(&server)).await;
        let writing = async {
            let begun = Instant::now();
            for second in 1..=3_600 {
                let written = server.set("acme", "pay.other", &second.to_string());
                written.expect("written");
                sleep_until(begun + Duration::from_secs(second)).await;
            }
        };
        hours.push(counted(&server, writing).await);
        assert!(live.status().staleness() < TICK);
    }
    let [_, _, reads, streams] = most(&hours);
    assert!(reads <= 130 + 16, "{reads} whole reads");
    assert!(streams <= 2, "{streams} streams");
}

/// What came of streams that a server ended.
#[derive(Default)]
struct Streams {
    opened: AtomicU32,
    ended: AtomicU32,
}

/// Ends every stream with `status` after `life`, as the server ends one that had nothing to tell:
/// it has sent no headers, so the answer is the status alone.
fn ending(
    client: ClientBuilder,
    life: Duration,
    status: &Status,
    streams: &Arc<Streams>,
) -> ClientBuilder {
    let (status, streams) = (status.clone(), Arc::clone(streams));
    client.layer(tower::layer::layer_fn(move |inner: Transport| {
        let (status, streams) = (status.clone(), Arc::clone(&streams));
        tower::service_fn(move |request: Request<Body>| {
            let (mut inner, status, streams) =
                (inner.clone(), status.clone(), Arc::clone(&streams));
            async move {
                if request.uri().path().ends_with("/Subscribe") {
                    streams.opened.fetch_add(1, Relaxed);
                    sleep(life).await;
                    streams.ended.fetch_add(1, Relaxed);
                    return Ok(status.into_http::<Body>().map(Either::Right));
                }
                poll_fn(|cx| inner.poll_ready(cx)).await?;
                let response = inner.call(request).await?;
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(response.map(Either::Left))
            }
        })
    }))
}

/// An hour of streams that end with `status` after `life`: how many were opened, and for how much
/// of the hour there was one.
async fn hour_of_streams(life: Duration, status: &Status) -> (u32, f64) {
    let server = server().await;
    let streams = Arc::new(Streams::default());
    let live = live(ending(builder(&server), life, status, &streams)).await;
    sleep(HOUR).await;
    assert!(live.status().staleness() < TICK, "{:?}", live.status());
    let open = life.as_secs_f64() * f64::from(streams.ended.load(Relaxed));
    (streams.opened.load(Relaxed), open / HOUR.as_secs_f64())
}

/// A server that takes every stream and ends it at once, in whatever way, is not flooded.
#[tokio::test(start_paused = true)]
async fn a_server_that_ends_every_stream_is_not_flooded() {
    let codes = (0..=16).map(|code| Status::new(Code::from_i32(code), "not now"));
    let too_many = Status::invalid_argument("request has 1 field_paths, exceeds limit of 0");
    let mut most = 0;
    for seed in 0..decree_tests::scale() {
        for (nth, status) in (0..).zip(codes.clone().chain([too_many.clone()])) {
            fastrand::seed(100 * seed + nth);
            let (opened, _) = hour_of_streams(Duration::from_millis(5), &status).await;
            assert!(opened <= 130, "{opened} streams that ended with {status:?}");
            most = most.max(opened);
        }
    }
    println!("at most {most} streams in an hour");
}

/// Streams that live a while are replaced soon: most of the time there is one.
#[tokio::test(start_paused = true)]
async fn streams_that_live_a_while_are_replaced_soon() {
    for life in [5, 15, 60] {
        let mut least = 1.0_f64;
        for seed in 0..decree_tests::scale() {
            for (nth, status) in (0..).zip([Status::ok(""), Status::unavailable("not now")]) {
                fastrand::seed(2 * seed + nth);
                let (_, share) = hour_of_streams(Duration::from_secs(life), &status).await;
                least = least.min(share);
            }
        }
        println!(
            "streams of {life} s: at least {:.1} % of the hour",
            least * 100.0
        );
        assert!(least >= 0.8, "{least}");
    }
}

/// How many PING frames that are no answers a client sent.
fn pings(bytes: &[u8]) -> usize {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const PING: u8 = 6;
    let mut rest = bytes.strip_prefix(PREFACE).expect("HTTP/2");
    let (mut frames, mut pings) = (0, 0);
    while let [a, b, c, kind, flags, _, _, _, _, payload @ ..] = rest {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        pings += usize::from(*kind == PING && flags & 1 == 0);
        frames += 1;
        rest = payload.get(length..).unwrap_or_default();
    }
    assert!(frames > 1, "frames are found");
    pings
}

/// A pipe that keeps what is written to it.
struct Recorded {
    inner: DuplexStream,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Recorded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Recorded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = written {
            self.bytes.lock().expect("no panic").extend(&bytes[..count]);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
