//! An authority, and what it vouches for.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

/// Certificates with their keys, all in PEM.
#[derive(Debug)]
pub struct Certificates {
    /// Who vouches.
    pub authority: String,
    /// Of the server, for `localhost`.
    pub server: (String, String),
    /// Of a caller.
    pub client: (String, String),
}

impl Certificates {
    /// New ones.
    #[must_use]
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).expect("signed").pem();
        let issuer = Issuer::new(params, key);
        let vouch_for = |name: &str| {
            let key = KeyPair::generate().expect("a key");
            let params = CertificateParams::new([name.to_owned()]).expect("a name");
            let certificate = params.signed_by(&key, &issuer).expect("signed");
            (certificate.pem(), key.serialize_pem())
        };
        Self {
            authority,
            server: vouch_for("localhost"),
            client: vouch_for("caller"),
        }
    }

    /// Writes what a server needs into files, which are removed when the answer is dropped.
    #[must_use]
    pub fn files(&self) -> Files {
        let files = Files {
            folder: TempDir::new().expect("a folder"),
        };
        let write = |file: &str, pem: &str| {
            std::fs::write(files.folder.path().join(file), pem).expect("a file");
        };
        write("ca.pem", &self.authority);
        write("server.pem", &self.server.0);
        write("server.key", &self.server.1);
        files
    }

    /// What a channel of the administrator needs.
    #[must_use]
    pub fn channel(&self) -> ClientTlsConfig {
        let (certificate, key) = &self.client;
        ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(&self.authority))
            .identity(Identity::from_pem(certificate, key))
    }
}

impl Default for Certificates {
    fn default() -> Self {
        Self::new()
    }
}

/// Certificates in files.
#[derive(Debug)]
pub struct Files {
    folder: TempDir,
}

impl Files {
    /// What tells the real server to use them; `mutual` also asks callers for a certificate.
    #[must_use]
    pub fn variables(&self, mutual: bool) -> String {
        let folder = self.folder.path().display();
        let ours = format!(
            "INSECURE_LISTEN= TLS_CERT_FILE={folder}/server.pem TLS_KEY_FILE={folder}/server.key"
        );
        if mutual {
            format!("{ours} TLS_CLIENT_CA_FILE={folder}/ca.pem")
        } else {
            ours
        }
    }
}
