//! From what was typed, and the variables of the official command line, to a client.

use std::{fs, time::Duration};

use decree_runtime::{Client, ClientBuilder, RetryPolicy};

use super::{
    args::{Connect, Role},
    failure::Failure,
};

/// Somebody waits at a terminal.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const GIVE_UP_AFTER: Duration = Duration::from_secs(15);

/// What a command is going to do, for the least role that may.
#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    Read,
    Write,
}

impl Access {
    fn least_role(self) -> Role {
        match self {
            Self::Read => Role::User,
            Self::Write => Role::Admin,
        }
    }
}

pub(super) fn connect(options: &Connect, access: Access) -> Result<Client, Failure> {
    let mut builder = ClientBuilder::from_env()?
        .timeout(ANSWER_WITHIN)
        .retry(RetryPolicy::default().budget(GIVE_UP_AFTER))
        // What travels without TLS stays on this machine, or was asked for by `--insecure`.
        .plaintext_token();
    if let Some(server) = &options.server {
        builder = builder.address(server);
    }
    let usual_subject = unless_set("DECREE_SUBJECT", env!("CARGO_PKG_NAME"));
    if let Some(subject) = options.subject.as_deref().or(usual_subject) {
        builder = builder.subject(subject);
    }
    let usual_role = unless_set("DECREE_ROLE", access.least_role());
    if let Some(role) = options.role.or(usual_role) {
        builder = builder.role(role.into());
    }
    if let Some(token) = &options.token {
        builder = builder.token(token);
    }
    if options.insecure {
        builder = builder.plaintext();
    }
    if let Some(file) = &options.ca_cert {
        let pem = fs::read(file)
            .map_err(|error| Failure::new(format!("--ca-cert {}: {error}", file.display())))?;
        builder = builder.ca_certificate(pem);
    }
    Ok(builder.build()?)
}

/// An empty variable is an unset one, as for [`ClientBuilder::from_env`].
fn unless_set<T>(variable: &str, usual: T) -> Option<T> {
    let is_set = std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    (!is_set).then_some(usual)
}
