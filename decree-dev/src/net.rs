//! Connections: over TCP, over a pipe, and all of them gone at once.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hyper::{rt::Executor, server::conn::http2, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    task::JoinSet,
};

use crate::gate::Gate;
#[cfg(feature = "tls")]
use crate::tls::Tls;

const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

const PIPE_BUFFER: usize = 64 * 1024;

/// What anonymous callers over a pipe are called.
const PIPE_PEER: &str = "pipe";

/// Everything that runs for the server, so that nothing outlives it. Empty while it is down.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    gate: Gate,
    pub(crate) scheme: &'static str,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    runtime: Handle,
    tasks: Arc<Mutex<Option<JoinSet<()>>>>,
}

impl Net {
    /// Down until [`up`](Self::up).
    pub(crate) fn new(gate: Gate, runtime: Handle) -> Self {
        Self {
            gate,
            scheme: "http",
            #[cfg(feature = "tls")]
            tls: None,
            runtime,
            tasks: Arc::default(),
        }
    }

    /// Speaks TLS over TCP from now on, or does not.
    #[cfg(feature = "tls")]
    pub(crate) fn with_tls(mut self, tls: Option<Tls>) -> Self {
        self.scheme = if tls.is_some() { "https" } else { "http" };
        self.tls = tls;
        self
    }

    pub(crate) fn up(&self, listener: Option<TcpListener>) {
        *self.tasks() = Some(JoinSet::new());
        if let Some(listener) = listener {
            self.spawn(self.clone().accept(listener));
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.tasks().is_some()
    }

    /// Closes the listener and drops every connection. Returns what is left of the tasks, which
    /// has to be awaited or dropped.
    pub(crate) fn down(&self) -> JoinSet<()> {
        let mut tasks = self.tasks().take().unwrap_or_default();
        tasks.abort_all();
        tasks
    }

    async fn accept(self, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // Only a matter of speed.
                    let _ = stream.set_nodelay(true);
                    self.spawn(self.clone().receive(stream, peer.ip().to_string()));
                }
                // Out of file descriptors, most likely: others have to close first.
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    async fn receive(self, stream: TcpStream, peer: String) {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            // An error here is a client that does not trust us, or that we do not.
            if let Ok(stream) = tls.accept(stream).await {
                self.serve(stream, peer).await;
            }
            return;
        }
        self.serve(stream, peer).await;
    }

    async fn serve(
        self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        peer: String,
    ) {
        let service = service_fn(|request| self.gate.call(request, &peer));
        // An error here is a client that went away.
        let _ = http2::Builder::new(self.clone())
            .max_concurrent_streams(None)
            .auto_date_header(false)
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    /// Runs a task until it ends or the server goes down; does nothing while it is down.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> bool {
        let mut tasks = self.tasks();
        let Some(tasks) = tasks.as_mut() else {
            return false;
        };
        while tasks.try_join_next().is_some() {} // the finished ones take up room
        tasks.spawn_on(task, &self.runtime);
        true
    }

    fn tasks(&self) -> MutexGuard<'_, Option<JoinSet<()>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls of a connection run as tasks of their own, and belong to the server like the rest.
impl<F> Executor<F> for Net
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, task: F) {
        self.spawn(task);
    }
}

/// A way to the server without a socket: every [`connect`](Self::connect) is a connection.
///
/// It works under a paused clock, where sockets do not.
#[derive(Debug, Clone)]
pub struct Pipe {
    net: Net,
}

impl Pipe {
    pub(crate) fn new(net: Net) -> Self {
        Self { net }
    }

    /// Opens a connection; HTTP/2 with prior knowledge is spoken over it.
    ///
    /// # Errors
    ///
    /// `ConnectionRefused` while the server is down.
    ///
    /// # Cancel safety
    ///
    /// Does not wait for anything.
    #[allow(clippy::unused_async, reason = "connecting over anything else waits")]
    pub async fn connect(&self) -> io::Result<DuplexStream> {
        let (client, server) = tokio::io::duplex(PIPE_BUFFER);
        if self
            .net
            .spawn(self.net.clone().serve(server, PIPE_PEER.to_owned()))
        {
            Ok(client)
        } else {
            Err(io::Error::new(
                io::ErrorKind::ConnectionRefused,
                "the server is down",
            ))
        }
    }
}

pub(crate) async fn resolve(address: &str) -> io::Result<SocketAddr> {
    let mut addrs = tokio::net::lookup_host(address).await?;
    addrs
        .next()
        .ok_or_else(|| io::Error::other("the name has no address"))
}
