//! Names that become headers. Whatever is not just a name is refused before it gets there.

use http::HeaderValue;

use crate::error::{Error, ErrorKind};

/// A tenant that may become a header: `x-tenant-id` is a list, so "a,b" would widen rights.
pub(super) fn tenant(tenant: &str) -> Result<HeaderValue, Error> {
    header("tenant", check(tenant)?)
}

/// The most tenants, and bytes for them, that the server takes in one header.
const TENANTS_MAX: usize = 32;
const TENANTS_BYTES_MAX: usize = 1024;

/// Several tenants in one header.
pub(super) fn tenants(names: &[String]) -> Result<HeaderValue, Error> {
    for name in names {
        check(name)?;
    }
    let list = names.join(",");
    if names.len() > TENANTS_MAX || list.len() > TENANTS_BYTES_MAX {
        let message = format!(
            "{} tenants in {} bytes: a caller can belong to {TENANTS_MAX} tenants in \
             {TENANTS_BYTES_MAX} bytes; name none, and each call is made for its own tenant",
            names.len(),
            list.len()
        );
        return Err(Error::new(ErrorKind::InvalidOption, message));
    }
    HeaderValue::try_from(list).map_err(|error| {
        Error::new(ErrorKind::InvalidOption, "the tenants are no header").with_source(error)
    })
}

/// Longest name of a tenant that the server takes.
const NAME_MAX: usize = 63;

fn check(tenant: &str) -> Result<&str, Error> {
    let middle = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let end = |byte: u8| middle(byte) && byte != b'-';
    let bytes = tenant.as_bytes();
    let ends = bytes.first().zip(bytes.last());
    let fits = bytes.len() <= NAME_MAX
        && bytes.iter().copied().all(middle)
        && ends.is_some_and(|(first, last)| end(*first) && end(*last));
    if fits {
        return Ok(tenant);
    }
    let shown: String = tenant.chars().take(NAME_MAX + 1).collect();
    let message = format!(
        "tenant {shown:?} is neither a name nor an id: use 1 to {NAME_MAX} lower-case letters, \
         digits and inner hyphens, such as `acme`"
    );
    Err(Error::new(ErrorKind::InvalidOption, message))
}

/// The server's limit for the subject; the longest of the headers that hold one name.
const HEADER_MAX: usize = 256;

pub(super) fn header(what: &str, text: &str) -> Result<HeaderValue, Error> {
    let printable = text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if !printable || text.is_empty() || text.len() > HEADER_MAX {
        let shown: String = text.chars().take(64).collect();
        let message = format!("{what} {shown:?}: use 1 to {HEADER_MAX} printable ASCII characters");
        return Err(Error::new(ErrorKind::InvalidOption, message));
    }
    HeaderValue::try_from(text).map_err(|error| {
        let message = format!("{what} {text:?} is no header");
        Error::new(ErrorKind::InvalidOption, message).with_source(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_a_name_or_an_id_and_never_a_list() {
        let long = "a".repeat(64);
        for good in ["acme", "a", "a-1", "0d6b2c1e-7a0f-4b9e-9d57-3d1f6a2b8c4d"] {
            assert!(tenant(good).is_ok(), "{good}");
        }
        for bad in ["", "a,b", "A", "-a", "a-", "a b", "a\n", "ä", "a.b", &long] {
            let error = tenant(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidOption, "{bad}");
            assert!(error.to_string().contains("such as `acme`"));
        }
    }

    #[test]
    fn a_list_has_at_most_what_the_server_takes() {
        let names = |count: usize, name: &str| vec![name.to_owned(); count];
        assert_eq!(tenants(&names(2, "a")).unwrap(), "a,a");
        assert!(tenants(&names(33, "a")).is_err());
        assert!(tenants(&names(30, &"a".repeat(40))).is_err());
        assert!(tenants(&["a".to_owned(), "b,c".to_owned()]).is_err());
    }
}
