//! Options from the environment.

use super::{ClientBuilder, Role};
use crate::error::{Error, ErrorKind};

/// Where the official command line looks if nothing is said.
const USUAL_SERVER: &str = "localhost:9090";
const USUAL_SUBJECT: &str = "decree-rust";

impl ClientBuilder {
    /// The options that the variables of the official command line name. What it does not name
    /// has the default of [`Client::builder`](super::Client::builder).
    ///
    /// | variable | means | if unset |
    /// |---|---|---|
    /// | `DECREE_SERVER` | the address | `localhost:9090` |
    /// | `DECREE_SUBJECT` | [`subject`](Self::subject) | `decree-rust` |
    /// | `DECREE_ROLE` | [`role`](Self::role): `user`, `admin` or `superadmin` | `user`; the command line's is `superadmin` |
    /// | `DECREE_TENANT_ID` | [`tenant`](Self::tenant), several with commas | the tenant of each call |
    /// | `DECREE_TOKEN` | [`token`](Self::token) | none |
    /// | `DECREE_INSECURE` | [`plaintext`](Self::plaintext) if `true` | plaintext on loopback only |
    ///
    /// An empty variable is an unset one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidOption`], naming the variable.
    pub fn from_env() -> Result<Self, Error> {
        from(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(invalid(name, "it is not valid Unicode")),
        })
    }
}

fn from(variable: impl Fn(&str) -> Result<Option<String>, Error>) -> Result<ClientBuilder, Error> {
    let variable = |name| Ok::<_, Error>(variable(name)?.filter(|value| !value.is_empty()));
    let server = variable("DECREE_SERVER")?;
    let subject = variable("DECREE_SUBJECT")?;
    let mut builder = ClientBuilder::new(server.unwrap_or_else(|| USUAL_SERVER.to_owned()))
        .subject(subject.unwrap_or_else(|| USUAL_SUBJECT.to_owned()));
    if let Some(name) = variable("DECREE_ROLE")? {
        let role = Role::named(&name).ok_or_else(|| {
            let found = format!("expected user, admin or superadmin, found {name:?}");
            invalid("DECREE_ROLE", &found)
        })?;
        builder = builder.role(role);
    }
    for tenant in variable("DECREE_TENANT_ID")?
        .iter()
        .flat_map(|list| list.split(','))
    {
        builder = builder.tenant(tenant.trim());
    }
    if let Some(token) = variable("DECREE_TOKEN")? {
        builder = builder.token(token);
    }
    match variable("DECREE_INSECURE")?.as_deref() {
        None | Some("false" | "0") => {}
        Some("true" | "1") => builder = builder.plaintext(),
        Some(other) => {
            let found = format!("expected true or false, found {other:?}");
            return Err(invalid("DECREE_INSECURE", &found));
        }
    }
    Ok(builder)
}

fn invalid(name: &str, why: &str) -> Error {
    Error::new(ErrorKind::InvalidOption, format!("{name}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(variables: &[(&str, &str)]) -> Result<String, String> {
        let find = |name: &str| {
            let found = variables.iter().find(|(set, _)| *set == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        };
        let client = from(find).and_then(ClientBuilder::build);
        client
            .map(|client| format!("{client:?}"))
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn nothing_set_is_the_least_on_this_machine() {
        let client = built(&[("DECREE_TOKEN", "")]).unwrap();
        for part in ["localhost:9090", "decree-rust", "User", "tenants: None"] {
            assert!(client.contains(part), "{client}");
        }
    }

    #[tokio::test]
    async fn everything_set_is_used_and_the_token_is_not_shown() {
        let client = built(&[
            ("DECREE_SERVER", "config.internal:443"),
            ("DECREE_SUBJECT", "me"),
            ("DECREE_ROLE", "admin"),
            ("DECREE_TENANT_ID", "a, b"),
            ("DECREE_INSECURE", "true"),
        ]);
        let client = client.unwrap();
        for part in ["config.internal:443", "\"me\"", "Admin", "\"a,b\""] {
            assert!(client.contains(part), "{client}");
        }
        let error = built(&[("DECREE_TOKEN", "s3cret")]).unwrap_err();
        assert!(
            error.contains("plaintext") && !error.contains("s3cret"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_bad_variable_is_named() {
        for (name, value) in [("DECREE_ROLE", "root"), ("DECREE_INSECURE", "maybe")] {
            let error = built(&[(name, value)]).unwrap_err();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
        let error = built(&[("DECREE_TENANT_ID", "A")]).unwrap_err();
        assert!(error.contains("\"A\""), "{error}");
    }
}
