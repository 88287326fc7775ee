//! Where the server is.

use std::net::IpAddr;

use http::{Uri, uri::Scheme};

use crate::error::{Error, ErrorKind};

/// A checked address.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// As the user typed it, for messages.
    pub(crate) shown: String,
    pub(crate) uri: Uri,
    pub(crate) security: Security,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    Tls,
    Plaintext,
}

const EXAMPLES: &str = "write host:port, http://host:port or https://host:port, \
                        such as localhost:9090";

/// Without a scheme, and unless `plaintext` is named, only this machine is spoken to in the clear.
pub(crate) fn parse(typed: &str, plaintext: bool) -> Result<Address, Error> {
    let invalid = |why: &str| {
        let message = format!("address {typed:?}: {why}; {EXAMPLES}");
        Error::new(ErrorKind::InvalidOption, message)
    };
    let full = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("none://{typed}")
    };
    let uri: Uri = full
        .parse()
        .map_err(|error| invalid("it is no address").with_source(error))?;
    let scheme = uri.scheme().cloned();
    let authority = uri.authority().ok_or_else(|| invalid("it names no host"))?;
    let host = authority.host();
    if host.is_empty() {
        return Err(invalid("it names no host"));
    }
    if uri.port_u16().is_none_or(|port| port == 0) {
        return Err(invalid("it names no port from 1 to 65535"));
    }
    if authority.as_str().contains('@') || uri.path().len() > 1 || uri.query().is_some() {
        return Err(invalid("it has more than a host and a port"));
    }
    let security = match scheme.as_ref().map(Scheme::as_str) {
        Some("https") if plaintext => {
            return Err(invalid(
                "it says https, and the option `plaintext` says the opposite",
            ));
        }
        Some("none") if plaintext || is_loopback(host) => Security::Plaintext,
        Some("http") => Security::Plaintext,
        Some("https" | "none") => Security::Tls,
        _ => return Err(invalid("its scheme is neither http nor https")),
    };
    if security == Security::Plaintext && !plaintext && !is_loopback(host) {
        return Err(invalid(
            "plaintext leaves this machine only with the option `plaintext`",
        ));
    }
    let scheme = match security {
        Security::Tls => "https",
        Security::Plaintext => "http",
    };
    let uri = format!("{scheme}://{authority}");
    let uri = uri
        .parse()
        .map_err(|error| invalid("it is no address").with_source(error))?;
    Ok(Address {
        shown: typed.to_owned(),
        uri,
        security,
    })
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn security(typed: &str, plaintext: bool) -> Option<Security> {
        parse(typed, plaintext).ok().map(|address| address.security)
    }

    #[test]
    fn only_loopback_is_spoken_to_in_the_clear_by_default() {
        use Security::{Plaintext, Tls};
        for (typed, expected) in [
            ("localhost:9090", Some(Plaintext)),
            ("127.0.0.1:9090", Some(Plaintext)),
            ("127.1.2.3:9090", Some(Plaintext)),
            ("[::1]:9090", Some(Plaintext)),
            ("config.internal:9090", Some(Tls)),
            ("10.0.0.1:9090", Some(Tls)),
            ("https://localhost:9090", Some(Tls)),
            ("https://config.internal:443/", Some(Tls)),
            ("http://127.0.0.1:9090", Some(Plaintext)),
            ("http://config.internal:9090", None),
        ] {
            assert_eq!(security(typed, false), expected, "{typed}");
        }
        assert_eq!(security("config.internal:9090", true), Some(Plaintext));
        assert_eq!(
            security("http://config.internal:9090", true),
            Some(Plaintext)
        );
        assert_eq!(security("https://config.internal:9090", true), None);
    }

    #[test]
    fn a_wrong_address_is_named_with_the_cure() {
        for typed in [
            "",
            "localhost",
            "localhost:",
            "localhost:0",
            "localhost:99999",
            ":9090",
            "http://",
            "ftp://localhost:1",
            "localhost:9090/v1",
            "me@localhost:9090",
            "a b:9090",
            "unix:///tmp/decree.sock",
        ] {
            let error = parse(typed, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidOption);
            let text = error.to_string();
            assert!(text.contains(&format!("{typed:?}")), "{text}");
            assert!(text.contains("such as localhost:9090"), "{text}");
        }
    }
}
