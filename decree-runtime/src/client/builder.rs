//! The options of a client.

use std::{future::Future, io, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    Client, Decorate, Shared,
    address::{self, Security},
    closing::Closing,
    connection::Connection,
    connector::{self, Connector},
    identity::{self, Role},
    retry::RetryPolicy,
    server::ServerCheck,
    tls::{Roots, Tls},
    token::{Token, TokenRequest},
    transport::{self, Body, Transport, Wrap},
    types::Schemas,
    watches::Watches,
};
use crate::{
    error::{Error, ErrorKind},
    watch::WatchTiming,
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The options of a [`Client`]. Nothing is checked and nothing is dialed before
/// [`build`](Self::build).
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    address: String,
    subject: Option<String>,
    role: Role,
    tenants: Vec<String>,
    token: Option<Result<Token, Error>>,
    plaintext: bool,
    plaintext_token: bool,
    tls: Tls,
    timeout: Duration,
    connect_timeout: Duration,
    retry: RetryPolicy,
    check_version: bool,
    decorate: Option<Decorate>,
    connector: Option<Connector>,
    wrap: Option<Wrap>,
    watch_timing: WatchTiming,
    #[cfg(feature = "cache")]
    cache_dir: Option<std::path::PathBuf>,
}

impl ClientBuilder {
    pub(super) fn new(address: String) -> Self {
        Self {
            address,
            subject: None,
            role: Role::default(),
            tenants: Vec::new(),
            token: None,
            plaintext: false,
            plaintext_token: false,
            tls: Tls::default(),
            timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            retry: RetryPolicy::default(),
            check_version: false,
            decorate: None,
            connector: None,
            wrap: None,
            watch_timing: WatchTiming::default(),
            #[cfg(feature = "cache")]
            cache_dir: None,
        }
    }

