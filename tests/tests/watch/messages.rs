//! Streams that talk nonsense.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use decree_proto::v1::{ConfigChange, SubscribeResponse, TypedValue, typed_value::Kind};
use decree_runtime::{Body, Client, Live, Transport};
use http::{Request, Response};
use http_body_util::Either;
use prost::Message as _;
use tokio::time::timeout;
use tower::Service;

use crate::{Pay, TICK, follows, server, set_fee, shows_fee};

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
        set_fee(&server, fee);
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
    let pipe = server.pipe();
    let connect = move || {
        let pipe = pipe.clone();
        async move { pipe.connect().await }
    };
    let client = Client::builder("localhost:9090").subject("app");
    let client = client.connector(connect).layer(telling(lies)).build();
    let client = client.expect("sound options");
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
    set_fee(&server, 4);
    shows_fee(&mut live, 4, TICK).await;
    follows(&live, TICK).await;
}
