//! What a call does when the server does not answer well: over the real gRPC stack and a pipe, under
//! a paused clock.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    convert::Infallible,
    future::Future,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use decree_dev::DevServer;
use decree_runtime::{
    Body, Client, ClientBuilder, DecreeConfig, ErrorKind, RetryPolicy, Role, Transport, Write,
};
use http::{Request, Response};
use tokio::time::Instant;
use tonic::{Code, Status};
use tower::{Service as _, ServiceBuilder, service_fn};

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: number, default: \"0.01\" }
    pay.retries: { type: integer }
tenant: { name: acme }
";

async fn server() -> DevServer {
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    server.expect("a server in memory needs nothing")
}

fn builder(server: &DevServer) -> ClientBuilder {
    let pipe = server.pipe();
    Client::builder("localhost:9090")
        .subject("calls")
        .role(Role::Admin)
        .connector(move || {
            let pipe = pipe.clone();
            async move { pipe.connect().await }
        })
}

fn client(server: &DevServer) -> Client {
    builder(server).build().expect("the options are sound")
}

fn fail(server: &DevServer, method: &str, code: Code, times: u32) {
    for _ in 0..times {
        server.fail_next(method, Status::new(code, "out of order"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_again_after_what_may_pass() {
    for code in [Code::Unavailable, Code::Internal, Code::DeadlineExceeded] {
        let server = server().await;
        fail(&server, "GetField", code, 2);
        let fee: f64 = client(&server)
            .get("acme", "pay.fee")
            .await
            .expect("the third time");
        assert!((fee - 0.01).abs() < f64::EPSILON);
        assert_eq!(server.calls("GetField"), 3, "{code:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_three_times_and_no_more_and_says_so() {
    let server = server().await;
    fail(&server, "GetField", Code::Unavailable, 9);
    let error = client(&server)
        .get::<f64>("acme", "pay.fee")
        .await
        .expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("tried 3 times"), "{error}");
    assert_eq!(server.calls("GetField"), 3);

    let once = builder(&server)
        .retry(RetryPolicy::never())
        .build()
        .expect("sound");
    let error = once.get::<f64>("acme", "pay.fee").await.expect_err("down");
    assert!(!error.to_string().contains("tried"), "{error}");
    assert_eq!(server.calls("GetField"), 4);
}

#[tokio::test(start_paused = true)]
async fn a_read_is_not_tried_again_after_a_plain_no() {
    for code in [
        Code::NotFound,
        Code::PermissionDenied,
        Code::InvalidArgument,
        Code::Unimplemented,
    ] {
        let server = server().await;
        fail(&server, "GetField", code, 1);
        let error = client(&server)
            .get::<f64>("acme", "pay.fee")
            .await
            .expect_err("no");
        assert!(error.to_string().contains("out of order"), "{error}");
        assert_eq!(server.calls("GetField"), 1, "{code:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_refusal_for_the_rate_the_server_gets_the_time_it_asks_for() {
    let server = server().await;
    let client = client(&server);
    // Ten at once are free.
    for _ in 0..10 {
        client
            .get::<f64>("acme", "pay.fee")
            .await
            .expect("within the burst");
    }
    let start = Instant::now();
    client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect("a second later");
    assert!(
        start.elapsed() >= Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );

    let hasty = builder(&server)
        .retry(RetryPolicy::never())
        .build()
        .expect("sound");
    let refused = async {
        loop {
            if let Err(error) = hasty.get::<f64>("acme", "pay.fee").await {
                return error;
            }
        }
    };
    let error = refused.await;
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_have_happened_is_not_sent_again() {
    for code in [
        Code::Unavailable,
        Code::Internal,
        Code::DeadlineExceeded,
        Code::Unknown,
    ] {
        let server = server().await;
        fail(&server, "SetField", code, 1);
        let error = client(&server)
            .set("acme", "pay.fee", 0.5)
            .await
            .expect_err("unclear");
        assert!(
            error.to_string().contains("may have been written"),
            "{error}"
        );
        assert_eq!(server.calls("SetField"), 1, "{code:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_refused_for_its_rate_or_for_others_is_sent_again() {
    let server = server().await;
    let conflict = "concurrent write conflict; retry with the latest checksum";
    server.fail_next("SetField", Status::aborted(conflict));
    let writer = client(&server);
    assert_eq!(
        writer
            .set("acme", "pay.fee", 0.5)
            .await
            .expect("the second time"),
        2
    );
    assert_eq!(server.calls("SetField"), 2);
    // With a key it would do nothing: the server remembers keys of writes that lost.
    server.fail_next("SetField", Status::aborted(conflict));
    let keyed = Write::new().set("pay.fee", 0.6).idempotency_key("k");
    let error = writer.write("acme", keyed).await.expect_err("lost");
    assert_eq!(error.kind(), ErrorKind::WriteConflict);
    for _ in 0..20 {
        writer
            .set("acme", "pay.fee", 0.7)
            .await
            .expect("the burst ends, the writes go on");
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_key_a_write_is_looked_for_and_sent_again() {
    let server = server().await;
    fail(&server, "SetField", Code::Unavailable, 1);
    let write = Write::new().set("pay.fee", 0.5).idempotency_key("k");
    let version = client(&server)
        .write("acme", write)
        .await
        .expect("the second time");
    assert_eq!((version, server.calls("SetField")), (2, 2));
    assert_eq!(server.calls("GetConfig"), 1, "it looked first");
}

/// Loses the answer to the first call of a method, after the server has done its work.
fn losing<F>(
    method: &'static str,
    lost: F,
) -> impl tower::Layer<Transport, Service = Losing<F>> + Clone
where
    F: Fn() -> bool + Clone,
{
    tower::layer::layer_fn(move |inner| Losing {
        method,
        lost: lost.clone(),
        inner,
    })
}

#[derive(Clone)]
struct Losing<F> {
    method: &'static str,
    lost: F,
    inner: Transport,
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Answer = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

impl<F: Fn() -> bool> tower::Service<Request<Body>> for Losing<F> {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Answer;

    fn poll_ready(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Answer {
        let lost = request.uri().path().ends_with(self.method) && (self.lost)();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            if lost {
                return Err(io::Error::from(io::ErrorKind::ConnectionReset).into());
            }
            Ok(answer)
        })
    }
}

fn first_only() -> impl Fn() -> bool + Clone + Send + Sync + 'static {
    let first = Arc::new(AtomicBool::new(true));
    move || first.swap(false, Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_guarded_write_is_found_and_not_done_twice() {
    for guard in ["key", "checksum"] {
        let server = server().await;
        let client = builder(&server)
            .layer(losing("/SetField", first_only()))
            .build()
            .expect("sound");
        let write = Write::new().set("pay.fee", 0.5);
        let write = if guard == "key" {
            write.idempotency_key("k")
        } else {
            let held = client
                .get_for_update::<f64>("acme", "pay.fee")
                .await
                .expect("read");
            held.set(0.5)
        };
        assert_eq!(
            client.write("acme", write).await.expect("found"),
            2,
            "{guard}"
        );
        assert_eq!(server.calls("SetField"), 1, "{guard}");
    }
    let server = server().await;
    let client = builder(&server)
        .layer(losing("/SetField", first_only()))
        .build()
        .expect("sound");
    let error = client
        .set("acme", "pay.fee", 0.5)
        .await
        .expect_err("nobody can tell");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(
        error.to_string().contains("may have been written"),
        "{error}"
    );
    assert_eq!(server.calls("SetField"), 1);
}

/// Fifty tasks that add one fifty times: nobody's addition is lost.
#[tokio::test(start_paused = true)]
async fn no_update_is_lost_among_many() {
    let server = DevServer::builder()
        .seed_yaml(SEED)
        .rate_limit(false)
        .start_in_memory()
        .await;
    let server = server.expect("a server");
    server.set("acme", "pay.retries", "0").expect("written");
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let client = client(&server);
            tokio::spawn(async move {
                let mut done = 0;
                for _ in 0..20 {
                    let added = client.update("acme", "pay.retries", |n: i64| n + 1).await;
                    match added {
                        Ok(_) => done += 1,
                        Err(error) => assert_eq!(error.kind(), ErrorKind::ChecksumMismatch),
                    }
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("no panic");
    }
    let found: i64 = client(&server)
        .get("acme", "pay.retries")
        .await
        .expect("read");
    assert_eq!(found, done);
    assert!(done > 100, "{done}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_costs_the_timeout_and_the_connection() {
    let server = server().await;
    let dials = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&dials);
    let client = Client::builder("localhost:9090")
        .subject("calls")
        .timeout(Duration::from_secs(3))
        .connector(move || {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            pipe_or_silence(&server, nth)
        });
    let client = client.build().expect("sound");
    let start = Instant::now();
    // The first connection hangs, the second is good.
    client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect("on the second connection");
    assert!(start.elapsed() >= Duration::from_secs(3));
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(dials.load(Ordering::SeqCst), 2);
}

type Io = tokio::io::DuplexStream;

fn pipe_or_silence(server: &DevServer, nth: u32) -> impl Future<Output = io::Result<Io>> + use<> {
    let pipe = server.pipe();
    async move {
        if nth == 0 {
            return std::future::pending().await;
        }
        pipe.connect().await
    }
}

#[tokio::test(start_paused = true)]
async fn no_call_takes_longer_than_its_budget() {
    let client = Client::builder("localhost:9090")
        .subject("calls")
        .role(Role::Admin)
        .retry(
            RetryPolicy::default()
                .attempts(u32::MAX)
                .budget(Duration::from_secs(7)),
        )
        .connector(std::future::pending::<io::Result<Io>>);
    let client = client.build().expect("sound");
    for timeout in [Duration::from_secs(2), Duration::MAX] {
        let client = client.with_timeout(timeout);
        let start = Instant::now();
        let error = client
            .get::<f64>("acme", "pay.fee")
            .await
            .expect_err("nobody answers");
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(
            start.elapsed() <= Duration::from_secs(7),
            "{:?}",
            start.elapsed()
        );
        let start = Instant::now();
        client
            .set("acme", "pay.fee", 1.0)
            .await
            .expect_err("nobody answers");
        assert!(
            start.elapsed() <= Duration::from_secs(7),
            "{:?}",
            start.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_asked_for_each_call_and_once_more_when_refused() {
    let server = server().await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let client = builder(&server)
        .token_provider(move |request| {
            log.lock().expect("no panic").push(request.rejected);
            async move { Ok::<_, Infallible>("t".to_owned()) }
        })
        // This server believes headers, not tokens.
        .headers(|headers| {
            headers.insert("x-subject", http::HeaderValue::from_static("calls"));
            headers.insert("x-role", http::HeaderValue::from_static("superadmin"));
        })
        .build()
        .expect("sound");
    let take = || std::mem::take(&mut *asked.lock().expect("no panic"));
    client.get::<f64>("acme", "pay.fee").await.expect("read");
    client.get::<f64>("acme", "pay.fee").await.expect("read");
    assert_eq!(take(), [false, false]);
    fail(&server, "GetField", Code::Unauthenticated, 1);
    client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect("with another token");
    assert_eq!(take(), [false, true]);
    fail(&server, "GetField", Code::Unauthenticated, 9);
    let error = client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect_err("no token will do");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert_eq!(take(), [false, true]);
}

/// A token that expires under a watch is renewed once at each refusal, and the watch goes on.
#[tokio::test(start_paused = true)]
async fn a_watch_renews_its_token() {
    #[derive(Debug, DecreeConfig)]
    struct Pay {
        #[decree(key = "pay.fee")]
        fee: f64,
    }
    let server = server().await;
    let rejected = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&rejected);
    let client = builder(&server)
        .token_provider(move |request| {
            count.fetch_add(u32::from(request.rejected), Ordering::SeqCst);
            async move { Ok::<_, Infallible>("t".to_owned()) }
        })
        .headers(|headers| {
            headers.insert("x-subject", http::HeaderValue::from_static("calls"));
            headers.insert("x-role", http::HeaderValue::from_static("superadmin"));
        })
        .build()
        .expect("sound");
    let mut live = client.live::<Pay>("acme").await.expect("readable");
    tokio::time::sleep(Duration::from_secs(2)).await;
    for method in ["Subscribe", "GetConfig", "ListVersions"] {
        fail(&server, method, Code::Unauthenticated, 1);
    }
    server.end_subscriptions();
    tokio::time::sleep(Duration::from_secs(60)).await;
    server.set("acme", "pay.fee", "0.5").expect("written");
    let start = Instant::now();
    while live.load().fee < 0.5 {
        live.changed().await.expect("the watch goes on");
    }
    assert!(start.elapsed() < Duration::from_secs(1), "by the stream");
    assert_eq!(rejected.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_fails_is_the_cause() {
    let server = server().await;
    let client = builder(&server)
        .token_provider(|_| async { Err::<String, _>("the vault is sealed") })
        .build()
        .expect("sound");
    let error = client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(format!("{error:?}").contains("the vault is sealed"));
    assert_eq!(server.calls("GetField"), 0, "it was not sent");
}

#[tokio::test(start_paused = true)]
async fn layers_see_every_call_and_the_last_one_first() {
    let server = server().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noting = |name: &'static str| {
        let seen = Arc::clone(&seen);
        ServiceBuilder::new().map_request(move |request: Request<Body>| {
            let trace = request.headers().get("traceparent").is_some();
            let method = request
                .uri()
                .path()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned();
            seen.lock()
                .expect("no panic")
                .push(format!("{name} {method} {trace}"));
            request
        })
    };
    let client = builder(&server)
        .headers(|headers| {
            headers.insert("traceparent", http::HeaderValue::from_static("00-1-2-01"));
        })
        .layer(noting("inner").into_inner())
        .layer(noting("outer").into_inner())
        .build()
        .expect("sound");
    client.get::<f64>("acme", "pay.fee").await.expect("read");
    let seen = seen.lock().expect("no panic");
    assert_eq!(*seen, ["outer GetField true", "inner GetField true"]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_client_ends_its_calls_and_makes_no_more() {
    #[derive(Debug, DecreeConfig)]
    struct Empty {}
    let client = Client::builder("localhost:9090")
        .subject("calls")
        .connector(std::future::pending::<io::Result<Io>>)
        .build()
        .expect("sound");
    let hanging = tokio::spawn({
        let client = client.clone();
        async move { client.get::<f64>("acme", "pay.fee").await }
    });
    let starting = tokio::spawn({
        let client = client.clone();
        async move { client.live::<Empty>("acme").await.map(|_| ()) }
    });
    tokio::task::yield_now().await;
    let start = Instant::now();
    client.close().await;
    let error = hanging.await.expect("no panic").expect_err("it ended");
    assert_eq!(error.kind(), ErrorKind::Closed);
    let error = starting.await.expect("no panic").expect_err("it ended");
    assert_eq!(error.kind(), ErrorKind::Closed);
    let error = client
        .set("acme", "pay.fee", 1.0)
        .await
        .expect_err("closed");
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert!(start.elapsed() < Duration::from_millis(10));
}

/// A call that is dropped at any point leaves a client that works.
#[tokio::test(start_paused = true)]
async fn a_dropped_call_leaves_nothing_broken() {
    let server = server().await;
    let client = client(&server);
    for polls in 0..40 {
        let mut call = tokio_test::task::spawn(client.update("acme", "pay.fee", |fee: f64| fee));
        for _ in 0..polls {
            if call.poll().is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        let fee: f64 = client.get("acme", "pay.fee").await.expect("it works");
        assert!((fee - 0.01).abs() < f64::EPSILON);
    }
}

#[tokio::test]
async fn a_closed_port_is_said_after_all_attempts() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    drop(listener);
    let client = Client::builder(&address).subject("calls").role(Role::Admin);
    let client = client.build().expect("sound");
    for error in [
        client
            .get::<f64>("acme", "pay.fee")
            .await
            .expect_err("nobody listens"),
        client
            .set("acme", "pay.fee", 1.0)
            .await
            .expect_err("nobody listens"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        let text = error.to_string();
        for part in [
            &address,
            "refused",
            "tried 3 times",
            "is the server running",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("may have been written"), "{text}");
    }
}

/// Answers `GetServerInfo` with a version, and counts how often it was asked.
#[tokio::test(start_paused = true)]
async fn an_incompatible_server_is_refused_each_time() {
    use decree_proto::v1::GetServerInfoResponse;
    use prost::Message as _;

    let server = server().await;
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let saying = tower::layer::layer_fn(move |inner: Transport| {
        let count = Arc::clone(&count);
        service_fn(move |request: Request<Body>| {
            let (mut inner, count) = (inner.clone(), Arc::clone(&count));
            async move {
                if !request.uri().path().ends_with("/GetServerInfo") {
                    std::future::poll_fn(|cx| inner.poll_ready(cx)).await?;
                    let response = inner.call(request).await?;
                    return Ok::<_, BoxError>(response.map(http_body_util::Either::Left));
                }
                // The second time it was updated.
                let version =
                    ["0.7.9", "0.12.0"][count.fetch_add(1, Ordering::SeqCst).min(1) as usize];
                let info = GetServerInfoResponse {
                    version: version.to_owned(),
                    ..Default::default()
                };
                let mut frame = vec![0];
                let length = u32::try_from(info.encoded_len()).expect("small");
                frame.extend(length.to_be_bytes());
                frame.extend(info.encode_to_vec());
                let mut trailers = http::HeaderMap::new();
                trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
                let body = http_body_util::Full::<bytes::Bytes>::from(frame);
                let body =
                    http_body_util::BodyExt::with_trailers(body, async { Some(Ok(trailers)) });
                let response = Response::builder().header("content-type", "application/grpc");
                Ok(response.body(http_body_util::Either::Right(body))?)
            }
        })
    });
    let client = builder(&server)
        .layer(saying)
        .check_version(true)
        .build()
        .expect("sound");
    let error = client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect_err("too old");
    assert_eq!(error.kind(), ErrorKind::IncompatibleServer);
    for part in ["0.7.9", "0.8.0", "1.0.0"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert_eq!(server.calls("GetField"), 0);
    client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect("it was updated");
    client
        .get::<f64>("acme", "pay.fee")
        .await
        .expect("and is not asked again");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
