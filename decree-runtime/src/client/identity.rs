//! Who asks, and for which tenant.

use std::fmt;

use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

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
}

/// The headers of every call.
pub(crate) enum Identity {
    /// A server without JWT believes what the headers say.
    Headers {
        subject: MetadataValue<Ascii>,
        role: Role,
        /// Sent instead of the tenant of each call.
        tenant: Option<MetadataValue<Ascii>>,
    },
    /// A bearer token says who calls; the other headers would be ignored.
    Token(MetadataValue<Ascii>),
}

impl Identity {
    pub(crate) fn headers(subject: &str, role: Role, tenant: Option<&str>) -> Result<Self, Error> {
        let tenant = tenant.map(check_tenant).transpose()?;
        Ok(Self::Headers {
            subject: header("subject", subject)?,
            role,
            tenant: tenant.map(|tenant| header("tenant", tenant)).transpose()?,
        })
    }

    pub(crate) fn token(token: &str) -> Result<Self, Error> {
        // The text of the token is a secret: the message must not repeat it.
        let mut value = MetadataValue::try_from(format!("Bearer {token}")).map_err(|_| {
            let message = "the token has characters that no HTTP header may have; \
                           is there a line break at its end?";
            Error::new(ErrorKind::InvalidOption, message)
        })?;
        value.set_sensitive(true);
        Ok(Self::Token(value))
    }

    /// Signs a call for `tenant`.
    pub(crate) fn sign(&self, metadata: &mut MetadataMap, tenant: &MetadataValue<Ascii>) {
        match self {
            Self::Headers {
                subject,
                role,
                tenant: instead,
            } => {
                let tenant = instead.as_ref().unwrap_or(tenant);
                metadata.insert("x-subject", subject.clone());
                metadata.insert("x-role", MetadataValue::from_static(role.header()));
                metadata.insert("x-tenant-id", tenant.clone());
            }
            Self::Token(token) => {
                metadata.insert("authorization", token.clone());
            }
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Headers { subject, role, .. } => f
                .debug_struct("Headers")
                .field("subject", subject)
                .field("role", role)
                .finish_non_exhaustive(),
            Self::Token(_) => f.write_str("Token(…)"),
        }
    }
}

/// A tenant that may become a header: `x-tenant-id` is a list, so "a,b" would widen rights.
pub(crate) fn tenant_header(tenant: &str) -> Result<MetadataValue<Ascii>, Error> {
    header("tenant", check_tenant(tenant)?)
}

/// Longest name of a tenant that the server takes.
const NAME_MAX: usize = 63;

fn check_tenant(tenant: &str) -> Result<&str, Error> {
    let middle = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let end = |byte: u8| middle(byte) && byte != b'-';
    let bytes = tenant.as_bytes();
    let ends = bytes.first().zip(bytes.last());
    let fits = bytes.len() <= NAME_MAX
        && bytes.iter().copied().all(middle)
        && ends.is_some_and(|(first, last)| end(*first) && end(*last));
    if fits {
        return Ok(tenant);
    }
    let shown: String = tenant.chars().take(NAME_MAX + 1).collect();
    let message = format!(
        "tenant {shown:?} is neither a name nor an id: use 1 to {NAME_MAX} lower-case letters, \
         digits and inner hyphens, such as `acme`"
    );
    Err(Error::new(ErrorKind::InvalidOption, message))
}

/// The server's limit for the subject; the longest of the three headers.
const HEADER_MAX: usize = 256;

fn header(what: &str, text: &str) -> Result<MetadataValue<Ascii>, Error> {
    let printable = text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if !printable || text.is_empty() || text.len() > HEADER_MAX {
        let shown: String = text.chars().take(64).collect();
        let message = format!("{what} {shown:?}: use 1 to {HEADER_MAX} printable ASCII characters");
        return Err(Error::new(ErrorKind::InvalidOption, message));
    }
    MetadataValue::try_from(text).map_err(|error| {
        Error::new(
            ErrorKind::InvalidOption,
            format!("{what} {text:?} is no header"),
        )
        .with_source(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_a_name_or_an_id_and_never_a_list() {
        let long = "a".repeat(64);
        for good in ["acme", "a", "a-1", "0d6b2c1e-7a0f-4b9e-9d57-3d1f6a2b8c4d"] {
            assert!(tenant_header(good).is_ok(), "{good}");
        }
        for bad in ["", "a,b", "A", "-a", "a-", "a b", "a\n", "ä", "a.b", &long] {
            let error = tenant_header(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidOption, "{bad}");
            assert!(error.to_string().contains("such as `acme`"));
        }
    }

    #[test]
    fn a_token_is_in_no_message() {
        let bad = Identity::token("s3cret\n").unwrap_err();
        assert!(!format!("{bad} {bad:?}").contains("s3cret"));
        let good = Identity::token("s3cret").unwrap();
        assert!(!format!("{good:?}").contains("s3cret"));
    }
}
