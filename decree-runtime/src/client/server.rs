//! What the server says about itself, and whether this client was made for it.

use std::collections::BTreeMap;

use decree_proto::v1;
use tokio::sync::OnceCell;

use super::{Client, call::About};
use crate::error::{Error, ErrorKind};

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerInfo {
    /// As it was built; `dev` when nobody said.
    pub version: String,
    /// The commit that it was built from.
    pub commit: String,
    /// What is turned on: `config`, `schema`, `audit`, `usage_tracking`, `jwt_auth`, …
    pub features: BTreeMap<String, bool>,
}

/// The versions that this client speaks to: from the first, up to and without the second.
const COMPATIBLE: (Number, Number) = ((0, 8, 0), (1, 0, 0));

type Number = (u64, u64, u64);

/// Whether the server has to be checked, and was.
#[derive(Debug)]
pub(super) struct ServerCheck {
    wanted: bool,
    /// Set by a check that was passed, and by no other: a second call must not slip through.
    passed: OnceCell<()>,
}

impl ServerCheck {
    pub(super) fn new(wanted: bool) -> Self {
        let passed = OnceCell::new();
        Self { wanted, passed }
    }
}

impl Client {
    /// Asks the server what it is. Needs no rights.
    ///
    /// # Errors
    ///
    /// Whatever keeps a call from being answered; see [`ErrorKind`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn server_info(&self) -> Result<ServerInfo, Error> {
        let about = About::server("asking for the version of the server");
        let message = v1::GetServerInfoRequest {};
        let answer = self.ask_unchecked(&about, message, |stubs, request| async move {
            stubs.server().get_server_info(request).await
        });
        let info = answer.await?;
        Ok(ServerInfo {
            version: info.version,
            commit: info.commit,
            features: info.features.into_iter().collect(),
        })
    }

    /// Refuses a server that this client was not made for, if that is wanted.
    pub(super) async fn check_server(&self) -> Result<(), Error> {
        let check = &self.shared.server;
        if !check.wanted {
            return Ok(());
        }
        let once = || async {
            let found = self.server_info().await?.version;
            if is_compatible(&found) {
                return Ok(());
            }
            let (from, below) = COMPATIBLE;
            let message = format!(
                "{} is an OpenDecree {found}, and this client speaks to {} up to and without {}; \
                 take another version of decree-runtime, or leave out `check_version`",
                self.shared.connection.address(),
                Dotted(from),
                Dotted(below),
            );
            Err(Error::new(ErrorKind::IncompatibleServer, message))
        };
        check.passed.get_or_try_init(once).await?;
        Ok(())
    }
}

/// A version that does not tell is believed: servers that were built by hand say `dev`.
fn is_compatible(version: &str) -> bool {
    let (from, below) = COMPATIBLE;
    numbers(version).is_none_or(|version| from <= version && version < below)
}

/// The numbers that a version starts with. What follows, as in `0.12.0-alpha.4-78-g26e63ba`, does
/// not count: a pre-release speaks as the release will.
fn numbers(version: &str) -> Option<Number> {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let end = version.find(['-', '+']).unwrap_or(version.len());
    let mut parts = version[..end].split('.').map(|part| part.parse().ok());
    let major = parts.next()??;
    // Without a dot it is more likely a commit than a version.
    let minor = parts.next()??;
    let patch = parts.next().unwrap_or(Some(0))?;
    Some((major, minor, patch))
}

struct Dotted(Number);

impl std::fmt::Display for Dotted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (major, minor, patch) = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_the_range_and_those_that_do_not_tell_are_compatible() {
        for version in [
            "0.8.0",
            "0.8.0-alpha.1",
            "0.12.0-alpha.5",
            "v0.9",
            "V0.9.0",
            " 0.9.0",
            "0.9.0+meta",
            "v0.12.0-alpha.4-78-g26e63ba",
            "0.12.0-alpha.5-dirty",
            "dev",
            "",
            "unknown",
            "26e63ba",
            "main",
        ] {
            assert!(is_compatible(version), "{version:?}");
        }
        for version in ["0.7.99", "0.7.0-alpha.1", "1.0.0", "1.0.0-alpha.1", "v2.3"] {
            assert!(!is_compatible(version), "{version:?}");
        }
    }
}
