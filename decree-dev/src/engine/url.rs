//! Whether a text is an absolute URL for Go's `net/url`, which asks for less than a browser does.

use std::net::Ipv6Addr;

/// The lower-case scheme of an absolute URL; `None` if the text is no absolute URL.
pub(crate) fn scheme(url: &str) -> Option<String> {
    if url.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (scheme, rest) = url.split_once(':')?;
    if !is_scheme(scheme) || !escapes_are_whole(fragment) {
        return None;
    }
    let (rest, _query) = rest.split_once('?').unwrap_or((rest, ""));
    let is_valid = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            is_authority(authority) && escapes_are_whole(path)
        }
        // Without a slash the rest is opaque, and Go does not look at it.
        None => !rest.starts_with('/') || escapes_are_whole(rest),
    };
    is_valid.then(|| scheme.to_ascii_lowercase())
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    is_user(user) && is_host(host)
}

fn is_user(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    text.chars().all(is_allowed) && escapes_are_whole(text)
}

fn is_host(text: &str) -> bool {
    if let Some(bracketed) = text.strip_prefix('[') {
        return bracketed.rsplit_once(']').is_some_and(|(host, port)| {
            let (address, zone) = host.split_once("%25").unwrap_or((host, ""));
            address.parse::<Ipv6Addr>().is_ok() && escapes_are_whole(zone) && is_port(port)
        });
    }
    let (host, port) = text.split_at(text.rfind(':').unwrap_or(text.len()));
    is_port(port) && host.chars().all(is_host_char) && host_escapes_are_needed(host)
}

/// Empty, or a colon with digits or nothing after it.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

fn is_host_char(c: char) -> bool {
    !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:]<>\"%".contains(c)
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| escaped(rest).is_some())
}

/// In a host only bytes outside ASCII may be escaped.
fn host_escapes_are_needed(host: &str) -> bool {
    host.split('%')
        .skip(1)
        .all(|rest| escaped(rest).is_some_and(|byte| byte >= 0x80 || byte == b'%'))
}

fn escaped(text: &str) -> Option<u8> {
    let digits = text
        .get(..2)
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_without_a_host_pass_as_they_do_in_go() {
        for url in [
            "https:",
            "http:foo",
            "https://",
            "HTTPS://x",
            "mailto:a@b",
            "http://a:80/%20?%zz#x",
            "http://[::1]:80/",
            "http://ü.example/",
            "http://a:/",
            "http://u:p@h",
        ] {
            assert!(scheme(url).is_some(), "{url}");
        }
        assert_eq!(scheme("HTTPS://x").as_deref(), Some("https"));
    }

    #[test]
    fn broken_urls_fail() {
        for url in [
            "",
            "x",
            "/a",
            "//h",
            ":x",
            "1a:b",
            "http://a:8o/",
            "http://a b/",
            "http://a/%zz",
            "http://a/%2",
            "http://%41/",
            "http://[::1/",
            "http://[x]/",
            "http://a[/",
            "http://a/#%z",
            "http://a\n/",
            "http://u ser@h",
            "http://a:80:90x/",
        ] {
            assert_eq!(scheme(url), None, "{url}");
        }
    }
}
