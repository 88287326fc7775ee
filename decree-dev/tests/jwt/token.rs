//! Tokens of every kind, good and bad.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, JwkSet},
};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use serde_json::{Value, json};
use tonic::Request;

/// Signs nothing but the tokens of this test. Made with `openssl genrsa -traditional 2048` and
/// written as DER, for want of a quick way to make one here.
const RSA: &[u8] = include_bytes!("rsa.der");

pub(crate) struct Signer {
    ec: EncodingKey,
    rsa: EncodingKey,
}

impl Signer {
    pub(crate) fn new() -> Self {
        let ec = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        Self {
            ec: EncodingKey::from_ec_der(&ec.serialize_der()),
            rsa: EncodingKey::from_rsa_der(RSA),
        }
    }

    pub(crate) fn jwks(&self) -> String {
        let public = |id: &str, key, algorithm| {
            let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
            jwk.common.key_id = Some(id.to_owned());
            jwk
        };
        let keys = vec![
            public("rsa", &self.rsa, Algorithm::RS256),
            public("ec", &self.ec, Algorithm::ES256),
        ];
        serde_json::to_string(&JwkSet { keys }).unwrap()
    }

    /// A token with these claims, as it stands in a header.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(claims, Algorithm::ES256, Some("ec"))
    }

    pub(crate) fn sign_as(&self, claims: &Value, alg: Algorithm, kid: Option<&str>) -> String {
        let hmac;
        let key = match alg {
            Algorithm::ES256 => &self.ec,
            Algorithm::HS256 => {
                hmac = EncodingKey::from_secret(self.jwks().as_bytes());
                &hmac
            }
            _ => &self.rsa,
        };
        let mut header = Header::new(alg);
        header.kid = kid.map(str::to_owned);
        format!("Bearer {}", encode(&header, claims, key).unwrap())
    }
}

/// Claims that are in order.
pub(crate) fn superadmin() -> Value {
    json!({
        "sub": "root",
        "iss": super::ISSUER,
        "aud": super::AUDIENCE,
        "exp": seconds_from_now(600),
        "role": "superadmin",
    })
}

/// Claims that are in order, but for what is changed; null takes a claim away.
pub(crate) fn user(tenant: &str, changes: &Value) -> Value {
    let mut claims = superadmin();
    claims["role"] = json!("user");
    claims["tenant_ids"] = json!([tenant]);
    for (name, value) in changes.as_object().unwrap() {
        let claims = claims.as_object_mut().unwrap();
        match value {
            Value::Null => claims.remove(name),
            value => claims.insert(name.clone(), value.clone()),
        };
    }
    claims
}

pub(crate) fn seconds_from_now(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(now.as_ref().map_or(0, Duration::as_secs)).unwrap() + seconds
}

pub(crate) fn with<T>(authorization: &[String], message: T) -> Request<T> {
    let mut request = Request::new(message);
    for value in authorization {
        request
            .metadata_mut()
            .append("authorization", value.parse().unwrap());
    }
    request
}