    /// Where the server is, as in [`Client::builder`]; for a builder that is [`from_env`](Self::from_env).
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    /// Who asks: the name of the program or the person, as it shows in the server's records.
    ///
    /// Needed unless there is a [`token`](Self::token).
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// What the caller may do. Default: [`Role::User`], which is all that reading needs.
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// A tenant that the caller belongs to; may be called often. Default: the tenant of each call,
    /// so that no call may do more than it needs.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenants.push(tenant.into());
        self
    }

    /// A bearer token, for servers that check JWTs. It replaces subject, role and tenant.
    pub fn token(mut self, token: impl AsRef<str>) -> Self {
        self.token = Some(Token::fixed(token.as_ref()));
        self
    }

    /// Asks for a bearer token before every call and every new stream, so it should keep the one
    /// that it has until that expires. When the server refuses a token, it is asked once more, and
    /// told so; then the call fails, or the watch waits. It may wait, but must not block: the watch
    /// waits with it. A panic in it fails one call of the watch.
    ///
    /// ```
    /// # async fn from_vault(renew: bool) -> Result<String, std::io::Error> { Ok("t".into()) }
    /// # tokio_test::block_on(async {
    /// use decree_runtime::Client;
    ///
    /// let client = Client::builder("https://config.example.com:443")
    ///     .token_provider(|request| from_vault(request.rejected))
    ///     .build()?;
    /// # Ok::<_, decree_runtime::Error>(client)
    /// # }).unwrap();
    /// ```
    pub fn token_provider<F, Fut, E>(mut self, provide: F) -> Self
    where
        F: Fn(TokenRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.token = Some(Ok(Token::provided(provide)));
        self
    }

    /// Speaks without TLS, also past this machine. Default: only to a loopback address.
    pub fn plaintext(mut self) -> Self {
        self.plaintext = true;
        self
    }

    /// Sends the token without TLS, where everybody on the way can read it. Default: refused, on
    /// a loopback address, too.
    pub fn plaintext_token(mut self) -> Self {
        self.plaintext_token = true;
        self
    }

    /// Whose certificates are trusted. Default: [`Roots::System`].
    pub fn tls_roots(mut self, roots: Roots) -> Self {
        self.tls.roots = roots;
        self
    }

    /// Trusts the certificates of `pem`, too.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.ca_pem = Some(pem.into());
        self
    }

    /// Shows the server a certificate of our own, with its key, both in PEM.
    pub fn client_certificate(
        mut self,
        certificate_pem: impl Into<Vec<u8>>,
        key_pem: impl Into<Vec<u8>>,
    ) -> Self {
        self.tls.identity_pem = Some((certificate_pem.into(), key_pem.into()));
        self
    }

    /// The name that the server's certificate must have. Default: the host of the address.
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.tls.server_name = Some(name.into());
        self
    }

    /// The longest that one attempt of a call may take, connecting included. Default 15 s: a large
    /// tenant over a slow link, no more. For a single call see
    /// [`Client::with_timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// When a failed call is tried again, and for how long. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Asks for the server's version before the first call, and refuses to talk to one that this
    /// client was not made for: [`ErrorKind::IncompatibleServer`]. Default: off, for a call more.
    ///
    /// Servers from 0.8.0 up to, and without, 1.0.0 fit; one that does not tell its version does.
    pub fn check_version(mut self, check: bool) -> Self {
        self.check_version = check;
        self
    }

    /// Adds headers to every call, those of a watch included: the context of a trace, for example.
    /// What says who calls is set after it.
    ///
    /// ```
    /// # fn current_trace() -> String { "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into() }
    /// # tokio_test::block_on(async {
    /// use decree_runtime::Client;
    ///
    /// let client = Client::builder("localhost:9090")
    ///     .subject("shop")
    ///     .headers(|headers| {
    ///         if let Ok(trace) = current_trace().parse() {
    ///             headers.insert("traceparent", trace);
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<_, decree_runtime::Error>(client)
    /// # }).unwrap();
    /// ```
    pub fn headers(mut self, add: impl Fn(&mut http::HeaderMap) + Send + Sync + 'static) -> Self {
        self.decorate = Some(Arc::new(add));
        self
    }

    /// Puts a tower layer around the channel: it sees every call as an HTTP request. The layer
    /// named last is the outermost.
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<Transport> + Send + Sync + 'static,
        L::Service: Service<http::Request<Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        <L::Service as Service<http::Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<http::Request<Body>>>::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.wrap = Some(transport::wrap(self.wrap, layer));
        self
    }

    /// The longest that a dial may take. Default 5 s: three times the first retransmission of TCP.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Changes the intervals, windows and timeouts of watches. The defaults suit a server with its
    /// own limits; see [`WatchTiming`] for the reason of each.
    ///
    /// ```
    /// # fn example() -> Result<(), decree_runtime::Error> {
    /// use std::time::Duration;
    ///
    /// use decree_runtime::Client;
    ///
    /// let seconds = Duration::from_secs;
    /// let client = Client::builder("localhost:9090")
    ///     .subject("shop")
    ///     .watch_timing(|timing| timing.tick = seconds(9)..seconds(11))
    ///     .build()?;
    /// # drop(client);
    /// # Ok(())
    /// # }
    /// ```
    pub fn watch_timing(mut self, change: impl FnOnce(&mut WatchTiming)) -> Self {
        change(&mut self.watch_timing);
        self
    }

    /// Keeps the last good version of each tenant in a folder, for a start without a server. Default:
    /// none, for settings may not be meant to lie on every disk.
    ///
    /// What is kept are the fields that the program reads, never those of a
    /// [`Secret`](crate::Secret), in a file for each server and tenant that its owner alone can read.
    /// News are on disk within 5 s, for a disk of flash bears one store in 5 s for years; the end of the
    /// watch, by [`Client::close`] or the last handle, stores them at once, and a kill before that loses
    /// them. A folder that is not there is made. One that cannot be written to is a note in
    /// [`Status::cache`](crate::Status::cache) and no error.
    #[cfg(feature = "cache")]
    pub fn cache_dir(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.cache_dir = Some(folder.into());
        self
    }

    /// Dials by `connect` instead of by TCP: a Unix socket, a proxy, a pipe in a test.
    ///
    /// The address still names the server; TLS is the business of `connect`.
    pub fn connector<F, Fut, Io>(mut self, connect: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<Io>> + Send + 'static,
        Io: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.connector = Some(connector::erase(connect));
        self
    }

    /// Checks the options. Touches no network.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidOption`], naming the option, when the options can never work, and outside
    /// of a tokio runtime.
    pub fn build(self) -> Result<Client, Error> {
        let address = address::parse(&self.address, self.plaintext)?;
        let token = self.token.transpose()?;
        let in_the_clear = address.security == Security::Plaintext && self.connector.is_none();
        if token.is_some() && in_the_clear && !self.plaintext_token {
            let message = format!(
                "the token would travel to {} in plaintext; use https://, or the option \
                 `plaintext_token`",
                address.shown
            );
            return Err(Error::new(ErrorKind::InvalidOption, message));
        }
        let identity = identity::choose(self.subject.as_deref(), self.role, &self.tenants, token)?;
        for (option, limit) in [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
        ] {
            if limit.is_zero() {
                let message = format!("{option} is zero: no call could ever succeed");
                return Err(Error::new(ErrorKind::InvalidOption, message));
            }
        }
        self.watch_timing.check().map_err(|found| {
            Error::new(ErrorKind::InvalidOption, format!("watch_timing: {found}"))
        })?;
        let runtime = tokio::runtime::Handle::try_current().map_err(|error| {
            let message = "a client needs a tokio runtime around it: build it under \
                           `#[tokio::main]` or in a task, or use `blocking::Client`";
            Error::new(ErrorKind::InvalidOption, message).with_source(error)
        })?;
        let connection = Connection::new(
            address,
            &self.tls,
            self.connect_timeout,
            self.connector,
            self.wrap,
        )?;
        #[cfg(feature = "cache")]
        let cache = self
            .cache_dir
            .map(|folder| crate::cache::Cache::new(folder, connection.address()));
        Ok(Client {
            shared: Arc::new(Shared {
                runtime,
                connection,
                identity,
                retry: self.retry,
                schemas: Schemas::default(),
                server: ServerCheck::new(self.check_version),
                decorate: self.decorate,
                closing: Closing::default(),
                watches: Watches::default(),
                watch_timing: self.watch_timing,
                #[cfg(feature = "cache")]
                cache,
            }),
            timeout: self.timeout,
        })
    }
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("address", &self.address)
            .field("subject", &self.subject)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(builder: ClientBuilder) -> String {
        let error = builder.build().expect_err("these options cannot work");
        assert_eq!(error.kind(), ErrorKind::InvalidOption);
        error.to_string()
    }

    #[tokio::test]
    async fn options_that_cannot_work_are_refused_before_the_network() {
        assert!(refused(Client::builder("localhost:9090")).contains(".subject("));
        assert!(refused(Client::builder("localhost").subject("a")).contains("no port"));
        assert!(refused(Client::builder("localhost:1").subject("a\n")).contains("subject"));
        let hasty = Client::builder("localhost:1").subject("a");
        assert!(refused(hasty.timeout(Duration::ZERO)).contains("timeout is zero"));
        let tenants = Client::builder("localhost:1").subject("a").tenant("a,b");
        assert!(refused(tenants).contains("\"a,b\""));
    }

    #[test]
    fn outside_of_a_runtime_is_an_error_and_no_panic() {
        let message = refused(Client::builder("localhost:9090").subject("a"));
        assert!(message.contains("tokio"), "{message}");
    }

    #[tokio::test]
    async fn a_token_does_not_travel_in_plaintext_unless_named() {
        let builder = || Client::builder("127.0.0.1:9090").token("s3cret");
        let message = refused(builder());
        assert!(message.contains("`plaintext_token`"), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
        let client = builder().plaintext_token().build().unwrap();
        assert!(!format!("{client:?}").contains("s3cret"));
    }
}
