//! A connection that hangs: no reset, no end, no answer.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use decree_dev::DevServer;
use decree_runtime::{Client, DecreeConfig, Live, Phase};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf},
    time::{Instant, timeout},
};

#[derive(Debug, DecreeConfig)]
struct Fee {
    #[decree(key = "pay.fee", default = 0)]
    fee: i64,
}

const SEED: &str = "
spec_version: v1
schema:
  name: pay
  fields:
    pay.fee: { type: integer }
tenant: { name: acme }
";

/// Swallows what is written and never has anything to read once it is frozen.
struct Freezable {
    io: DuplexStream,
    frozen: Arc<AtomicBool>,
}

impl Freezable {
    fn is_frozen(&self) -> bool {
        self.frozen.load(Ordering::SeqCst)
    }
}

impl AsyncRead for Freezable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_frozen() {
            return Poll::Pending;
        }
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Freezable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_frozen() {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

/// A tick to notice, a probe that times out, a dial and a read.
const HEALED_WITHIN: Duration = Duration::from_secs(45);

#[tokio::test(start_paused = true)]
async fn a_connection_that_hangs_is_left_for_a_new_one() {
    let server = DevServer::builder().seed_yaml(SEED).start_in_memory().await;
    let server = server.expect("a server");
    let pipe = server.pipe();
    let first = Arc::new(AtomicBool::new(false));
    let frozen = Arc::clone(&first);
    let connect = move || {
        let pipe = pipe.clone();
        // Whoever dials after the freeze has a connection that works.
        let frozen = if frozen.load(Ordering::SeqCst) {
            Arc::default()
        } else {
            Arc::clone(&frozen)
        };
        async move {
            let io = pipe.connect().await?;
            Ok(Freezable { io, frozen })
        }
    };
    let client = Client::builder("localhost:9090")
        .subject("app")
        .connector(connect);
    let client = client.build().expect("sound options");
    let mut live: Live<Fee> = client.live("acme").await.expect("readable");
    server.set("acme", "pay.fee", "1").expect("written");
    live.changed().await.expect("the watch goes on");

    first.store(true, Ordering::SeqCst);
    server.set("acme", "pay.fee", "2").expect("written");
    let start = Instant::now();
    let healed = async {
        while live.load().fee != 2 {
            live.changed().await.expect("the watch goes on");
        }
    };
    timeout(HEALED_WITHIN, healed).await.expect("it dials anew");
    assert!(
        start.elapsed() > Duration::from_secs(5),
        "nothing arrives over a frozen connection"
    );

    // The stream is on a new connection, too: a change is pushed again.
    let following = async {
        while live.status().phase != Phase::Following {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    };
    timeout(HEALED_WITHIN, following)
        .await
        .expect("it follows again");
    server.set("acme", "pay.fee", "3").expect("written");
    let pushed = timeout(Duration::from_secs(1), live.changed()).await;
    assert_eq!(pushed.expect("pushed").expect("the watch goes on").fee, 3);
}
