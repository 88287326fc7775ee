//! What layers see, and a server that is not what it was: shown by a layer, too.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use decree_runtime::{Body, ErrorKind, Transport};
use http::{Request, Response};
use tower::{Service as _, ServiceBuilder, service_fn};

use super::{BoxError, builder, server};

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
