//! What can be wrong with a connection.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
};

/// What happens to who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectFault {
    /// The connection is refused; over TCP, where the system accepts before the server knows, it is
    /// closed at once.
    Refuse,
    /// Connecting hangs until [`release`](crate::DevServer::release); over TCP, where the system
    /// accepts before the server knows, it is the handshake that hangs.
    Hang,
    /// The connection is silent for ever: what is sent is swallowed, and nothing comes back.
    Mute,
}

/// What becomes of the streams of a connection that is to be left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// They go on and hear of every event.
    Delivering,
    /// They stay open and hear of nothing any more, like those of a process beside the one that
    /// is written to.
    Deaf,
}

/// One connection, as the server may treat it.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    frozen: AtomicBool,
    deaf: AtomicBool,
    pub(crate) leave: Notify,
    pub(crate) cut: Notify,
}

impl Connection {
    pub(crate) fn mute() -> Self {
        Self {
            frozen: true.into(),
            ..Self::default()
        }
    }

    fn is_frozen(&self) -> bool {
        self.frozen.load(Ordering::SeqCst)
    }

    pub(crate) fn is_deaf(&self) -> bool {
        self.deaf.load(Ordering::SeqCst)
    }
}

/// All connections that are open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<Vec<Arc<Connection>>>>);

impl Connections {
    pub(crate) fn open(&self, connection: Connection) -> Open {
        let connection = Arc::new(connection);
        self.list().push(Arc::clone(&connection));
        Open {
            among: self.clone(),
            connection,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.list().len()
    }

    pub(crate) fn freeze(&self) {
        for connection in &*self.list() {
            connection.frozen.store(true, Ordering::SeqCst);
        }
    }

    pub(crate) fn leave(&self, streams: Streams) {
        for connection in &*self.list() {
            if streams == Streams::Deaf {
                connection.deaf.store(true, Ordering::SeqCst);
            }
            connection.leave.notify_one();
        }
    }

    pub(crate) fn cut(&self) {
        for connection in &*self.list() {
            connection.cut.notify_one();
        }
    }

    fn list(&self) -> MutexGuard<'_, Vec<Arc<Connection>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An entry in the list of connections, for as long as there is this.
#[derive(Debug)]
pub(crate) struct Open {
    among: Connections,
    pub(crate) connection: Arc<Connection>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut list = self.among.list();
        list.retain(|other| !Arc::ptr_eq(other, &self.connection));
    }
}

/// The line of a connection. Once frozen it swallows what comes and what goes.
#[derive(Debug)]
pub(crate) struct Line<S> {
    io: S,
    connection: Arc<Connection>,
}

impl<S: AsyncRead + Unpin> Line<S> {
    pub(crate) fn new(io: S, connection: Arc<Connection>) -> Self {
        Self { io, connection }
    }

    /// Ready when the other side has closed.
    fn poll_swallow(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut scraps = [0; 1024];
        loop {
            let mut scraps = ReadBuf::new(&mut scraps);
            ready!(Pin::new(&mut self.io).poll_read(cx, &mut scraps))?;
            if scraps.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.connection.is_frozen() {
            return self.poll_swallow(cx);
        }
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.connection.is_frozen() {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.is_frozen() {
            ready!(self.poll_swallow(cx))?;
        }
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
