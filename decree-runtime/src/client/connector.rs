//! Dialing by a function of the caller.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

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

/// A [`Connector`] as the channel wants it.
#[derive(Clone)]
pub(crate) struct Dial(pub(crate) Connector);

impl Service<Uri> for Dial {
    type Response = TokioIo<Box<dyn Io>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let dialing = (self.0)();
        Box::pin(async move { dialing.await.map(TokioIo::new) })
    }
}
