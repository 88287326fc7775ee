//! The options of a client.

use std::{future::Future, io, sync::Arc, time::Duration};

use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    Client, Shared,
    address::{self, Security},
    connection::Connection,
    connector::{self, Connector},
    identity::{Identity, Role},
};
use crate::error::{Error, ErrorKind};

/// The options of a [`Client`]. Nothing is checked and nothing is dialed before
/// [`build`](Self::build).
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    address: String,
    subject: Option<String>,
    role: Role,
    tenant: Option<String>,
    token: Option<String>,
    plaintext: bool,
    plaintext_token: bool,
    tls: Tls,
    timeout: Duration,
    connect_timeout: Duration,
    connector: Option<Connector>,
}

/// What TLS needs beyond the roots of the system.
#[derive(Default)]
pub(crate) struct Tls {
    pub(crate) ca_pem: Option<Vec<u8>>,
    pub(crate) identity_pem: Option<(Vec<u8>, Vec<u8>)>,
    pub(crate) server_name: Option<String>,
}

impl ClientBuilder {
    pub(super) fn new(address: String) -> Self {
        Self {
            address,
            subject: None,
            role: Role::default(),
            tenant: None,
            token: None,
            plaintext: false,
            plaintext_token: false,
            tls: Tls::default(),
            timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            connector: None,
        }
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

    /// The tenant that the caller belongs to. Default: the tenant of each call, so that no call
    /// may do more than it needs.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// A bearer token, for servers that check JWTs. It replaces subject, role and tenant.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
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

    /// Trusts the certificates of `pem` besides those of the system.
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

    /// The longest that a call may take. Default 15 s: a large tenant over a slow link, no more.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The longest that a dial may take. Default 5 s: three times the first retransmission of TCP.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
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
    /// [`ErrorKind::InvalidOption`], naming the option, when the options can never work.
    pub fn build(self) -> Result<Client, Error> {
        let address = address::parse(&self.address, self.plaintext)?;
        let identity = match (&self.token, &self.subject) {
            (Some(token), _) => {
                let in_the_clear =
                    address.security == Security::Plaintext && self.connector.is_none();
                if in_the_clear && !self.plaintext_token {
                    let message = format!(
                        "the token would travel to {} in plaintext; use https://, or name it by \
                         `plaintext_token()`",
                        address.shown
                    );
                    return Err(Error::new(ErrorKind::InvalidOption, message));
                }
                Identity::token(token)?
            }
            (None, Some(subject)) => Identity::headers(subject, self.role, self.tenant.as_deref())?,
            (None, None) => {
                let message = "no subject: say who asks by `.subject(\"my-program\")`, \
                               or give a `.token(…)`";
                return Err(Error::new(ErrorKind::InvalidOption, message));
            }
        };
        for (option, limit) in [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
        ] {
            if limit.is_zero() {
                let message = format!("{option} is zero: no call could ever succeed");
                return Err(Error::new(ErrorKind::InvalidOption, message));
            }
        }
        let connection = Connection::new(address, &self.tls, self.connect_timeout, self.connector)?;
        Ok(Client {
            shared: Arc::new(Shared {
                connection,
                identity,
                timeout: self.timeout,
            }),
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

    #[tokio::test]
    async fn a_token_does_not_travel_in_plaintext_unless_named() {
        let builder = || Client::builder("127.0.0.1:9090").token("s3cret");
        let message = refused(builder());
        assert!(message.contains("plaintext_token()"), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
        let client = builder().plaintext_token().build().unwrap();
        assert!(!format!("{client:?}").contains("s3cret"));
    }
}
