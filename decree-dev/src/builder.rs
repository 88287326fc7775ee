//! Starting a [`DevServer`].

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::{
    net::TcpListener,
    runtime::{Handle, TryCurrentError},
};

#[cfg(feature = "jwt")]
use crate::auth::{Jwt, Verifier};
#[cfg(feature = "tls")]
use crate::tls::{Pems, Tls};
use crate::{
    DevServer, Quirks,
    auth::Auth,
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
    #[cfg(feature = "jwt")]
    jwt: Option<Jwt>,
    #[cfg(feature = "tls")]
    pems: Pems,
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

    /// Checks tokens instead of believing headers.
    #[cfg(feature = "jwt")]
    pub fn jwt(mut self, jwt: Jwt) -> Self {
        self.jwt = Some(jwt);
        self
    }

    /// Speaks TLS 1.3 with a certificate, followed by those that vouch for it, and its key, as PEM.
    /// Over TCP only: the pipe stays plain.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.pems.own = Some((certificate.into(), key.into()));
        self
    }

    /// Turns callers away that do not show a certificate of one of these authorities, given as PEM
    /// (mutual TLS).
    #[cfg(feature = "tls")]
    pub fn client_ca(mut self, certificates: impl Into<Vec<u8>>) -> Self {
        self.pems.client_ca = Some(certificates.into());
        self
    }

    #[cfg(feature = "jwt")]
    async fn auth(&self) -> Result<Auth, StartError> {
        let Some(jwt) = self.jwt.clone() else {
            return Ok(Auth::Headers);
        };
        let verifier = Verifier::new(jwt).await;
        verifier
            .map(|verifier| Auth::Jwt(Box::new(verifier)))
            .map_err(|message| StartError::Jwks { message })
    }

    #[cfg(not(feature = "jwt"))]
    #[allow(
        clippy::unused_async,
        clippy::unused_self,
        reason = "it has a twin that needs both"
    )]
    async fn auth(&self) -> Result<Auth, StartError> {
        Ok(Auth::Headers)
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
        let gate = Gate::new(Arc::clone(&hub), self.auth().await?).await;
        let net = Net::new(gate, Handle::try_current()?);
        #[cfg(feature = "tls")]
        let net = {
            let tls = Tls::new(&self.pems);
            net.with_tls(tls.map_err(|message| StartError::Tls { message })?)
        };
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
#[non_exhaustive]
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
    /// There are no keys to check tokens with.
    #[error("JWKS: {message}")]
    Jwks {
        /// What is wrong, and what to do.
        message: String,
    },
    /// A certificate or a key cannot be used.
    #[error("TLS: {message}")]
    Tls {
        /// What is wrong, and what to do.
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
