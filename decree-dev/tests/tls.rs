//! TLS: who trusts whom, and what cannot be used.
#![cfg(all(feature = "cli", feature = "tls"))] // `cli` brings the client
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

use std::sync::Arc;

use decree_dev::{DevServer, DevServerBuilder};
use decree_proto::v1::{GetServerInfoRequest, server_service_client::ServerServiceClient};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
        version::{TLS12, TLS13},
    },
};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity, Uri};

/// Somebody who vouches.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// A certificate and its key.
    fn vouch_for(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn trusted(&self) -> ClientTlsConfig {
        ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&self.pem))
    }
}

fn server(authority: &Authority) -> DevServerBuilder {
    let (certificate, key) = authority.vouch_for("localhost");
    DevServer::builder().tls(certificate, key)
}

async fn works(channel: Result<Channel, tonic::transport::Error>) -> bool {
    let Ok(channel) = channel else {
        return false;
    };
    let mut client = ServerServiceClient::new(channel);
    client
        .get_server_info(GetServerInfoRequest {})
        .await
        .is_ok()
}

async fn lets_in(server: &DevServer, tls: ClientTlsConfig) -> bool {
    let port = server.addr().unwrap().port();
    let endpoint = Endpoint::from_shared(format!("https://localhost:{port}")).unwrap();
    works(endpoint.tls_config(tls).unwrap().connect().await).await
}

#[tokio::test]
async fn a_client_that_trusts_the_authority_is_served_and_no_other() {
    let authority = Authority::new();
    let server = server(&authority).start().await.unwrap();
    assert!(lets_in(&server, authority.trusted()).await);
    assert!(!lets_in(&server, Authority::new().trusted()).await);

    let url = server.url().unwrap();
    let plain = Endpoint::from_shared(url.replace("https", "http")).unwrap();
    assert!(!works(plain.connect().await).await);

    server.kill().await;
    server.revive().await.unwrap();
    assert!(lets_in(&server, authority.trusted()).await);
}

#[tokio::test]
async fn with_a_client_ca_callers_need_a_certificate_of_it() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = server(&authority).client_ca(authority.pem.as_bytes());
    let server = server.start().await.unwrap();
    let with = |(certificate, key): (String, String)| {
        let identity = Identity::from_pem(certificate, key);
        authority.trusted().identity(identity)
    };
    assert!(lets_in(&server, with(authority.vouch_for("me"))).await);
    assert!(!lets_in(&server, authority.trusted()).await);
    assert!(!lets_in(&server, with(other.vouch_for("me"))).await);
}

#[tokio::test]
async fn it_is_tls_1_3_and_http_2() {
    let authority = Authority::new();
    let server = server(&authority).start().await.unwrap();
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(authority.pem.as_bytes());
    roots.add(root.unwrap()).unwrap();
    let connect = async |version| {
        let config = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_protocol_versions(&[version])
            .unwrap();
        let mut config = config
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec(), b"h2".to_vec()];
        let stream = TcpStream::connect(server.addr().unwrap()).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    };
    assert!(connect(&TLS12).await.is_err());
    let stream = connect(&TLS13).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
}

#[tokio::test]
async fn the_pipe_stays_plain() {
    let server = server(&Authority::new()).start_in_memory().await.unwrap();
    let pipe = server.pipe();
    let connector = tower::service_fn(move |_: Uri| {
        let pipe = pipe.clone();
        async move { pipe.connect().await.map(TokioIo::new) }
    });
    let endpoint = Endpoint::from_static("http://decree");
    assert!(works(endpoint.connect_with_connector(connector).await).await);
    assert_eq!(server.url(), None);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_at_the_start() {
    let authority = Authority::new();
    let (certificate, key) = authority.vouch_for("localhost");
    let (_, other) = authority.vouch_for("localhost");
    let builder = DevServer::builder;
    for (builder, message) in [
        (
            builder().tls("x", key.as_str()),
            "TLS: the certificate is not PEM; it begins with -----BEGIN CERTIFICATE-----",
        ),
        (
            builder().tls(key.as_str(), certificate.as_str()),
            "TLS: the certificate is not PEM; it begins with -----BEGIN CERTIFICATE-----",
        ),
        (
            builder().tls(certificate.as_str(), certificate.as_str()),
            "TLS: the key is not a PEM private key: no items found",
        ),
        (
            builder().tls(certificate.as_str(), other),
            "TLS: the key is not the key of the certificate; give a pair",
        ),
        (
            builder()
                .tls(certificate.as_str(), key.as_str())
                .client_ca(""),
            "TLS: the client CA is not PEM; it begins with -----BEGIN CERTIFICATE-----",
        ),
        (
            builder().client_ca(authority.pem.as_str()),
            "TLS: to ask callers for certificates, show one; give a certificate and its key",
        ),
    ] {
        assert!(!format!("{builder:?}").contains("PRIVATE"));
        let refused = builder.start().await.unwrap_err();
        assert_eq!(refused.to_string(), message);
    }
}
