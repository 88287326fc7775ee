//! The keys that tokens are checked with, and where they come from.

use std::{error::Error, fmt, net::SocketAddr, time::Duration};

use http::{Request, Uri, header::HOST};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    jwk::{Jwk, JwkSet, KeyAlgorithm},
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

const FETCH_WITHIN: Duration = Duration::from_secs(5);
const LONGEST_SET: usize = 1024 * 1024;

type Cause = Box<dyn Error + Send + Sync>;

pub(super) struct Keys(Vec<Key>);

struct Key {
    id: Option<String>,
    /// The one algorithm it is for; `None` is any that suits it.
    algorithm: Option<KeyAlgorithm>,
    public: DecodingKey,
}

/// Says which keys there are and nothing about them.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|key| &key.id))
            .finish()
    }
}

impl Keys {
    /// Keys of other kinds may stand in the set and are left out.
    ///
    /// # Errors
    ///
    /// What is wrong.
    pub(super) fn parse(json: &[u8]) -> Result<Self, String> {
        let set: JwkSet = serde_json::from_slice(json)
            .map_err(|error| format!("it is not a JSON Web Key Set: {error}"))?;
        let keys: Vec<Key> = set.keys.iter().filter_map(Key::new).collect();
        if keys.is_empty() {
            return Err("it has no key for RS256 or ES256".to_owned());
        }
        Ok(Self(keys))
    }

    /// Over a network, keys that come without TLS could be anybody's.
    ///
    /// # Errors
    ///
    /// What is wrong, and what to do.
    pub(super) async fn fetch(url: &str) -> Result<Self, String> {
        let failed = |why: String| format!("{url}: {why}");
        let uri: Uri = url
            .parse()
            .map_err(|_| failed("it is not a URL".to_owned()))?;
        let local = match (uri.scheme_str(), uri.host()) {
            (Some("http"), Some(host)) => {
                let host = (host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(80));
                let mut addrs = lookup_host(host)
                    .await
                    .map_err(|error| failed(error.to_string()))?;
                addrs.find(|addr| addr.ip().is_loopback())
            }
            _ => None,
        };
        let addr = local.ok_or_else(|| {
            failed(
                "decree-dev fetches over http:// from this machine only; save the JWKS to a file"
                    .to_owned(),
            )
        })?;
        let json = match timeout(FETCH_WITHIN, get(addr, &uri)).await {
            Ok(answer) => answer.map_err(|error| failed(error.to_string()))?,
            Err(late) => return Err(failed(late.to_string())),
        };
        Self::parse(&json).map_err(failed)
    }

    /// The keys that may have signed a token: the one it names, or all if it names none.
    pub(super) fn candidates(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &DecodingKey> {
        let named = move |key: &&Key| id.is_none() || key.id.as_deref() == id;
        let suits = move |key: &&Key| {
            let is_for = key.algorithm.is_none_or(|own| own == algorithm.into());
            is_for && key.public.family() == algorithm.family()
        };
        self.0
            .iter()
            .filter(named)
            .filter(suits)
            .map(|key| &key.public)
    }
}

impl Key {
    fn new(jwk: &Jwk) -> Option<Self> {
        let public = DecodingKey::from_jwk(jwk).ok()?;
        let usable = matches!(public.family(), AlgorithmFamily::Rsa | AlgorithmFamily::Ec);
        let common = &jwk.common;
        usable.then(|| Self {
            id: common.key_id.clone(),
            algorithm: common.key_algorithm,
            public,
        })
    }
}

async fn get(addr: SocketAddr, uri: &Uri) -> Result<Bytes, Cause> {
    let stream = TcpStream::connect(addr).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let authority = uri.authority().map_or("", http::uri::Authority::as_str);
    let path = uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let request = Request::get(path).header(HOST, authority);
    let request = request.body(Empty::<Bytes>::new())?;
    let answer = async move {
        let response = sender.send_request(request).await?;
        if !response.status().is_success() {
            return Err(format!("it answered {}", response.status()).into());
        }
        let body = Limited::new(response.into_body(), LONGEST_SET);
        Ok::<_, Cause>(body.collect().await?.to_bytes())
    };
    // The connection moves only while it is polled, and may end before the answer is read.
    let connection = async move {
        connection.await?;
        std::future::pending().await
    };
    tokio::select! {
        answer = answer => answer,
        lost = connection => lost,
    }
}
