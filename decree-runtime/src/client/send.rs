//! Sending writes: again while that is safe, and looked for where nobody can tell.

use std::{future::Future, time::Duration};

use decree_proto::{text, v1};
use tonic::{Code, Request, Response, Status};

use super::{
    Client, Write,
    call::{About, Failed, Patience, Stubs},
    explain::Place,
    wire,
};
use crate::{
    error::{Error, ErrorKind},
    value::{ToValue, Value},
};

impl Client {
    /// Writes one field, and returns the version that this made.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    ///
    /// # Cancel safety
    ///
    /// As [`write`](Self::write).
    pub async fn set(&self, tenant: &str, path: &str, value: impl ToValue) -> Result<i32, Error> {
        self.write(tenant, Write::new().set(path, value)).await
    }

    /// Writes null to one field, and returns the version that this made.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write); [`ErrorKind::InvalidArgument`] if the field is not nullable.
    ///
    /// # Cancel safety
    ///
    /// As [`write`](Self::write).
    pub async fn set_null(&self, tenant: &str, path: &str) -> Result<i32, Error> {
        self.write(tenant, Write::new().set_null(path)).await
    }

    /// Writes several fields as one version, and returns its number.
    ///
    /// ```no_run
    /// # async fn example(client: decree_runtime::Client) -> Result<(), decree_runtime::Error> {
    /// client.set_many("acme", [("split.left", 30), ("split.right", 70)]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// For values of several types use [`write`](Self::write).
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    ///
    /// # Cancel safety
    ///
    /// As [`write`](Self::write).
    pub async fn set_many<P: Into<String>, V: ToValue>(
        &self,
        tenant: &str,
        values: impl IntoIterator<Item = (P, V)>,
    ) -> Result<i32, Error> {
        let set = |write: Write, (path, value): (P, V)| write.set(path, value);
        let write = values.into_iter().fold(Write::new(), set);
        self.write(tenant, write).await
    }

    /// Writes a text as the kind that the schema declares for the field: `"0.02"` for a number,
    /// `"1m30s"` for a duration. Returns the version that this made.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TypeMismatch`] when the text is none of that kind, and as
    /// [`write`](Self::write).
    ///
    /// # Cancel safety
    ///
    /// As [`write`](Self::write).
    pub async fn set_text(&self, tenant: &str, path: &str, text: &str) -> Result<i32, Error> {
        let about = About::tenant("writing", tenant)?.path(path);
        let declared = self.declared(&about).await?;
        let Some(field) = declared.get(path) else {
            let known: Vec<_> = declared.into_keys().collect();
            let found = format!("the schema has no such field; it has {}", known.join(", "));
            return Err(self.refused(&about, ErrorKind::InvalidArgument, &found));
        };
        let value = Value::parse(field.kind, text).map_err(|mismatch| {
            let error = self.refused(&about, ErrorKind::TypeMismatch, &mismatch.to_string());
            error.with_source(mismatch)
        })?;
        self.set(tenant, path, value).await
    }

    /// Writes, and returns the version that this made.
    ///
    /// It is sent again when it is certain that nothing was written: no connection came about, the
    /// server refused it for its rate, or for writes of others at the same moment. What failed in
    /// a way that leaves open whether it was written is sent again only if it has an
    /// [idempotency key](Write::idempotency_key) or names what it [expects](Write::expect) of every
    /// field, and after a look at what is there. If that look finds the values in place, the answer
    /// is the version at which they were found.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TypeMismatch`] for a value that no field can hold, or of another kind than the
    /// field; [`ErrorKind::InvalidArgument`], [`Locked`](ErrorKind::Locked),
    /// [`ReadOnly`](ErrorKind::ReadOnly), [`WriteOnce`](ErrorKind::WriteOnce),
    /// [`ChecksumMismatch`](ErrorKind::ChecksumMismatch),
    /// [`WriteConflict`](ErrorKind::WriteConflict) and
    /// [`PermissionDenied`](ErrorKind::PermissionDenied) as the server decides;
    /// [`OutcomeUnknown`](ErrorKind::OutcomeUnknown) when the server remembers the key and the
    /// values are not there; and whatever keeps a call from being answered, in which case the
    /// message says if it may have been written.
    ///
    /// # Cancel safety
    ///
    /// Dropped in the middle, all of it was written or nothing.
    pub async fn write(&self, tenant: &str, write: Write) -> Result<i32, Error> {
        let mut about = About::tenant("writing", tenant)?;
        if let Some(path) = write.only_path() {
            about = about.path(path);
        }
        let updates = write
            .prepare()
            .map_err(|problems| self.refused(&about, ErrorKind::TypeMismatch, &problems))?;
        self.check_server().await?;
        let mut patience = Patience::new(self);
        let mut doubted = false;
        loop {
            let limit = patience.limit(self.timeout);
            let failed = match self.send(&about, limit, &write, &updates).await {
                Ok(Some(version)) => return Ok(version),
                Ok(None) => return self.confirm(&about, &updates).await,
                Err(failed) => failed,
            };
            let again = match outcome(&failed) {
                Outcome::NotSent => true,
                // The server remembers the key of a write that lost: a second one does nothing.
                Outcome::Lost => write.idempotency_key.is_none(),
                Outcome::Unexpected if doubted => return self.confirm(&about, &updates).await,
                Outcome::Open if write.is_guarded() => {
                    doubted = true;
                    match self.find(&about, &updates).await {
                        Ok(Some(version)) => return Ok(version),
                        Ok(None) => true,
                        Err(_) => false,
                    }
                }
                Outcome::Refused | Outcome::Unexpected | Outcome::Open => false,
            };
            if !(again && patience.wait(failed.retry_after()).await) {
                return Err(self.explain_write(&about, failed, patience.tried));
            }
        }
    }

