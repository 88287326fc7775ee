//! Encryption, and who it is with.

use tonic::transport::Endpoint;

use super::address::Address;
use crate::error::{Error, ErrorKind};

/// What TLS needs beyond the roots of the system.
#[derive(Default)]
pub(super) struct Tls {
    pub(super) roots: Roots,
    pub(super) ca_pem: Option<Vec<u8>>,
    pub(super) identity_pem: Option<(Vec<u8>, Vec<u8>)>,
    pub(super) server_name: Option<String>,
}

/// Whose certificates are trusted without a word. Those of
/// [`ClientBuilder::ca_certificate`](crate::ClientBuilder::ca_certificate) come on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Roots {
    /// The authorities that the operating system trusts.
    #[default]
    System,
    /// Mozilla's list, compiled in (feature `tls-webpki`): for images that have no certificates.
    WebPki,
    /// Nobody else.
    None,
}

#[cfg(feature = "tls")]
pub(super) fn secure(endpoint: Endpoint, address: &Address, tls: &Tls) -> Result<Endpoint, Error> {
    use tonic::transport::{Certificate, ClientTlsConfig, Identity};

    let mut config = match tls.roots {
        Roots::System => ClientTlsConfig::new().with_native_roots(),
        Roots::WebPki => webpki(address)?,
        Roots::None => ClientTlsConfig::new(),
    };
    if let Some(pem) = &tls.ca_pem {
        config = config.ca_certificate(Certificate::from_pem(pem));
    }
    if let Some((certificate, key)) = &tls.identity_pem {
        config = config.identity(Identity::from_pem(certificate, key));
    }
    if let Some(name) = &tls.server_name {
        config = config.domain_name(name);
    }
    endpoint.tls_config(config).map_err(|error| {
        let message = format!(
            "TLS for {} cannot be used; check the certificates, and the key if there is one",
            address.shown
        );
        Error::new(ErrorKind::InvalidOption, message).with_source(error)
    })
}

#[cfg(feature = "tls-webpki")]
#[allow(clippy::unnecessary_wraps, reason = "without the feature it fails")]
fn webpki(_: &Address) -> Result<tonic::transport::ClientTlsConfig, Error> {
    Ok(tonic::transport::ClientTlsConfig::new().with_webpki_roots())
}

#[cfg(all(feature = "tls", not(feature = "tls-webpki")))]
fn webpki(address: &Address) -> Result<tonic::transport::ClientTlsConfig, Error> {
    let message = format!(
        "TLS for {}: `Roots::WebPki` needs feature `tls-webpki` of decree-runtime",
        address.shown
    );
    Err(Error::new(ErrorKind::InvalidOption, message))
}

#[cfg(not(feature = "tls"))]
pub(super) fn secure(_: Endpoint, address: &Address, tls: &Tls) -> Result<Endpoint, Error> {
    // Nothing to read them for.
    let _ = (&tls.roots, &tls.ca_pem, &tls.identity_pem, &tls.server_name);
    let message = format!(
        "{} needs TLS: turn on feature `tls` of decree-runtime, or take the option `plaintext`",
        address.shown
    );
    Err(Error::new(ErrorKind::InvalidOption, message))
}
