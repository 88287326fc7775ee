//! What a watch costs while nothing happens.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use decree_runtime::{Client, Live};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf},
    time::sleep,
};

use crate::{Pay, TICK, server};

/// A quiet hour costs a few cheap calls, and never a ping: this server closes connections that ping
/// more often than every five minutes.
#[tokio::test(start_paused = true)]
async fn a_quiet_hour_is_quiet() {
    let server = server().await;
    let sent = Arc::new(Mutex::new(Vec::new()));
    let (pipe, log) = (server.pipe(), Arc::clone(&sent));
    let client = Client::builder("localhost:9090")
        .subject("app")
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
