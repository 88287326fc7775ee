//! Connections: over TCP, over a pipe, and all of them gone at once.

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use hyper::{rt::Executor, server::conn::http2, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    task::{AbortHandle, JoinSet},
};

#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::{
    faults::{ConnectFault, Connection, Connections, Line, Open},
    gate::Gate,
};

const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

const PIPE_BUFFER: usize = 64 * 1024;

/// What anonymous callers over a pipe are called.
const PIPE_PEER: &str = "pipe";

/// Everything that runs for the server, so that nothing outlives it.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    gate: Gate,
    pub(crate) scheme: &'static str,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    runtime: Handle,
    pub(crate) connections: Connections,
    /// `None` while it is down.
    running: Arc<Mutex<Option<Running>>>,
}

#[derive(Debug, Default)]
struct Running {
    tasks: JoinSet<()>,
    listener: Option<AbortHandle>,
    /// Whether it lets anybody in.
    is_open: bool,
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
            connections: Connections::default(),
            running: Arc::default(),
        }
    }

    /// Speaks TLS over TCP from now on, or does not.
    #[cfg(feature = "tls")]
    pub(crate) fn with_tls(mut self, tls: Option<Tls>) -> Self {
        self.scheme = if tls.is_some() { "https" } else { "http" };
        self.tls = tls;
        self
    }

    /// Lets everybody in. What still runs goes on.
    pub(crate) fn up(&self, listener: Option<TcpListener>) {
        let accept = listener.map(|listener| self.clone().accept(listener));
        let mut running = self.running();
        let running = running.get_or_insert_default();
        running.is_open = true;
        running.listener = accept.map(|accept| running.tasks.spawn_on(accept, &self.runtime));
    }

    pub(crate) fn is_open(&self) -> bool {
        self.running()
            .as_ref()
            .is_some_and(|running| running.is_open)
    }

    /// Lets nobody in any more; what runs goes on. Returns the task that has the listener until it
    /// ends.
    pub(crate) fn close(&self) -> Option<AbortHandle> {
        let mut running = self.running();
        let running = running.as_mut()?;
        running.is_open = false;
        let listener = running.listener.take()?;
        listener.abort();
        Some(listener)
    }

    /// Closes the listener and drops every connection. Returns what is left of the tasks, which
    /// has to be awaited or dropped.
    pub(crate) fn down(&self) -> JoinSet<()> {
        let mut running = self.running().take().unwrap_or_default();
        running.tasks.abort_all();
        running.tasks
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
        let Ok(open) = self.admit().await else {
            return;
        };
        let line = Line::new(stream, Arc::clone(&open.connection));
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            // An error here is a client that does not trust us, or that we do not.
            if let Ok(stream) = tls.accept(line).await {
                self.serve(stream, peer, open).await;
            }
            return;
        }
        self.serve(line, peer, open).await;
    }

    /// Lets a connection in, in the way that is told.
    async fn admit(&self) -> io::Result<Open> {
        let refused = |why| io::Error::new(io::ErrorKind::ConnectionRefused, why);
        let connection = match self.gate.hub.lies.connect() {
            Some((ConnectFault::Refuse, _)) => return Err(refused("refused on demand")),
            Some((ConnectFault::Mute, _)) => Connection::mute(),
            Some((ConnectFault::Hang, hold)) => {
                let open = self.connections.open(Connection::default());
                hold.released().await;
                return Ok(open);
            }
            None => Connection::default(),
        };
        Ok(self.connections.open(connection))
    }

    async fn serve(
        self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        peer: String,
        open: Open,
    ) {
        let connection = &open.connection;
        let service = service_fn(|mut request| {
            request.extensions_mut().insert(Arc::clone(connection));
            self.gate.call(request, &peer)
        });
        let max_streams = self.gate.hub.lies.look(|faults| faults.max_streams);
        let mut serving = pin!(
            http2::Builder::new(self.clone())
                .max_concurrent_streams(max_streams)
                .auto_date_header(false)
                .serve_connection(TokioIo::new(stream), service)
        );
        let (mut leave, mut cut) = (
            pin!(connection.leave.notified()),
            pin!(connection.cut.notified()),
        );
        let mut leaving = false;
        poll_fn(|cx| {
            if cut.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            if !leaving && leave.as_mut().poll(cx).is_ready() {
                leaving = true;
                serving.as_mut().graceful_shutdown();
            }
            // An error here is a client that went away.
            serving.as_mut().poll(cx).map(drop)
        })
        .await;
    }

    /// Runs a task until it ends or the server goes down; does nothing while it is down.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(running) = self.running().as_mut() {
            while running.tasks.try_join_next().is_some() {} // the finished ones take up room
            running.tasks.spawn_on(task, &self.runtime);
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// `ConnectionRefused` while the server is down or stopping.
    ///
    /// # Cancel safety
    ///
    /// Does not wait for anything, unless told to by
    /// [`ConnectFault::Hang`](crate::faults::ConnectFault::Hang); dropped then, nothing was opened.
    pub async fn connect(&self) -> io::Result<DuplexStream> {
        let open = self.net.admit().await?;
        if !self.net.is_open() {
            return Err(io::Error::new(
                io::ErrorKind::ConnectionRefused,
                "the server is down",
            ));
        }
        let (client, server) = tokio::io::duplex(PIPE_BUFFER);
        let line = Line::new(server, Arc::clone(&open.connection));
        let net = self.net.clone();
        self.net.spawn(net.serve(line, PIPE_PEER.to_owned(), open));
        Ok(client)
    }
}

pub(crate) async fn resolve(address: &str) -> io::Result<SocketAddr> {
    let mut addrs = tokio::net::lookup_host(address).await?;
    addrs
        .next()
        .ok_or_else(|| io::Error::other("the name has no address"))
}
