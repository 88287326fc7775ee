//! Who calls, and what they may do.

mod headers;
#[cfg(feature = "jwt")]
mod jwt;

use http::HeaderMap;
use tonic::Status;

#[cfg(feature = "jwt")]
pub use self::jwt::Jwt;
#[cfg(feature = "jwt")]
pub(crate) use self::jwt::Verifier;

/// How callers say who they are; one way for all of them.
#[derive(Debug)]
pub(crate) enum Auth {
    Headers,
    #[cfg(feature = "jwt")]
    Jwt(Box<Verifier>),
}

impl Auth {
    /// Reads the caller from the headers of a call.
    ///
    /// `resolve` turns the name of a tenant into its id; ids it passes on without a look. Tokens
    /// hold ids only.
    pub(crate) fn claims(
        &self,
        headers: &HeaderMap,
        resolve: impl Fn(&str) -> Option<String>,
    ) -> Result<Claims, Status> {
        match self {
            Self::Headers => headers::claims(headers, resolve),
            #[cfg(feature = "jwt")]
            Self::Jwt(verifier) => verifier.claims(headers),
        }
    }

    pub(crate) fn is_jwt(&self) -> bool {
        !matches!(self, Self::Headers)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Superadmin,
    Admin,
    User,
}

impl Role {
    fn named(name: &[u8]) -> Result<Self, Status> {
        match name {
            b"superadmin" => Ok(Self::Superadmin),
            b"admin" => Ok(Self::Admin),
            b"user" => Ok(Self::User),
            _ => Err(Status::permission_denied("unknown role")),
        }
    }
}

/// A caller that was believed. Tenants are ids, never names.
#[derive(Debug, Clone)]
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) role: Role,
    pub(crate) tenants: Vec<String>,
}

impl Claims {
    pub(crate) fn superadmin(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            role: Role::Superadmin,
            tenants: Vec::new(),
        }
    }

    pub(crate) fn is_superadmin(&self) -> bool {
        self.role == Role::Superadmin
    }

    pub(crate) fn sees(&self, tenant: &str) -> bool {
        self.is_superadmin() || self.tenants.iter().any(|own| own == tenant)
    }

    pub(crate) fn may_read(&self, tenant: &str) -> Result<(), Status> {
        if self.sees(tenant) {
            Ok(())
        } else {
            Err(Status::permission_denied(format!(
                "no access to tenant {tenant}"
            )))
        }
    }

    pub(crate) fn may_write(&self, tenant: &str) -> Result<(), Status> {
        self.may_read(tenant)?;
        match self.role {
            Role::Superadmin | Role::Admin => Ok(()),
            Role::User => Err(Status::permission_denied("admin or superadmin required")),
        }
    }

    pub(crate) fn may_administer(&self) -> Result<(), Status> {
        if self.is_superadmin() {
            Ok(())
        } else {
            Err(Status::permission_denied("superadmin required"))
        }
    }
}
