//! A wire between a client and its server. It knows the frames of HTTP/2, and puts in what no server
//! sends when it is told to.

mod frame;

use std::{collections::BTreeSet, io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{broadcast, watch},
    task::JoinSet,
};

pub(crate) use frame::Reason;
use frame::{Frame, Frames, LAST_STREAM, PREFACE, goaway, reset};

/// What is done to every open connection.
#[derive(Debug, Clone, Copy)]
enum Blow {
    GoAway(Reason),
    Disown(Reason),
    Resets(Reason),
    Abort,
}

/// What becomes of who calls, be it to open a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Calls {
    Pass,
    /// Each is reset, and the server does not see it.
    Reset(Reason),
    /// The connection is closed when the call has come.
    Close,
}

/// Carries connections until it is dropped.
#[derive(Debug)]
pub(crate) struct Wire {
    addr: SocketAddr,
    blows: broadcast::Sender<Blow>,
    calls: watch::Sender<Calls>,
    _listening: JoinSet<()>,
}

impl Wire {
    pub(crate) async fn to(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let (blows, calls) = (broadcast::Sender::new(4), watch::Sender::new(Calls::Pass));
        let mut listening = JoinSet::new();
        listening.spawn(listen(listener, server, blows.clone(), calls.clone()));
        Ok(Self {
            addr,
            blows,
            calls,
            _listening: listening,
        })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The server says that it goes, for this reason, and is gone.
    pub(crate) fn go_away(&self, reason: Reason) {
        self.strike(Blow::GoAway(reason));
    }

    /// The server says that it goes, for this reason, and that it looked at no stream.
    pub(crate) fn disown(&self, reason: Reason) {
        self.strike(Blow::Disown(reason));
    }

    /// Every stream that is open is reset.
    pub(crate) fn reset_streams(&self, reason: Reason) {
        self.strike(Blow::Resets(reason));
    }

    /// Every connection gets an RST.
    pub(crate) fn abort(&self) {
        self.strike(Blow::Abort);
    }

    /// What becomes of calls from now on.
    pub(crate) fn treat(&self, calls: Calls) {
        self.calls.send_replace(calls);
    }

    fn strike(&self, blow: Blow) {
        let _ = self.blows.send(blow); // without a connection it strikes nobody
    }
}

async fn listen(
    listener: TcpListener,
    server: SocketAddr,
    blows: broadcast::Sender<Blow>,
    calls: watch::Sender<Calls>,
) {
    let mut lines = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (blows, calls) = (blows.subscribe(), calls.subscribe());
        lines.spawn(async move {
            // An error here is a side that went away, and both are closed.
            if let Ok(line) = Line::open(client, server, calls).await {
                let _ = line.carry(blows).await;
            }
        });
    }
}

/// One connection.
struct Line {
    client: TcpStream,
    server: TcpStream,
    calls: watch::Receiver<Calls>,
    open: BTreeSet<u32>,
    /// Streams that were reset: neither side hears of them any more.
    gone: BTreeSet<u32>,
}

impl Line {
    async fn open(
        mut client: TcpStream,
        server: SocketAddr,
        calls: watch::Receiver<Calls>,
    ) -> io::Result<Self> {
        let mut server = TcpStream::connect(server).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let mut preface = [0; PREFACE];
        client.read_exact(&mut preface).await?;
        server.write_all(&preface).await?;
        Ok(Self {
            client,
            server,
            calls,
            open: BTreeSet::new(),
            gone: BTreeSet::new(),
        })
    }

    async fn carry(mut self, mut blows: broadcast::Receiver<Blow>) -> io::Result<()> {
        let (mut requests, mut answers) = (Frames::default(), Frames::default());
        loop {
            tokio::select! {
                frame = requests.next(&mut self.client) => match frame? {
                    Some(frame) => self.request(&frame).await?,
                    None => return Ok(()),
                },
                frame = answers.next(&mut self.server) => match frame? {
                    Some(frame) => self.answer(&frame).await?,
                    None => return Ok(()),
                },
                blow = blows.recv() => match blow.map_err(io::Error::other)? {
                    Blow::GoAway(reason) => {
                        return self.client.write_all(&goaway(LAST_STREAM, reason)).await;
                    }
                    Blow::Disown(reason) => self.client.write_all(&goaway(0, reason)).await?,
                    Blow::Resets(reason) => {
                        for stream in std::mem::take(&mut self.open) {
                            self.reset(stream, reason).await?;
                        }
                    }
                    Blow::Abort => return self.client.set_zero_linger(),
                },
            }
        }
    }

    async fn request(&mut self, frame: &Frame) -> io::Result<()> {
        if self.gone.contains(&frame.stream()) {
            return Ok(());
        }
        let calls = *self.calls.borrow();
        // The server gets it in any case: the headers of later calls refer to those of this one.
        self.server.write_all(frame.bytes()).await?;
        if frame.is_headers() {
            self.open.insert(frame.stream());
            match calls {
                Calls::Pass => {}
                Calls::Reset(reason) => self.reset(frame.stream(), reason).await?,
                Calls::Close => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        Ok(())
    }

    async fn answer(&mut self, frame: &Frame) -> io::Result<()> {
        if self.gone.contains(&frame.stream()) {
            return Ok(());
        }
        if frame.is_end() {
            self.open.remove(&frame.stream());
        }
        self.client.write_all(frame.bytes()).await
    }

    async fn reset(&mut self, stream: u32, reason: Reason) -> io::Result<()> {
        self.open.remove(&stream);
        self.gone.insert(stream);
        self.server
            .write_all(&reset(stream, Reason::Cancel))
            .await?;
        self.client.write_all(&reset(stream, reason)).await
    }
}
