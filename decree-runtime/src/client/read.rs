//! Reading: one field, several, all of them, and as they were.

use std::collections::BTreeMap;

use decree_proto::v1;

use super::{
    Client,
    call::{About, Failed},
    check,
    explain::Place,
    source::sound,
    wire,
};
use crate::{
    decode::Problem,
    error::{Error, ErrorKind},
    reading::{Entry, Reading},
    value::FromValue,
};

impl Client {
    /// Reads one field.
    ///
    /// Null is `None` for an `Option<T>`, and an error for every other type: it is never zero.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for a field that was never written, [`ErrorKind::Null`],
    /// [`ErrorKind::TypeMismatch`], [`ErrorKind::Redacted`] and [`ErrorKind::Unreadable`] for a
    /// value that is no `T`, and whatever keeps a call from being answered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn get<T: FromValue>(&self, tenant: &str, path: &str) -> Result<T, Error> {
        self.get_at(tenant, path, None).await
    }

    /// Reads several fields in one call; those that were never written are not in the answer.
    ///
    /// This call tells no version, and a server that reads from several replicas may mix two. To
    /// have numbers that fit together, use [`read`](Self::read).
    ///
    /// # Errors
    ///
    /// Whatever keeps a call from being answered; a value that is no `T` shows when it is taken
    /// out, by [`Entry::get`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn get_fields<P: AsRef<str>>(
        &self,
        tenant: &str,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<BTreeMap<String, Entry>, Error> {
        self.get_fields_at(tenant, paths, None).await
    }

    /// Reads every value that there is as its canonical text, by path. Null, and what the server
    /// hides, has no text and is left out; [`read`](Self::read) tells them apart.
    ///
    /// # Errors
    ///
    /// Whatever keeps a call from being answered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn get_all(&self, tenant: &str) -> Result<BTreeMap<String, String>, Error> {
        Ok(self.read(tenant).await?.texts())
    }

    /// Reads every field of the newest version, whole, with that version's number.
    ///
    /// # Errors
    ///
    /// Whatever keeps a call from being answered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn read(&self, tenant: &str) -> Result<Reading, Error> {
        self.read_at(tenant, None).await
    }

    /// The tenant as it was at a version, which must exist: the server would answer for one that
    /// does not with the newest values under that number.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is no such version, and whatever keeps a call from being
    /// answered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn at_version(&self, tenant: &str, version: i32) -> Result<AtVersion, Error> {
        self.version(tenant, version).await?;
        Ok(AtVersion {
            client: self.clone(),
            tenant: tenant.to_owned(),
            version,
        })
    }

    async fn get_at<T: FromValue>(
        &self,
        tenant: &str,
        path: &str,
        version: Option<i32>,
    ) -> Result<T, Error> {
        let about = About::tenant("reading", tenant)?.path(path);
        let entry = self.entry(&about, path, version).await?;
        entry
            .get()
            .map_err(|problem| self.unusable(&about, problem))
    }

    /// One field as the server has it.
    pub(super) async fn entry(
        &self,
        about: &About<'_>,
        path: &str,
        version: Option<i32>,
    ) -> Result<Entry, Error> {
        if !check::storable(path) {
            let found = "no path has the character U+0000";
            return Err(self.refused(about, ErrorKind::NotFound, found));
        }
        let message = v1::GetFieldRequest {
            tenant_id: about.tenant.unwrap_or_default().to_owned(),
            field_path: path.to_owned(),
            version,
            include_description: true,
        };
        let answer = self.ask(about, message, |stubs, request| async move {
            stubs.config().get_field(request).await
        });
        let value = answer.await?.value.ok_or_else(|| self.incomplete(about))?;
        Ok(wire::entry(value).1)
    }

    async fn get_fields_at<P: AsRef<str>>(
        &self,
        tenant: &str,
        paths: impl IntoIterator<Item = P>,
        version: Option<i32>,
    ) -> Result<BTreeMap<String, Entry>, Error> {
        let about = About::tenant("reading fields of", tenant)?;
        let paths: Vec<String> = paths
            .into_iter()
            .map(|path| path.as_ref().to_owned())
            .filter(|path| check::storable(path)) // others are nowhere
            .collect();
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let message = v1::GetFieldsRequest {
            tenant_id: tenant.to_owned(),
            field_paths: paths.clone(),
            version,
            include_descriptions: true,
        };
        let answer = self.ask(&about, message, |stubs, request| async move {
            stubs.config().get_fields(request).await
        });
        match answer.await {
            Ok(answer) => Ok(answer.values.into_iter().map(wire::entry).collect()),
            // A server may allow fewer paths than its own default of 1,000.
            Err(error) if is_too_many(&error) => {
                let whole = self.read_at(tenant, version).await?;
                let entries = whole.entries.into_iter();
                Ok(entries.filter(|(path, _)| paths.contains(path)).collect())
            }
            Err(error) => Err(error),
        }
    }

    async fn read_at(&self, tenant: &str, version: Option<i32>) -> Result<Reading, Error> {
        let about = About::tenant("reading", tenant)?;
        let message = whole(tenant, version);
        let answer = self.ask(&about, message, |stubs, request| async move {
            stubs.config().get_config(request).await
        });
        let config = answer
            .await?
            .config
            .filter(|config| sound(&config.tenant_id, config.version).is_ok())
            .ok_or_else(|| self.incomplete(&about))?;
        Ok(wire::reading(tenant, config))
    }

    /// A value that came, and is none for the caller.
    pub(super) fn unusable(&self, about: &About<'_>, problem: Problem) -> Error {
        let kind = match &problem {
            Problem::Missing => ErrorKind::NotFound,
            Problem::Null | Problem::Empty => ErrorKind::Null,
            Problem::Redacted | Problem::ImportedRedaction => ErrorKind::Redacted,
            Problem::Unknown | Problem::Unreadable(_) | Problem::StaleTypes => {
                ErrorKind::Unreadable
            }
            Problem::Mismatch(_) | Problem::BadDefault(_) | Problem::Panicked(_) => {
                ErrorKind::TypeMismatch
            }
            Problem::Violated { .. } | Problem::Refused { .. } => ErrorKind::Rejected,
        };
        let place = Place(about, self.shared.connection.address());
        let error = Error::new(kind, format!("{place}: {problem}"));
        let error = match problem {
            Problem::Mismatch(mismatch) => error.with_source(mismatch),
            _ => error,
        };
        error.about(about.tenant, about.path)
    }

    /// An answer without what it is for.
    pub(super) fn incomplete(&self, about: &About<'_>) -> Error {
        let status = tonic::Status::internal("the answer is empty");
        self.explain(about, Failed::Status(status), 1)
    }
}

