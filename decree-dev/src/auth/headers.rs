//! Who calls, by headers: the server believes what they say.

use http::HeaderMap;
use tonic::Status;

use super::{Claims, Role};

const LONGEST_HEADER: usize = 1024;
const LONGEST_SUBJECT: usize = 256;
const LONGEST_ROLE: usize = 64;
const MOST_TENANTS: usize = 32;

/// Reads the caller from the headers of a call.
///
/// `resolve` turns the name of a tenant into its id; ids it passes on without a look.
pub(super) fn claims(
    headers: &HeaderMap,
    resolve: impl Fn(&str) -> Option<String>,
) -> Result<Claims, Status> {
    let subject = first(headers, "x-subject", LONGEST_HEADER)?;
    if subject.is_empty() {
        return Err(Status::unauthenticated("x-subject header is required"));
    }
    if subject.len() > LONGEST_SUBJECT {
        return Err(Status::invalid_argument("x-subject exceeds 256 bytes"));
    }
    if !subject.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return Err(Status::invalid_argument(
            "x-subject must be printable ASCII",
        ));
    }
    let role = match first(headers, "x-role", LONGEST_ROLE)? {
        b"" => Role::User,
        role => Role::named(role)?,
    };
    let tenants = tenants(first(headers, "x-tenant-id", LONGEST_HEADER)?, resolve)?;
    if role != Role::Superadmin && tenants.is_empty() {
        return Err(Status::permission_denied(
            "x-tenant-id required for non-superadmin",
        ));
    }
    Ok(Claims {
        subject: String::from_utf8_lossy(subject).into_owned(),
        role,
        tenants,
    })
}

/// Only the first value of a repeated header counts.
fn first<'a>(headers: &'a HeaderMap, name: &str, longest: usize) -> Result<&'a [u8], Status> {
    let value = headers.get(name).map_or(&b""[..], |value| value.as_bytes());
    if value.len() > longest {
        return Err(Status::invalid_argument(format!(
            "{name} header exceeds {longest} bytes"
        )));
    }
    Ok(value)
}

fn tenants(header: &[u8], resolve: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, Status> {
    let header = String::from_utf8_lossy(header);
    if header.split(',').count() > MOST_TENANTS {
        return Err(Status::invalid_argument("x-tenant-id exceeds 32 entries"));
    }
    header
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            resolve(name).ok_or_else(|| Status::invalid_argument("failed to resolve tenant"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    fn call(headers: &[(&'static str, &str)]) -> Result<Claims, (Code, String)> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        claims(&map, |name| {
            (name != "nobody").then(|| format!("id-of-{name}"))
        })
        .map_err(|status| (status.code(), status.message().to_owned()))
    }

    #[test]
    fn a_caller_must_say_who_it_is() {
        let refused = (
            Code::Unauthenticated,
            "x-subject header is required".to_owned(),
        );
        assert_eq!(call(&[]).unwrap_err(), refused);
    }

    #[test]
    fn without_a_role_a_caller_is_a_user_and_needs_a_tenant() {
        let refused = (
            Code::PermissionDenied,
            "x-tenant-id required for non-superadmin".to_owned(),
        );
        assert_eq!(call(&[("x-subject", "me")]).unwrap_err(), refused);

        let claims = call(&[("x-subject", "me"), ("x-tenant-id", " a, ,b")]).unwrap();
        assert_eq!(claims.role, Role::User);
        assert_eq!(claims.tenants, ["id-of-a", "id-of-b"]);
    }

    #[test]
    fn an_unknown_tenant_fails_even_for_superadmin() {
        let headers = [
            ("x-subject", "me"),
            ("x-role", "superadmin"),
            ("x-tenant-id", "nobody"),
        ];
        let refused = (Code::InvalidArgument, "failed to resolve tenant".to_owned());
        assert_eq!(call(&headers).unwrap_err(), refused);
    }

    #[test]
    fn roles_are_case_sensitive() {
        let refused = (Code::PermissionDenied, "unknown role".to_owned());
        assert_eq!(
            call(&[("x-subject", "me"), ("x-role", "Admin")]).unwrap_err(),
            refused
        );
    }

    #[test]
    fn users_read_their_own_tenant_and_admins_write_it() {
        let user = call(&[("x-subject", "me"), ("x-tenant-id", "a")]).unwrap();
        assert!(user.may_read("id-of-a").is_ok());
        assert_eq!(
            user.may_read("id-of-b").unwrap_err().message(),
            "no access to tenant id-of-b"
        );
        let refused = user.may_write("id-of-a").unwrap_err();
        assert_eq!(refused.message(), "admin or superadmin required");

        let admin = call(&[
            ("x-subject", "me"),
            ("x-role", "admin"),
            ("x-tenant-id", "a"),
        ])
        .unwrap();
        assert!(admin.may_write("id-of-a").is_ok());
        assert_eq!(
            admin.may_administer().unwrap_err().message(),
            "superadmin required"
        );
    }
}
