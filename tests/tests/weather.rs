//! What other clients of this server get wrong when its streams and calls fail: over the real gRPC
//! stack and a pipe, under a paused clock.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use decree_dev::{
    DevServer,
    faults::{Answer, EventFault, Fault, Garbage},
};
use decree_runtime::{Client, ClientBuilder, DecreeConfig, Live, Phase};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf},
    time::{sleep, timeout},
};
use tonic::{Code, Status};

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
        server.misbehave(|faults| {
            let refusal = Fault::Next(5, Answer::Fail(Status::new(code, "out of order")));
            for method in ["Subscribe", "ListVersions", "GetConfig"] {
                faults.answers.insert(method, refusal.clone());
            }
        });
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

/// A quiet hour costs a few cheap calls, and never a ping: this server closes connections that ping
/// more often than every five minutes.
#[tokio::test(start_paused = true)]
async fn a_quiet_hour_is_quiet() {
    let server = server().await;
    let sent = Arc::new(Mutex::new(Vec::new()));
    let (pipe, log) = (server.pipe(), Arc::clone(&sent));
    let client = Client::builder("localhost:9090")
        .subject("weather")
        .connector(move || {
            let (pipe, log) = (pipe.clone(), Arc::clone(&log));
            async move {
                let inner = pipe.connect().await?;
                let bytes = Arc::new(Mutex::new(Vec::new()));
                log.lock().expect("no panic").push(Arc::clone(&bytes));
                Ok(Recorded { inner, bytes })
            }
        });
    let client = client.build().expect("sound options");
    let live: Live<Pay> = client.live("acme").await.expect("readable");
    let before = ["ListVersions", "GetConfig"].map(|method| server.calls(method));
    sleep(Duration::from_secs(3_600)).await;
    let [probes, reads] = ["ListVersions", "GetConfig"].map(|method| server.calls(method));
    assert!(probes - before[0] <= 135, "{probes} probes");
    assert!(reads - before[1] <= 17, "{reads} whole reads");
    let sent = sent.lock().expect("no panic");
    let pings = sent
        .iter()
        .map(|bytes| pings(&bytes.lock().expect("no panic")));
    assert_eq!(pings.sum::<usize>(), 0);
    assert!(live.status().staleness() < TICK);
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
    let mut live = live(&server).await;
    until(|| server.subscribers() == 1).await;
    let lies = [
        (3, Some(EventFault::Garbage(Garbage::Empty))),
        (3, None),
        (2, Some(EventFault::Duplicate)),
        (-7, Some(EventFault::Garbage(Garbage::NoKind))),
        (1, Some(EventFault::Garbage(Garbage::WrongKind))),
        (i32::MAX, None),
    ];
    for (version, fault) in lies {
        server.misbehave(|faults| {
            faults.events = fault.map_or(Fault::Never, |fault| Fault::Next(1, fault));
        });
        let told = server.announce("acme", version, &[("pay.fee", "99")]);
        told.expect("the tenant is there");
    }
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
    server.misbehave(|faults| faults.events = Fault::Always(EventFault::Drop));
    change(&server, &mut live, 4, TICK).await; // the next look finds it
}
