//! Who is at the other end of a connection that broke.

/// What a broken connection tells of who is at its other end, if it does. The words are those of
/// rustls, hyper and tonic, which have no types for it.
pub(super) fn other_end(words: &str) -> Option<&'static str> {
    let signs: [(&[&str], &str); 5] = [
        (
            &["corrupt message", "InvalidContentType"],
            "this server speaks no TLS: use plaintext, or the port where it speaks TLS",
        ),
        (
            &["invalid peer certificate"],
            "the server's certificate is not accepted: trust the authority that signed it, and \
             use a name that it is made for",
        ),
        (
            &["HTTP/2 was not negotiated"],
            "this server speaks TLS, but no HTTP/2: is this the port of gRPC?",
        ),
        (
            &["frame with invalid size", "http2 error"],
            "this server speaks no HTTP/2: is this the port of gRPC, or does it want TLS?",
        ),
        (
            &["connection closed", "connection reset", "broken pipe"],
            "the server hung up: is it restarting, is this the port of gRPC, does it want TLS?",
        ),
    ];
    let is_said = |signs: &[&str]| signs.iter().any(|sign| words.contains(sign));
    let found = signs.iter().find(|(signs, _)| is_said(signs));
    found.map(|(_, likely)| *likely)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words were seen, each with such a server.
    #[test]
    fn a_broken_connection_tells_of_its_other_end() {
        for (words, likely) in [
            (
                "UNAVAILABLE: received corrupt message of type InvalidContentType: transport error",
                Some("speaks no TLS"),
            ),
            (
                "UNAVAILABLE: invalid peer certificate: UnknownIssuer: transport error",
                Some("certificate is not accepted"),
            ),
            (
                "UNAVAILABLE: HTTP/2 was not negotiated.: transport error",
                Some("speaks TLS, but no HTTP/2"),
            ),
            (
                "UNKNOWN: transport error: http2 error: connection error detected: frame with \
                 invalid size",
                Some("speaks no HTTP/2"),
            ),
            (
                "CANCELLED: operation was canceled: transport error: connection closed",
                Some("hung up"),
            ),
            (
                "UNKNOWN: transport error: connection error: connection reset",
                Some("hung up"),
            ),
            (
                "UNAVAILABLE: tcp connect error: transport error: Connection refused (os error 111)",
                None,
            ),
        ] {
            let found = other_end(words);
            assert_eq!(found.is_some(), likely.is_some(), "{words}: {found:?}");
            let found = found.unwrap_or_default();
            assert!(
                found.contains(likely.unwrap_or_default()),
                "{words}: {found}"
            );
        }
    }
}