/// The one read that shows version, nulls and true checksums together, and that no cache answers.
pub(super) fn whole(tenant: &str, version: Option<i32>) -> v1::GetConfigRequest {
    v1::GetConfigRequest {
        tenant_id: tenant.to_owned(),
        version,
        include_descriptions: true,
    }
}

fn is_too_many(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidArgument && error.to_string().contains("exceeds limit of")
}

/// A tenant as it was at one version. Made by [`Client::at_version`].
///
/// ```no_run
/// # async fn example(client: decree_runtime::Client) -> Result<(), decree_runtime::Error> {
/// let then = client.at_version("acme", 7).await?;
/// let fee: f64 = then.get("payments.fee").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct AtVersion {
    client: Client,
    tenant: String,
    version: i32,
}

impl AtVersion {
    /// The number of the version.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.version
    }

    /// Reads one field, as [`Client::get`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::get`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn get<T: FromValue>(&self, path: &str) -> Result<T, Error> {
        let version = Some(self.version);
        self.client.get_at(&self.tenant, path, version).await
    }

    /// Reads several fields, as [`Client::get_fields`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::get_fields`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn get_fields<P: AsRef<str>>(
        &self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<BTreeMap<String, Entry>, Error> {
        let version = Some(self.version);
        self.client
            .get_fields_at(&self.tenant, paths, version)
            .await
    }

    /// Reads every value as text, as [`Client::get_all`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::get_all`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn get_all(&self) -> Result<BTreeMap<String, String>, Error> {
        Ok(self.read().await?.texts())
    }

    /// Reads every field, as [`Client::read`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::read`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn read(&self) -> Result<Reading, Error> {
        self.client.read_at(&self.tenant, Some(self.version)).await
    }
}
