//! `serve`: a server until ctrl-c.

use std::io::{self, Write as _};

#[cfg(feature = "jwt")]
use decree_dev::Jwt;
use decree_dev::{DevServer, DevServerBuilder};

use super::{args::Serve, failure::Failure, program};

const DEFAULT_PORT: u16 = 9090;

pub(super) async fn serve(serve: Serve) -> Result<(), Failure> {
    let mut builder = DevServer::builder()
        .listen(&serve.listen)
        .rate_limit(!serve.no_rate_limit);
    for file in &serve.seed {
        builder = builder.seed_file(file);
    }
    let builder = with_tokens(with_tls(builder, &serve)?, &serve)?;
    let server = builder
        .start()
        .await
        .map_err(|error| Failure::new(error.to_string()))?;
    // It serves also when nobody reads this.
    let _unread = io::stdout().write_all(welcome(&server, &serve).as_bytes());
    std::future::pending().await // ctrl-c is heard above, and drops the server
}

#[cfg(feature = "jwt")]
fn with_tokens(builder: DevServerBuilder, serve: &Serve) -> Result<DevServerBuilder, Failure> {
    let Some(jwks) = &serve.tokens.jwks else {
        return Ok(builder);
    };
    let mut jwt = if jwks.contains("://") {
        Jwt::from_url(jwks)
    } else {
        let text = read(jwks.as_ref())?;
        Jwt::from_jwks(String::from_utf8_lossy(&text))
    };
    if let Some(issuer) = &serve.tokens.jwt_issuer {
        jwt = jwt.issuer(issuer);
    }
    if let Some(audience) = &serve.tokens.jwt_audience {
        jwt = jwt.audience(audience);
    }
    Ok(builder.jwt(jwt))
}

#[cfg(feature = "jwt")]
fn wants_tokens(serve: &Serve) -> bool {
    serve.tokens.jwks.is_some()
}

#[cfg(feature = "tls")]
fn with_tls(mut builder: DevServerBuilder, serve: &Serve) -> Result<DevServerBuilder, Failure> {
    if let (Some(certificate), Some(key)) =
        (&serve.certificates.tls_cert, &serve.certificates.tls_key)
    {
        builder = builder.tls(read(certificate)?, read(key)?);
    }
    if let Some(file) = &serve.certificates.client_ca {
        builder = builder.client_ca(read(file)?);
    }
    Ok(builder)
}

#[cfg(not(feature = "jwt"))]
#[allow(clippy::unnecessary_wraps, reason = "its twin can fail")]
fn with_tokens(builder: DevServerBuilder, _: &Serve) -> Result<DevServerBuilder, Failure> {
    Ok(builder)
}

#[cfg(not(feature = "jwt"))]
fn wants_tokens(_: &Serve) -> bool {
    false
}

#[cfg(not(feature = "tls"))]
#[allow(clippy::unnecessary_wraps, reason = "its twin can fail")]
fn with_tls(builder: DevServerBuilder, _: &Serve) -> Result<DevServerBuilder, Failure> {
    Ok(builder)
}

#[cfg(any(feature = "jwt", feature = "tls"))]
fn read(file: &std::path::Path) -> Result<Vec<u8>, Failure> {
    let bytes = std::fs::read(file);
    bytes.map_err(|error| Failure::new(format!("{}: {error}", file.display())))
}

/// Where it is, and what to type next.
fn welcome(server: &DevServer, serve: &Serve) -> String {
    let (Some(addr), Some(url)) = (server.addr(), server.url()) else {
        return String::new();
    };
    let mut text = format!("serving at {addr}, in memory; ctrl-c ends it\n");
    let option = if url.starts_with("https") {
        format!(" --server {url}")
    } else if addr.port() == DEFAULT_PORT && addr.ip().is_loopback() {
        String::new()
    } else {
        format!(" --server {addr}")
    };
    let tenants = server.tenants();
    if tenants.is_empty() {
        text.push_str(if serve.seed.is_empty() {
            "it is empty; start it with --seed FILE to have a tenant\n"
        } else {
            "it has no tenant; name one in the `tenant` section of a seed file\n"
        });
        return text;
    }
    if wants_tokens(serve) {
        text.push_str("callers need a token, in DECREE_TOKEN; ids for its tenant_ids:\n");
        for tenant in &tenants {
            let id = server.tenant_id(tenant).unwrap_or_default();
            text.extend([format!("  {id} {tenant}\n")]);
        }
    }
    text.push_str("next, in another terminal:\n");
    for tenant in tenants {
        for command in ["get", "watch"] {
            let command = program::command(&format!("{command} {tenant}{option}"));
            text.extend([format!("  {command}\n")]);
        }
    }
    text
}
