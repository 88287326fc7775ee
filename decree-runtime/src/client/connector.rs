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
    /// Closed with the last of those who call on what is dialed.
    users: watch::Receiver<()>,
}

/// What is closed when a [`Users`] is gone is closed in good order first: that takes as long as a
/// message to the peer.
const FAREWELL: Duration = Duration::from_secs(1);

/// Whoever calls on a channel. With the last clone its connections end.
pub(super) type Users = Arc<watch::Sender<()>>;

#[derive(Clone)]
enum Way {
    Tcp(HttpConnector),
    Function(Connector),
}

impl Dial {
    /// The function of the caller, or TCP.
    pub(super) fn new(function: Option<Connector>, connect_timeout: Duration) -> Self {
        let way = function.map_or_else(|| Way::Tcp(tcp(connect_timeout)), Way::Function);
        Self {
            way,
            dials: None,
            users: watch::channel(()).1,
        }
    }

    pub(super) fn counted(&self, dials: &watch::Sender<Dials>) -> Self {
        Self {
            dials: Some(dials.clone()),
            ..self.clone()
        }
    }

    /// For a channel of its own, whose connections end with its users.
    pub(super) fn of_users(self) -> (Self, Users) {
        let (users, left) = watch::channel(());
        let dial = Self {
            users: left,
            ..self
        };
        (dial, Arc::new(users))
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
        let (dials, mut users) = (self.dials.clone(), self.users.clone());
        Box::pin(async move {
            let io = dialing.await?.into_inner();
            if let Some(dials) = &dials {
                dials.send_modify(|dials| dials.opened += 1);
            }
            let end = async move {
                // An error is what is waited for: the sender goes with the last user.
                let _left = users.changed().await;
                tokio::time::sleep(FAREWELL).await;
            };
            let io: Box<dyn Io> = Box::new(Line {
                io,
                end: Some(Box::pin(end)),
                dials,
            });
            Ok(TokioIo::new(io))
        })
    }
}

/// A connection that ends some time after its users, and whose end is counted. HTTP/2 alone would keep
/// one open for ever on which a call waits that the peer allows no stream for, given up or not.
struct Line {
    io: Box<dyn Io>,
    /// `None` once it is over.
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    dials: Option<watch::Sender<Dials>>,
}

impl Line {
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let end = self.end.as_mut();
        let over = end.is_none_or(|end| end.as_mut().poll(context).is_ready());
        if over {
            self.end = None;
        }
        over
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(dials) = &self.dials {
            dials.send_modify(|dials| dials.closed += 1);
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_over(context) {
            // As if the peer had ended it.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
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

#[cfg(test)]
mod tests {
    use socket2::SockRef;

    use super::*;

    /// A machine that is gone says nothing, and who only follows asks nothing.
    #[tokio::test]
    async fn the_system_asks_the_peer_whether_it_is_there() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = listener.await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let uri = format!("http://{address}").parse().expect("a URI");
        let dialed = tcp(Duration::from_secs(5)).call(uri).await;
        let stream = dialed.expect("it listens").into_inner();
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().expect("a socket"));
        let seconds = |time: io::Result<Duration>| time.expect("a socket").as_secs();
        assert_eq!(seconds(socket.tcp_keepalive_time()), 20);
        assert_eq!(seconds(socket.tcp_keepalive_interval()), 5);
        assert_eq!(socket.tcp_keepalive_retries().expect("a socket"), 3);
        assert!(socket.tcp_nodelay().expect("a socket"));
    }
}
