//! TLS: certificates in, connections out.

use std::{fmt, io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        Error, InconsistentKeys, RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::{WebPkiClientVerifier, danger::ClientCertVerifier},
        version::TLS13,
    },
    server::TlsStream,
};

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// What a server shows and asks for, as PEM.
#[derive(Clone, Default)]
pub(crate) struct Pems {
    /// A certificate, with those that vouch for it, and its key.
    pub(crate) own: Option<(Vec<u8>, Vec<u8>)>,
    /// Who vouches for callers; callers without a certificate of theirs are turned away.
    pub(crate) client_ca: Option<Vec<u8>>,
}

/// A key is not for reading.
impl fmt::Debug for Pems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pems").finish_non_exhaustive()
    }
}

#[derive(Clone)]
pub(crate) struct Tls(TlsAcceptor);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// `None` for a server that speaks in clear.
    ///
    /// # Errors
    ///
    /// What is wrong, and what to do.
    pub(crate) fn new(pems: &Pems) -> Result<Option<Self>, String> {
        let Some((certificate, key)) = &pems.own else {
            return match &pems.client_ca {
                Some(_) => Err(
                    "to ask callers for certificates, show one; give a certificate and its key"
                        .to_owned(),
                ),
                None => Ok(None),
            };
        };
        let certificates = certificates("certificate", certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|error| format!("the key is not a PEM private key: {error}"))?;
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| error.to_string())?;
        let config = match &pems.client_ca {
            Some(pem) => config.with_client_cert_verifier(verifier(pem)?),
            None => config.with_no_client_auth(),
        };
        let mut config =
            config
                .with_single_cert(certificates, key)
                .map_err(|error| match error {
                    Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                        "the key is not the key of the certificate; give a pair".to_owned()
                    }
                    error => format!("the certificate and its key cannot be used: {error}"),
                })?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Some(Self(TlsAcceptor::from(Arc::new(config)))))
    }

    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        timeout(HANDSHAKE_WITHIN, self.0.accept(stream)).await?
    }
}

fn certificates(what: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(format!(
            "the {what} is not PEM; it begins with -----BEGIN CERTIFICATE-----"
        )),
        Err(error) => Err(format!("the {what} is broken PEM: {error}")),
    }
}

fn verifier(pem: &[u8]) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("client CA", pem)? {
        let added = roots.add(certificate);
        added.map_err(|error| format!("the client CA cannot be used: {error}"))?;
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build();
    verifier.map_err(|error| format!("the client CA cannot be used: {error}"))
}
