//! Starting a [`DevServer`].

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::{
    net::TcpListener,
    runtime::{Handle, TryCurrentError},
};

use crate::{
    DevServer, Quirks,
    gate::Gate,
    hub::Hub,
    net::{self, Net},
    seed::{self, Seed},
};

/// What a [`DevServer`] starts with.
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until it is started"]
pub struct DevServerBuilder {
    address: Option<String>,
    seeds: Vec<Seed>,
    quirks: Quirks,
}

impl DevServerBuilder {
    /// Where to listen, as `host:port`; port 0 is any free one. `127.0.0.1:0` unless said.
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Schema, tenant and values to start with, as the text of a seed file. May be called often.
    pub fn seed_yaml(mut self, text: impl Into<String>) -> Self {
        self.seeds.push(Seed::Text(text.into()));
        self
    }

    /// A seed file, which is read when the server starts. May be called often.
    pub fn seed_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.seeds.push(Seed::File(path.into()));
        self
    }

    /// Which habits of the real server to imitate; all of them unless said.
    pub fn quirks(mut self, quirks: Quirks) -> Self {
        self.quirks = quirks;
        self
    }

    /// Short for the switch of the same name in [`Quirks`].
    pub fn rate_limit(mut self, on: bool) -> Self {
        self.quirks.rate_limit = on;
        self
    }

    /// Starts over TCP and the pipe.
    ///
    /// # Errors
    ///
    /// A seed is wrong, or the address cannot be had.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before its end, nothing was started.
    pub async fn start(self) -> Result<DevServer, StartError> {
        Handle::try_current()?;
        let address = self.address.as_deref().unwrap_or("127.0.0.1:0");
        let addr = net::resolve(address).await;
        let addr = addr.map_err(|source| StartError::Listen {
            address: address.to_owned(),
            source,
        })?;
        self.start_with(Some(addr)).await
    }

    /// Starts without a socket: the [`pipe`](DevServer::pipe) is the only way in.
    ///
    /// # Errors
    ///
    /// A seed is wrong.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before its end, nothing was started.
    pub async fn start_in_memory(self) -> Result<DevServer, StartError> {
        self.start_with(None).await
    }

    async fn start_with(self, addr: Option<SocketAddr>) -> Result<DevServer, StartError> {
        let hub = Arc::new(Hub::new(self.quirks));
        for seed in &self.seeds {
            let failed = |message| StartError::Seed {
                file: seed.name(),
                message,
            };
            let text = match seed {
                Seed::Text(text) => text.clone(),
                Seed::File(path) => {
                    std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?
                }
            };
            seed::plant(&mut hub.engine(), &text).map_err(failed)?;
        }
        let net = Net::new(Gate::new(Arc::clone(&hub)).await, Handle::try_current()?);
        let listener = match addr {
            Some(addr) => Some(listen(addr).await?),
            None => None,
        };
        let addr = listener
            .as_ref()
            .and_then(|listener| listener.local_addr().ok());
        net.up(listener);
        Ok(DevServer::new(hub, net, addr))
    }
}

pub(crate) async fn listen(addr: SocketAddr) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(addr).await;
    listener.map_err(|source| StartError::Listen {
        address: addr.to_string(),
        source,
    })
}

/// Why a [`DevServer`] did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It was not started inside a tokio runtime.
    #[error("a server needs a tokio runtime to run in")]
    NoRuntime(#[from] TryCurrentError),
    /// A seed is wrong.
    #[error("{file}: {message}")]
    Seed {
        /// Path of the file; `seed` for a text.
        file: String,
        /// What is wrong, where in the file, and what to do.
        message: String,
    },
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {}", cure(source))]
    Listen {
        /// The address.
        address: String,
        /// What the system says.
        source: io::Error,
    },
}

fn cure(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "the port is in use; stop who has it, or take another (0 is any free one)".to_owned()
        }
        io::ErrorKind::PermissionDenied => format!("{error}; take a port from 1024 on"),
        io::ErrorKind::AddrNotAvailable => format!("{error}; take an address of this machine"),
        _ => format!("{error}; write it as host:port, such as 127.0.0.1:9090"),
    }
}
