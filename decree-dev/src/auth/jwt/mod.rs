//! Who calls, by a token: the server believes who signed it.

mod jwks;

use std::time::Duration;

use http::{HeaderMap, header::AUTHORIZATION};
use jsonwebtoken::{Algorithm, Validation, crypto::rust_crypto, decode, decode_header};
use serde::Deserialize;
use tonic::Status;

use self::jwks::Keys;
use super::{Claims, Role};

const LEEWAY: Duration = Duration::from_secs(60);

/// Makes a server check tokens (JWT) and look at no other header, as the real one does with
/// `JWT_JWKS_URL`.
///
/// A token comes as `authorization: Bearer …`, is signed with RS256 or ES256, and has the claims
/// `exp`, `sub`, `role` and, but for superadmins, `tenant_ids`: a list of ids, for names are not
/// looked up here.
///
/// ```
/// use decree_dev::{DevServer, Jwt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let jwks = r#"{ "keys": [] }"#;
/// let builder = DevServer::builder().jwt(Jwt::from_jwks(jwks).issuer("https://login.example"));
/// let refused = builder.start_in_memory().await.unwrap_err();
/// assert_eq!(refused.to_string(), "JWKS: it has no key for RS256 or ES256");
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "it does nothing until a server is built with it"]
pub struct Jwt {
    source: Source,
    issuer: Option<String>,
    audience: Option<String>,
    leeway: Duration,
}

#[derive(Debug, Clone)]
enum Source {
    Text(String),
    Url(String),
}

impl Jwt {
    /// With the keys of a JWKS, given as its JSON.
    pub fn from_jwks(json: impl Into<String>) -> Self {
        Self::new(Source::Text(json.into()))
    }

    /// With the keys of a JWKS that is fetched once, when the server starts. The address begins
    /// with `http://` and leads to this machine.
    pub fn from_url(url: impl Into<String>) -> Self {
        Self::new(Source::Url(url.into()))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            issuer: None,
            audience: None,
            leeway: LEEWAY,
        }
    }

    /// The `iss` that tokens must have; any or none unless said.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// What must be among the `aud` of tokens; anything or nothing unless said.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// How far clocks may differ when `exp` and `nbf` are looked at; a minute unless said.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }
}

/// Tells good tokens from bad ones.
#[derive(Debug)]
pub(crate) struct Verifier {
    keys: Keys,
    validation: Validation,
}

impl Verifier {
    pub(crate) async fn new(jwt: Jwt) -> Result<Self, String> {
        // Without it, a program that asks jsonwebtoken for another one, too, would have none. Who
        // has installed one before keeps it.
        let _ = rust_crypto::DEFAULT_PROVIDER.install_default();
        let keys = match jwt.source {
            Source::Text(text) => Keys::parse(text.as_bytes())?,
            Source::Url(url) => Keys::fetch(&url).await?,
        };
        let mut validation = Validation::new(Algorithm::ES256);
        validation.algorithms = vec![Algorithm::ES256, Algorithm::RS256];
        validation.validate_nbf = true;
        validation.leeway = jwt.leeway.as_secs().min(u32::MAX.into()); // it is taken from the time
        validation.validate_aud = jwt.audience.is_some();
        let mut required = vec!["exp"];
        if let Some(issuer) = jwt.issuer {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        if let Some(audience) = jwt.audience {
            validation.set_audience(&[audience]);
            required.push("aud");
        }
        validation.set_required_spec_claims(&required);
        Ok(Self { keys, validation })
    }

    pub(super) fn claims(&self, headers: &HeaderMap) -> Result<Claims, Status> {
        let Some(header) = headers.get(AUTHORIZATION) else {
            return Err(Status::unauthenticated("missing authorization header"));
        };
        let Some(token) = header.as_bytes().strip_prefix(b"Bearer ") else {
            return Err(Status::unauthenticated("invalid authorization format"));
        };
        let payload = self.payload(token);
        let payload = payload.ok_or_else(|| Status::unauthenticated("invalid token"))?;

        let role = Role::named(payload.role.unwrap_or_default().as_bytes())?;
        let tenants = payload.tenant_ids.unwrap_or_default();
        if role != Role::Superadmin && tenants.is_empty() {
            return Err(Status::permission_denied(
                "tenant_ids required for non-superadmin",
            ));
        }
        Ok(Claims {
            subject: payload.sub.unwrap_or_default(),
            role,
            tenants,
        })
    }

    /// Nobody is told what is wrong with a token.
    fn payload(&self, token: &[u8]) -> Option<Payload> {
        let header = decode_header(token).ok()?;
        if !self.validation.algorithms.contains(&header.alg) {
            return None;
        }
        let mut validation = self.validation.clone();
        validation.algorithms = vec![header.alg];
        let mut keys = self.keys.candidates(header.kid.as_deref(), header.alg);
        keys.find_map(|key| Some(decode(token, key, &validation).ok()?.claims))
    }
}

#[derive(Debug, Deserialize)]
struct Payload {
    sub: Option<String>,
    role: Option<String>,
    tenant_ids: Option<Vec<String>>,
}
