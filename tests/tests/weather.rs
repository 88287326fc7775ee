//! What other clients of this server get wrong when its streams and calls fail: over the real gRPC
//! stack and a pipe, under a paused clock.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use decree_dev::DevServer;
use decree_proto::v1::{ConfigChange, SubscribeResponse, TypedValue, typed_value::Kind};
use decree_runtime::{Body, Client, ClientBuilder, DecreeConfig, Live, Phase, Transport};
use http::{Request, Response};
use http_body_util::Either;
use prost::Message as _;
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};
use tower::Service;

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
    fee: i64,
}

async fn server() -> DevServer {
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    server.expect("a server in memory needs nothing")
}

fn builder(server: &DevServer) -> ClientBuilder {
    let pipe = server.pipe();
    Client::builder("localhost:9090")
        .subject("weather")
        .connector(move || {
            let pipe = pipe.clone();
            async move { pipe.connect().await }
        })
}

async fn live(server: &DevServer) -> Live<Pay> {
    let client = builder(server).build().expect("sound options");
    client.live("acme").await.expect("the tenant is readable")
}

/// Writes, and waits until readers see it.
async fn change(server: &DevServer, live: &mut Live<Pay>, fee: i64, within: Duration) {
    server
        .set("acme", "pay.fee", &fee.to_string())
        .expect("written");
    let seen = timeout(within, async {
        while live.load().fee != fee {
            live.changed().await.expect("the watch goes on");
        }
    });
    assert!(
        seen.await.is_ok(),
        "{fee} not within {within:?}: {:?}",
        live.status()
    );
}

