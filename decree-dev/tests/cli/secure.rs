//! A server with TLS and tokens, and a caller who has both.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk};
use serde_json::json;

use super::{PROGRAM, Running, decree_dev, finish};

const ISSUER: &str = "https://login.example";

/// A folder with all the files, and the key that tokens are signed with.
fn files() -> (PathBuf, EncodingKey) {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("secure");
    fs::create_dir_all(&dir).unwrap();
    let server = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(dir.join("cert.pem"), server.cert.pem()).unwrap();
    fs::write(dir.join("key.pem"), server.signing_key.serialize_pem()).unwrap();

    let signer = rcgen::KeyPair::generate().unwrap();
    let signer = EncodingKey::from_ec_der(&signer.serialize_der());
    let key = jwk::Jwk::from_encoding_key(&signer, Algorithm::ES256).unwrap();
    let set = serde_json::to_string(&jwk::JwkSet { keys: vec![key] }).unwrap();
    fs::write(dir.join("jwks.json"), set).unwrap();
    (dir, signer)
}

/// Serves, and says the port and the id of the tenant.
fn serve(dir: &PathBuf, args: &[&str]) -> (Running, u16, String) {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/shop.yaml");
    let mut serve = decree_dev("", &["serve", "--listen", "127.0.0.1:0", "--seed", seed]);
    serve.args(args).current_dir(dir);
    let mut serve = Running::start(serve);
    let lines = serve.stdout();
    let lines: Vec<String> = (0..5).map(|_| lines.next()).collect();
    let port = lines[0].split([':', ',']).nth(1).unwrap().parse().unwrap();
    assert_eq!(
        lines[4],
        format!("  {PROGRAM} get acme --server https://127.0.0.1:{port}")
    );
    let (id, name) = lines[2].trim().split_once(' ').unwrap();
    assert_eq!(name, "acme");
    (serve, port, id.to_owned())
}

#[test]
fn a_caller_with_a_token_and_the_right_trust_is_served() {
    let (dir, signer) = files();
    let (_server, port, tenant) = serve(
        &dir,
        &[
            "--tls-cert",
            "cert.pem",
            "--tls-key",
            "key.pem",
            "--jwks",
            "jwks.json",
            "--jwt-issuer",
            ISSUER,
        ],
    );
    let expires = SystemTime::now() + Duration::from_secs(600);
    let expires = expires.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({
        "iss": ISSUER, "exp": expires, "sub": "me", "role": "user", "tenant_ids": [tenant]
    });
    let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &signer).unwrap();

    let server = format!("https://localhost:{port}");
    let get = ["get", "acme", "cart.limit"];
    let trusting = [&get[..], &["--ca-cert", "cert.pem"]].concat();
    let mut command = decree_dev(&server, &trusting);
    command.current_dir(&dir);
    let (code, printed) = finish(&mut command);
    assert_eq!(code, 1);
    for part in ["missing authorization header", "see --token\n"] {
        assert!(printed.contains(part), "{printed}");
    }
    command.env("DECREE_TOKEN", &token);
    assert_eq!(finish(&mut command), (0, "40\n".to_owned()));

    let mut command = decree_dev(&server, &get);
    let (code, printed) = finish(command.env("DECREE_TOKEN", &token));
    assert_eq!(code, 1);
    assert!(
        printed.contains("the server's certificate is not accepted"),
        "{printed}"
    );
}

#[test]
fn half_a_pair_is_a_mistake_in_usage() {
    for args in [
        &["serve", "--tls-cert", "cert.pem"][..],
        &["serve", "--client-ca", "ca.pem"],
        &["serve", "--jwt-issuer", ISSUER],
    ] {
        let (code, printed) = finish(&mut decree_dev("", args));
        assert_eq!(code, 2);
        assert!(printed.contains("required arguments"), "{printed}");
    }
}
