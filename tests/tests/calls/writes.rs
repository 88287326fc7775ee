//! Writes that fail: what is sent again, what is looked for, and what is left to the caller.

use std::{
    future::Future,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use decree_dev::{
    DevServer,
    faults::{EventFault, Fault},
};
use decree_runtime::{Body, DecreeConfig, ErrorKind, Live, Transport, Write};
use http::{Request, Response};
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};

use super::{BoxError, SEED, builder, client, fail, server};

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

/// No event tells of it, and no answer did.
#[tokio::test(start_paused = true)]
async fn a_write_that_was_found_shows_at_once() {
    #[derive(Debug, DecreeConfig)]
    struct Pay {
        #[decree(key = "pay.fee")]
        fee: f64,
    }

    let server = server().await;
    let client = builder(&server)
        .layer(losing("/SetField", first_only()))
        .build()
        .expect("sound");
    let mut live: Live<Pay> = client.live("acme").await.expect("readable");
    sleep(Duration::from_secs(3)).await; // past the first probes
    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));
    let write = Write::new().set("pay.fee", 0.5).idempotency_key("k");
    let version = client.write("acme", write).await.expect("found");
    let shown = timeout(Duration::from_secs(1), live.changed()).await;
    let shown = shown.expect("soon").expect("the watch goes on");
    assert_eq!((shown.fee, live.version()), (0.5, version));
}

/// Fifty tasks that add one fifty times: nobody's addition is lost.
#[tokio::test(start_paused = true)]
async fn no_update_is_lost_among_many() {
    decree_tests::draws::fix();
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
