//! Who asks, and for which tenant.

use std::fmt;

use http::HeaderValue;

use super::{
    name,
    token::{Token, TokenRequest},
};
use crate::error::{Error, ErrorKind};

/// What the caller may do. The default is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Reads the tenants that it names.
    #[default]
    User,
    /// Writes them, too.
    Admin,
    /// Does everything, to every tenant.
    Superadmin,
}

impl Role {
    fn header(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Superadmin => "superadmin",
        }
    }

    /// The role of that name, as the headers and the environment spell it.
    pub(super) fn named(name: &str) -> Option<Self> {
        let roles = [Self::User, Self::Admin, Self::Superadmin];
        roles.into_iter().find(|role| role.header() == name)
    }
}

/// The headers of every call.
#[derive(Debug)]
pub(super) enum Identity {
    /// A server without JWT believes what the headers say.
    Headers(Headers),
    /// A bearer token says who calls; the other headers would be ignored.
    Token(Token),
}

pub(super) struct Headers {
    subject: HeaderValue,
    role: Role,
    /// Sent instead of the tenant of each call.
    tenants: Option<HeaderValue>,
}

impl Headers {
    pub(super) fn new(subject: &str, role: Role, tenants: &[String]) -> Result<Self, Error> {
        let tenants = match tenants {
            [] => None,
            names => Some(name::tenants(names)?),
        };
        Ok(Self {
            subject: name::header("subject", subject)?,
            role,
            tenants,
        })
    }
}

impl Identity {
    /// Signs a call for `tenant`; some calls are for none. `alone` leaves out the other tenants that
    /// the caller belongs to.
    pub(super) async fn sign(
        &self,
        headers: &mut http::HeaderMap,
        tenant: Option<&HeaderValue>,
        alone: bool,
        token: TokenRequest,
    ) -> Result<(), Error> {
        match self {
            Self::Headers(Headers {
                subject,
                role,
                tenants,
            }) => {
                headers.insert("x-subject", subject.clone());
                headers.insert("x-role", HeaderValue::from_static(role.header()));
                let all = tenants.as_ref().filter(|_| !alone);
                if let Some(tenant) = all.or(tenant) {
                    headers.insert("x-tenant-id", tenant.clone());
                }
            }
            Self::Token(source) => {
                headers.insert("authorization", source.bearer(token).await?);
            }
        }
        Ok(())
    }

    /// Whether asking again for a token can give another one.
    pub(super) fn can_refresh(&self) -> bool {
        matches!(self, Self::Token(Token::Provided(_)))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headers")
            .field("subject", &self.subject)
            .field("role", &self.role)
            .field("tenants", &self.tenants)
            .finish()
    }
}

/// The two ways to say who asks, checked against each other.
pub(super) fn choose(
    subject: Option<&str>,
    role: Role,
    tenants: &[String],
    token: Option<Token>,
) -> Result<Identity, Error> {
    match (token, subject) {
        (Some(token), _) => Ok(Identity::Token(token)),
        (None, Some(subject)) => Headers::new(subject, role, tenants).map(Identity::Headers),
        (None, None) => {
            let message = "no subject: say who asks by `.subject(\"my-program\")`, \
                           or give a `.token(…)`";
            Err(Error::new(ErrorKind::InvalidOption, message))
        }
    }
}
