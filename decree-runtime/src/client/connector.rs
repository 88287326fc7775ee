//! Dialing: over TCP, or by a function of the caller; and how often it was done.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::watch,
};
use tower_service::Service;

use crate::watch::Dials;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

type Dialing = Pin<Box<dyn Future<Output = io::Result<Box<dyn Io>>> + Send>>;

/// A function that dials, whatever its type.
pub(crate) type Connector = Arc<dyn Fn() -> Dialing + Send + Sync>;

pub(crate) fn erase<F, Fut, T>(connect: F) -> Connector
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = io::Result<T>> + Send + 'static,
    T: Io + 'static,
{
    Arc::new(move || {
        let connecting = connect();
        Box::pin(async move {
            let io: Box<dyn Io> = Box::new(connecting.await?);
            Ok(io)
        })
    })
}

/// Makes the connections of channels.
#[derive(Clone)]
pub(super) struct Dial {
    way: Way,
    /// What is counted; nothing for the connections of streams.
    dials: Option<watch::Sender<Dials>>,
}

#[derive(Clone)]
enum Way {
    Tcp(HttpConnector),
    Function(Connector),
}

impl Dial {
    /// The function of the caller, or TCP.
    pub(super) fn new(function: Option<Connector>, connect_timeout: Duration) -> Self {
        let way = function.map_or_else(|| Way::Tcp(tcp(connect_timeout)), Way::Function);
        Self { way, dials: None }
    }

    pub(super) fn counted(&self, dials: &watch::Sender<Dials>) -> Self {
        Self {
            way: self.way.clone(),
            dials: Some(dials.clone()),
        }
    }
}

fn tcp(connect_timeout: Duration) -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(connect_timeout));
    // A connection that hangs is found by a probe; this closes those that nobody probes.
    tcp.set_keepalive(Some(Duration::from_secs(20)));
    tcp.set_keepalive_interval(Some(Duration::from_secs(5)));
    tcp.set_keepalive_retries(Some(3));
    tcp.set_nodelay(true);
    tcp
}

/// Dialing as a channel wants it.
impl Service<Uri> for Dial {
    type Response = TokioIo<Box<dyn Io>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match &mut self.way {
            Way::Tcp(tcp) => tcp.poll_ready(context).map_err(Into::into),
            Way::Function(_) => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialing: Self::Future = match &mut self.way {
            Way::Tcp(tcp) => {
                let dialing = tcp.call(uri);
                Box::pin(async move {
                    let io: Box<dyn Io> = Box::new(dialing.await?.into_inner());
                    Ok(TokioIo::new(io))
                })
            }
            Way::Function(connect) => {
                let dialing = connect();
                Box::pin(async move { Ok(TokioIo::new(dialing.await?)) })
            }
        };
        let dials = self.dials.clone();
        Box::pin(async move {
            let io = dialing.await?;
            let Some(dials) = dials else {
                return Ok(io);
            };
            dials.send_modify(|dials| dials.opened += 1);
            let io: Box<dyn Io> = Box::new(Counted {
                io: io.into_inner(),
                dials,
            });
            Ok(TokioIo::new(io))
        })
    }
}

/// A connection whose end is counted.
struct Counted {
    io: Box<dyn Io>,
    dials: watch::Sender<Dials>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.dials.send_modify(|dials| dials.closed += 1);
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
