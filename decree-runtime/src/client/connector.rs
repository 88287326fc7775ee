//! Dialing: over TCP, or by a function of the caller; and how often it was done.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

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

/// How often a connection came about. Nothing else tells that a channel left one for another.
#[derive(Debug, Clone, Default)]
pub(super) struct Dials(Arc<AtomicU64>);

impl Dials {
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes the connections of channels.
#[derive(Clone)]
pub(super) struct Dial {
    way: Way,
    /// What is counted; nothing for the connections of streams.
    dials: Option<Dials>,
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

    pub(super) fn counted(&self, dials: &Dials) -> Self {
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
            if let Some(Dials(dials)) = dials {
                dials.fetch_add(1, Ordering::Relaxed);
            }
            Ok(io)
        })
    }
}
