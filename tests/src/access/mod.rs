//! Ways to be let in, and what they need: tokens and their keys, certificates and who vouches.

#[path = "../../../decree-dev/tests/jwt/jwks.rs"]
#[allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]
mod jwks;
#[path = "../../../decree-dev/tests/jwt/token.rs"]
#[allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test may panic, and so may its helpers; some are for other tests"
)]
mod token;

mod certificates;

use decree_runtime::{ClientBuilder, Role, Roots};
use serde_json::json;

pub use self::certificates::{Certificates, Files};
pub(crate) use self::jwks::JwksServer;
use self::token::Signer;

const ISSUER: &str = "https://login.example";
const AUDIENCE: &str = "decree";

/// Keys to sign tokens with, and an address where a server finds the other halves.
pub struct Tokens {
    signer: Signer,
    server: JwksServer,
}

impl Tokens {
    /// New keys at a new address.
    pub async fn new() -> Self {
        let signer = Signer::new();
        let server = JwksServer::start(signer.jwks()).await;
        Self { signer, server }
    }

    /// Where the keys are.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What tells the real server to check them.
    #[must_use]
    pub fn variables(&self) -> String {
        let url = self.url();
        format!("JWT_JWKS_URL={url} JWT_ISSUER={ISSUER} JWT_AUDIENCE={AUDIENCE}")
    }

    /// Who may do everything.
    #[must_use]
    pub fn superadmin(&self) -> String {
        self.signer.sign(&token::superadmin())
    }

    fn of(&self, role: Role, tenant_id: &str) -> String {
        let role = format!("{role:?}").to_lowercase();
        self.signer
            .sign(&token::user(tenant_id, &json!({ "role": role })))
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

/// How a server knows who calls, and how the connection is protected.
#[derive(Debug)]
pub enum Access {
    /// It believes what the headers say.
    Headers,
    /// It checks tokens.
    Tokens(Tokens),
    /// It believes the headers, over TLS.
    Tls(Certificates),
    /// It believes the headers of callers with a certificate.
    MutualTls(Certificates),
}

impl Access {
    /// Adds what lets a caller in.
    pub fn let_in(&self, builder: ClientBuilder, role: Role, tenant_id: &str) -> ClientBuilder {
        match self {
            Self::Headers => builder.subject("conformance").role(role),
            Self::Tokens(tokens) => {
                let bearer = tokens.of(role, tenant_id);
                let token = bearer.trim_start_matches("Bearer ");
                builder.token(token).plaintext_token()
            }
            Self::Tls(certificates) => builder
                .subject("conformance")
                .role(role)
                .tls_roots(Roots::None)
                .ca_certificate(certificates.authority.clone()),
            Self::MutualTls(certificates) => builder
                .subject("conformance")
                .role(role)
                .tls_roots(Roots::None)
                .ca_certificate(certificates.authority.clone())
                .client_certificate(certificates.client.0.clone(), certificates.client.1.clone()),
        }
    }
}