async fn until(condition: impl Fn() -> bool) {
    let met = timeout(Duration::from_secs(120), async {
        while !condition() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    met.await.expect("it comes to that");
}

const TICK: Duration = Duration::from_secs(34);

/// Whatever a stream, a read or a probe answers, the watch goes on.
#[tokio::test(start_paused = true)]
async fn no_code_ends_a_watch() {
    for code in 0..=16 {
        let code = Code::from_i32(code);
        let server = server().await;
        let mut live = live(&server).await;
        for method in ["Subscribe", "ListVersions", "GetConfig"] {
            for _ in 0..5 {
                server.fail_next(method, Status::new(code, "out of order"));
            }
        }
        server.end_subscriptions();
        change(&server, &mut live, 7, Duration::from_secs(120)).await;
        until(|| live.status().phase == Phase::Following).await;
        // By the stream again, too: far sooner than the next look.
        until(|| server.subscribers() == 1).await;
        change(&server, &mut live, 8, Duration::from_secs(1)).await;
    }
}

/// However often and in whatever way streams end, there is one at the end, not two, four, eight.
#[tokio::test(start_paused = true)]
async fn there_is_one_stream_however_often_it_ended() {
    let server = server().await;
    let mut live = live(&server).await;
    for round in 1..=6 {
        until(|| server.subscribers() == 1).await;
        if round % 2 == 0 {
            server.fail_next("Subscribe", Status::unavailable("not now"));
        }
        server.end_subscriptions();
    }
    until(|| server.subscribers() == 1).await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(server.subscribers(), 1);
    assert!(
        server.calls("Subscribe") <= 12,
        "{}",
        server.calls("Subscribe")
    );
    change(&server, &mut live, 9, Duration::from_secs(1)).await;
    drop(live);
    until(|| server.subscribers() == 0).await;
}

/// A server that accepts every stream and ends it is not flooded, and changes arrive all the same.
#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_closes_is_not_flooded() {
    let server = server().await;
    let mut live = live(&server).await;
    let closing = async {
        loop {
            server.end_subscriptions();
            sleep(Duration::from_millis(100)).await;
        }
    };
    let hour = sleep(Duration::from_secs(3_600));
    tokio::select! {
        () = closing => unreachable!("it goes on for ever"),
        () = hour => {}
    }
    let attempts = server.calls("Subscribe");
    assert!(attempts <= 130, "{attempts} attempts in an hour");
    change(&server, &mut live, 3, TICK).await;
}

/// Answers `Subscribe` with these messages and keeps the stream open; all else goes to the server.
fn telling(
    messages: Vec<SubscribeResponse>,
) -> impl tower::Layer<
    Transport,
    Service: Service<Request<Body>, Response = Response<Told>, Error = BoxError, Future: Send>
                 + Clone
                 + Send
                 + Sync,
> + Send
+ Sync {
    let frames: Vec<u8> = messages
        .into_iter()
        .flat_map(|message| frame(&message))
        .collect();
    tower::layer::layer_fn(move |inner: Transport| {
        let frames = bytes::Bytes::from(frames.clone());
        tower::service_fn(move |request: Request<Body>| {
            let (mut inner, frames) = (inner.clone(), frames.clone());
            async move {
                if request.uri().path().ends_with("/Subscribe") {
                    let response = Response::builder().header("content-type", "application/grpc");
                    return Ok(response.body(Either::Right(Open(Some(frames))))?);
                }
                std::future::poll_fn(|cx| inner.poll_ready(cx)).await?;
                Ok::<_, BoxError>(inner.call(request).await?.map(Either::Left))
            }
        })
    })
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Told = Either<Body, Open>;

/// A message as gRPC frames it.
fn frame(message: &SubscribeResponse) -> Vec<u8> {
    let length = u32::try_from(message.encoded_len()).expect("small");
    let mut frame = vec![0];
    frame.extend(length.to_be_bytes());
    frame.extend(message.encode_to_vec());
    frame
}

/// A body of one piece that never ends.
struct Open(Option<bytes::Bytes>);

impl http_body::Body for Open {
    type Data = bytes::Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, BoxError>>> {
        match self.0.take() {
            Some(bytes) => Poll::Ready(Some(Ok(http_body::Frame::data(bytes)))),
            None => Poll::Pending,
        }
    }
}

fn event(version: i32, value: Option<Kind>) -> SubscribeResponse {
    let change = ConfigChange {
        version,
        field_path: "pay.fee".to_owned(),
        new_value: value.map(|kind| TypedValue { kind: Some(kind) }),
        ..Default::default()
    };
    SubscribeResponse {
        change: Some(change),
    }
}

/// Messages without a change, without a value, of another kind, of an old version, of one that will
/// never be, twice and in the wrong order: all that they can do is make the watch look.
#[tokio::test(start_paused = true)]
async fn no_message_of_a_stream_is_believed() {
    let server = server().await;
    for fee in 1..=3 {
        server
            .set("acme", "pay.fee", &fee.to_string())
            .expect("written");
    }
    let lies = vec![
        SubscribeResponse { change: None },
        event(3, Some(Kind::IntegerValue(99))),
        event(2, Some(Kind::IntegerValue(98))),
        event(2, Some(Kind::IntegerValue(98))),
        event(-7, None),
        event(1, Some(Kind::StringValue("x".to_owned()))),
        event(i32::MAX, Some(Kind::IntegerValue(97))),
    ];
    let client = builder(&server)
        .layer(telling(lies))
        .build()
        .expect("sound options");
    let mut live: Live<Pay> = client.live("acme").await.expect("readable");
    let mut seen = vec![live.load().fee];
    let watching = timeout(Duration::from_secs(120), async {
        while let Ok(next) = live.changed().await {
            seen.push(next.fee);
        }
    });
    assert!(watching.await.is_err(), "it goes on");
    assert!(seen.iter().all(|fee| *fee == 3), "{seen:?}");
    // A version that nobody finds is asked for a while, and then at the usual pace.
    let reads = server.calls("GetConfig");
    assert!(reads <= 30, "{reads} reads");
    server.set("acme", "pay.fee", "4").expect("written");
    timeout(TICK, async {
        while live.load().fee != 4 {
            live.changed().await.expect("the watch goes on");
        }
    })
    .await
    .expect("the next look finds it");
}