    /// A call that changes something, and that cannot be looked up: sent again only while it is
    /// certain that nothing happened.
    pub(super) async fn tell<M, R, F>(
        &self,
        about: &About<'_>,
        message: M,
        send: impl Fn(Stubs, Request<M>) -> F,
    ) -> Result<R, Error>
    where
        M: Clone,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let nothing_done =
            |failed: &Failed| matches!(outcome(failed), Outcome::NotSent | Outcome::Lost);
        let answer = self.repeat(about, message, nothing_done, send).await;
        answer.map_err(|(failed, tried)| self.explain_write(about, failed, tried))
    }

    /// One attempt. `None` is the server's answer to a key that it knows.
    async fn send(
        &self,
        about: &About<'_>,
        limit: Duration,
        write: &Write,
        updates: &[v1::FieldUpdate],
    ) -> Result<Option<i32>, Failed> {
        let tenant_id = about.tenant.unwrap_or_default().to_owned();
        let version = if let [one] = updates {
            let one = one.clone();
            let message = v1::SetFieldRequest {
                tenant_id,
                field_path: one.field_path,
                value: one.value,
                expected_checksum: one.expected_checksum,
                value_description: one.value_description,
                description: write.description.clone(),
                idempotency_key: write.idempotency_key.clone(),
            };
            let answer = self.attempt(about, limit, message, |stubs, request| async move {
                stubs.config().set_field(request).await
            });
            answer.await?.config_version
        } else {
            let message = v1::SetFieldsRequest {
                tenant_id,
                updates: updates.to_vec(),
                description: write.description.clone(),
                idempotency_key: write.idempotency_key.clone(),
            };
            let answer = self.attempt(about, limit, message, |stubs, request| async move {
                stubs.config().set_fields(request).await
            });
            answer.await?.config_version
        };
        Ok(version.map(|version| self.wrote(&version.tenant_id, version.version)))
    }

    /// Looks whether all values are in place; says at which version.
    async fn find(
        &self,
        about: &About<'_>,
        updates: &[v1::FieldUpdate],
    ) -> Result<Option<i32>, Error> {
        let now = self.read(about.tenant.unwrap_or_default()).await?;
        let in_place = |update: &v1::FieldUpdate| {
            let text = update.value.as_ref().and_then(text::canonical);
            let written = text.map(|text| text::checksum(&text)).unwrap_or_default();
            let entry = now.entry(&update.field_path);
            entry.is_some_and(|entry| entry.checksum() == written)
        };
        let found = updates.iter().all(in_place);
        Ok(found.then(|| self.wrote(now.tenant_id(), now.version())))
    }

    async fn confirm(&self, about: &About<'_>, updates: &[v1::FieldUpdate]) -> Result<i32, Error> {
        let found = self.find(about, updates).await.map_err(|error| {
            let found = "it may have been written, and looking for it failed";
            self.refused(about, ErrorKind::OutcomeUnknown, found)
                .with_source(error)
        })?;
        found.ok_or_else(|| {
            let found = "an attempt with this idempotency key or checksum came before, and the \
                         values are not there: it was refused, or others wrote since; read, \
                         and write again with another key";
            self.refused(about, ErrorKind::OutcomeUnknown, found)
        })
    }

    pub(super) fn refused(&self, about: &About<'_>, kind: ErrorKind, found: &str) -> Error {
        let place = Place(about, self.shared.connection.address());
        Error::new(kind, format!("{place}: {found}")).about(about.tenant, about.path)
    }

    fn explain_write(&self, about: &About<'_>, failed: Failed, tried: u32) -> Error {
        let open = matches!(outcome(&failed), Outcome::Open);
        let error = self.explain(about, failed, tried);
        if open {
            error.and("it may have been written: read before writing again")
        } else {
            error
        }
    }
}

/// What a failed write left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing: the server did not begin.
    NotSent,
    /// Nothing: others wrote at the same moment.
    Lost,
    /// Nothing: the field is not as it was expected.
    Unexpected,
    /// Nothing: the server said no.
    Refused,
    /// All of it or nothing.
    Open,
}

fn outcome(failed: &Failed) -> Outcome {
    let status = match failed {
        Failed::Status(status) => status,
        Failed::Timeout(_) => return Outcome::Open,
        Failed::Unsent(_) => return Outcome::Refused,
    };
    if wire::is_unsent(status) {
        return Outcome::NotSent;
    }
    if wire::is_from_connection(status) {
        return Outcome::Open;
    }
    match status.code() {
        Code::ResourceExhausted if wire::retry_after(status).is_some() => Outcome::NotSent,
        Code::Aborted if status.message().contains("checksum mismatch") => Outcome::Unexpected,
        Code::Aborted => Outcome::Lost,
        // Said before anything is written.
        Code::Internal if status.message().contains("validator lookup failed") => Outcome::Refused,
        Code::Internal
        | Code::Unavailable
        | Code::DeadlineExceeded
        | Code::Cancelled
        | Code::Unknown
        | Code::DataLoss => Outcome::Open,
        _ => Outcome::Refused,
    }
}
