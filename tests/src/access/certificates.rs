//! An authority, and what it vouches for.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
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
    pub fn files(&self, name: &str) -> Files {
        let folder = format!("decree-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let files = Files { folder };
        let write = |file: &str, pem: &str| {
            std::fs::write(files.folder.join(file), pem).expect("a file");
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
    folder: PathBuf,
}

impl Files {
    /// What tells the real server to use them; `mutual` also asks callers for a certificate.
    #[must_use]
    pub fn variables(&self, mutual: bool) -> String {
        let folder = self.folder.display();
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

impl Drop for Files {
    fn drop(&mut self) {
        // What stays is a few keys of a test, in a folder for such things.
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}
