//! Callers with tokens: who is let in, and what the others are told.
//!
//! With feature `real`, the real server must say the same.
#![cfg(all(feature = "cli", feature = "jwt"))] // `cli` brings the client
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod jwks;
#[cfg(feature = "real")]
mod real;
mod table;
mod token;

use decree_dev::{DevServer, Jwt};
use decree_proto::v1::{
    GetServerInfoRequest, SubscribeRequest, config_service_client::ConfigServiceClient,
    server_service_client::ServerServiceClient,
};
use tonic::{Code, transport::Endpoint};

use self::{jwks::JwksServer, token::Signer};

const ISSUER: &str = "https://login.example";
const AUDIENCE: &str = "decree";

async fn channel(address: &str) -> tonic::transport::Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    endpoint.connect().await.unwrap()
}

async fn start(jwt: Jwt) -> (DevServer, String) {
    let builder = DevServer::builder().jwt(jwt).rate_limit(false);
    let server = builder.start().await.unwrap();
    let address = server.addr().unwrap().to_string();
    (server, address)
}

#[tokio::test]
async fn tokens_are_taken_and_refused_as_by_the_real_server() {
    let signer = Signer::new();
    let jwt = Jwt::from_jwks(signer.jwks());
    let (_server, address) = start(jwt.issuer(ISSUER).audience(AUDIENCE)).await;
    table::check(channel(&address).await, &signer).await;
}

#[cfg(feature = "real")]
#[tokio::test(flavor = "multi_thread")]
async fn the_real_server_takes_and_refuses_them_so() {
    let signer = Signer::new();
    let keys = JwksServer::start(signer.jwks()).await;
    let server = real::Server::start(&keys.url());
    table::check(channel(&server.address).await, &signer).await;
}

#[tokio::test]
async fn keys_are_fetched_when_the_server_starts() {
    let signer = Signer::new();
    let keys = JwksServer::start(signer.jwks()).await;
    let (server, address) = start(Jwt::from_url(keys.url())).await;
    drop(keys);
    let mut client = ConfigServiceClient::new(channel(&address).await);
    let token = signer.sign(&token::superadmin());
    let request = token::with(&[token], SubscribeRequest::default());
    let refused = client.subscribe(request).await.unwrap_err();
    assert_eq!(refused.message(), "tenant id or name required");
    let headers = server.last_headers("Subscribe").unwrap();
    assert!(headers["authorization"].is_sensitive());
}

#[tokio::test]
async fn what_is_no_set_of_keys_is_refused_at_the_start() {
    let refused = async |jwt| {
        let error = DevServer::builder().jwt(jwt).start().await.unwrap_err();
        error.to_string()
    };
    let keys = JwksServer::start("404".to_owned()).await;
    let url = keys.url();
    for (jwt, message) in [
        (
            Jwt::from_jwks("{}"),
            "JWKS: it is not a JSON Web Key Set: missing field `keys` at line 1 column 2",
        ),
        (
            Jwt::from_jwks(r#"{"keys":[{"kty":"oct","k":"AAAA","alg":"HS256"}]}"#),
            "JWKS: it has no key for RS256 or ES256",
        ),
        (
            Jwt::from_url("https://localhost/jwks"),
            "JWKS: https://localhost/jwks: decree-dev fetches over http:// from this machine only; save the JWKS to a file",
        ),
        (
            Jwt::from_url("http://192.0.2.1/jwks"),
            "JWKS: http://192.0.2.1/jwks: decree-dev fetches over http:// from this machine only; save the JWKS to a file",
        ),
        (
            Jwt::from_url(url.clone()),
            &format!("JWKS: {url}: it answered 404 Not Found"),
        ),
    ] {
        assert_eq!(refused(jwt).await, message);
    }
}

#[tokio::test]
async fn the_server_says_that_it_wants_tokens() {
    let (_server, address) = start(Jwt::from_jwks(Signer::new().jwks())).await;
    let mut client = ServerServiceClient::new(channel(&address).await);
    let info = client.get_server_info(GetServerInfoRequest {}).await;
    assert!(info.unwrap().into_inner().features["jwt_auth"]);

    let mut client = ConfigServiceClient::new(channel(&address).await);
    let refused = client.subscribe(SubscribeRequest::default()).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);
}
