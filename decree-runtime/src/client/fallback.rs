//! What a program begins with when it cannot begin with the server.

#[cfg(feature = "cache")]
mod disk;

use std::sync::Arc;

use super::Client;
use crate::{
    decode::{DecreeConfig, FieldSpec, decode, short_type_name},
    error::{Error, ErrorKind},
    reading::Reading,
    snapshot::Versioned,
    started::Started,
};

/// What may stand in for the server, in the order in which it is tried. By default nothing may.
#[derive(Debug, Clone, Default)]
pub(super) struct Fallback {
    /// The copy on disk, if it is no older than this.
    #[cfg(feature = "cache")]
    pub(super) disk: Option<std::time::Duration>,
    pub(super) defaults: bool,
}

/// What stands in for the server.
pub(super) struct First<C> {
    pub(super) shown: Versioned<C>,
    /// What it was made of.
    pub(super) reading: Reading,
    pub(super) started: Started,
}

#[cfg_attr(
    not(feature = "cache"),
    allow(
        unused_variables,
        clippy::unused_async,
        reason = "only the copy on disk is the client's, and waited for"
    )
)]
impl Fallback {
    /// Refuses what could never help, before it is needed.
    pub(super) fn check<C: DecreeConfig>(&self, client: &Client) -> Result<(), Error> {
        #[cfg(feature = "cache")]
        if self.disk.is_some() {
            if client.shared.cache.is_none() {
                let message = "`or_disk` needs a folder: name one by `ClientBuilder::cache_dir`";
                return Err(Error::new(ErrorKind::InvalidOption, message));
            }
            let cause = "a secret is never on disk, and has no default in";
            lacking::<C>("or_disk", cause, FieldSpec::secret)?;
        }
        if self.defaults {
            let cause = "there is no default for";
            lacking::<C>("or_defaults", cause, |field| !field.in_option())?;
        }
        Ok(())
    }

    /// What stands in for the server, which failed with `error`; that error, and what else failed, if
    /// nothing does.
    pub(super) async fn first<C: DecreeConfig>(
        &self,
        client: &Client,
        tenant: &str,
        error: Error,
    ) -> Result<First<C>, Error> {
        // Nobody can want to go on then.
        if matches!(error.kind(), ErrorKind::Closed | ErrorKind::InvalidOption) {
            return Err(error);
        }
        #[cfg(feature = "cache")]
        let error = match self.disk.zip(client.shared.cache.clone()) {
            Some((max_age, cache)) => match disk::first(cache, tenant, max_age).await {
                Ok((shown, reading, age)) => {
                    let (version, why) = (reading.version, Arc::new(error));
                    tracing::warn!(tenant, version, ?age, %why, "started from disk");
                    return Ok(First {
                        shown,
                        reading,
                        started: Started::FromDisk { version, age, why },
                    });
                }
                Err(found) => error.and(&format!("nor did the copy on disk do: {found}")),
            },
            None => error,
        };
        if self.defaults {
            let reading = Reading::blind(tenant);
            return match decode(&reading) {
                Ok(config) => {
                    let why = Arc::new(error);
                    tracing::warn!(tenant, %why, "started with defaults");
                    Ok(First {
                        shown: Versioned::before_any(config),
                        reading,
                        started: Started::Defaults { why },
                    })
                }
                Err(unfit) => Err(error.and(&format!("nor did the defaults do: {unfit}"))),
            };
        }
        Err(error)
    }
}

/// Names the fields among those that are `asked` for that would have no value.
fn lacking<C: DecreeConfig>(
    option: &str,
    cause: &str,
    asked: impl Fn(&FieldSpec) -> bool,
) -> Result<(), Error> {
    let lacks = |field: &&FieldSpec| asked(field) && !field.has_default() && !field.nullable();
    let fields = C::fields();
    let paths: Vec<String> = fields
        .iter()
        .filter(lacks)
        .map(|field| format!("`{}`", field.path()))
        .collect();
    if paths.is_empty() {
        return Ok(());
    }
    let message = format!(
        "`{option}` cannot help `{}`: {cause} {}; give each `default = …` or an `Option` type",
        short_type_name::<C>(),
        paths.join(", ")
    );
    Err(Error::new(ErrorKind::InvalidOption, message))
}
