//! Writing what depends on what is there.

use std::{convert::Infallible, time::Duration};

use super::{Client, Write, call::About};
use crate::{
    decode::Problem,
    error::{Error, ErrorKind},
    reading::Entry,
    value::{FromValue, ToValue},
};

/// A field as it was read, and what a write needs to notice that it changed since.
///
/// ```no_run
/// # async fn example(client: decree_runtime::Client) -> Result<(), decree_runtime::Error> {
/// let fee = client.get_for_update::<f64>("acme", "payments.fee").await?;
/// let doubled = fee.value().copied().unwrap_or(0.01) * 2.0;
/// client.write("acme", fee.set(doubled)).await?; // or ErrorKind::ChecksumMismatch
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ForUpdate<T> {
    path: String,
    value: Result<T, Problem>,
    entry: Entry,
}

impl<T> ForUpdate<T> {
    /// The value; `None` when it is null, or when the server hides it. A hidden value can be
    /// replaced all the same.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref().ok()
    }

    /// Why there is no value.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.value.as_ref().err()
    }

    /// The checksum of what is stored, also if it is hidden; empty for null.
    #[must_use]
    pub fn checksum(&self) -> &str {
        self.entry.checksum()
    }

    /// A write of another value, that fails if somebody else wrote the field in the meantime.
    pub fn set(&self, value: impl ToValue) -> Write {
        Write::new()
            .set(&self.path, value)
            .expect(self.entry.checksum())
    }

    /// The same with null.
    pub fn set_null(&self) -> Write {
        Write::new()
            .set_null(&self.path)
            .expect(self.entry.checksum())
    }
}

/// How often an update is tried while others write the same field.
const ROUNDS: u32 = 10;

impl Client {
    /// Reads a field for a write that must not overwrite what others write in the meantime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for a field that was never written, which the server cannot guard;
    /// [`ErrorKind::TypeMismatch`] for a value that is no `T`; and whatever keeps a call from being
    /// answered. Null and hidden values are no error here.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn get_for_update<T: FromValue>(
        &self,
        tenant: &str,
        path: &str,
    ) -> Result<ForUpdate<T>, Error> {
        let about = About::tenant("reading", tenant)?.path(path);
        let entry = self.entry(&about, path, None).await?;
        let value = entry.get();
        if let Err(problem @ Problem::Mismatch(_)) = value {
            return Err(self.unusable(&about, problem));
        }
        Ok(ForUpdate {
            path: path.to_owned(),
            value,
            entry,
        })
    }

    /// Changes a field by a function of its value, and returns the version that this made. When
    /// somebody else writes the field in between, it is read again and the function called again,
    /// up to ten times with growing random waits: nobody's write is lost.
    ///
    /// ```no_run
    /// # async fn example(client: decree_runtime::Client) -> Result<(), decree_runtime::Error> {
    /// client.update("acme", "payments.retries", |retries: u32| retries + 1).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get) and [`write`](Self::write); [`ErrorKind::ChecksumMismatch`] when
    /// others wrote in every round.
    ///
    /// # Cancel safety
    ///
    /// Dropped in the middle, it happened or it did not.
    pub async fn update<T, V>(
        &self,
        tenant: &str,
        path: &str,
        mut change: impl FnMut(T) -> V,
    ) -> Result<i32, Error>
    where
        T: FromValue,
        V: ToValue,
    {
        let change = |value| Ok::<_, Infallible>(change(value));
        self.try_update(tenant, path, change).await
    }

    /// As [`update`](Self::update), with a function that may decide not to: then nothing is
    /// written.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); [`ErrorKind::InvalidArgument`] with the function's own error as
    /// its source.
    ///
    /// # Cancel safety
    ///
    /// Dropped in the middle, it happened or it did not.
    pub async fn try_update<T, V, E>(
        &self,
        tenant: &str,
        path: &str,
        mut change: impl FnMut(T) -> Result<V, E>,
    ) -> Result<i32, Error>
    where
        T: FromValue,
        V: ToValue,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let about = About::tenant("updating", tenant)?.path(path);
        let mut round = 1;
        loop {
            let entry = self.entry(&about, path, None).await?;
            let value = entry.get();
            let value = value.map_err(|problem| self.unusable(&about, problem))?;
            let changed = change(value).map_err(|error| {
                let message = "the function that was to change the value refused";
                Error::new(ErrorKind::InvalidArgument, message)
                    .about(Some(tenant), Some(path))
                    .with_source(error)
            })?;
            let write = Write::new().set(path, changed).expect(entry.checksum());
            match self.write(tenant, write).await {
                Err(error) if round < ROUNDS && is_conflict(&error) => {}
                result => return result,
            }
            // The first come close together; later ones give way.
            let width = Duration::from_millis(10 << round.min(6));
            tokio::time::sleep(width.mul_f64(fastrand::f64())).await;
            round += 1;
        }
    }
}

fn is_conflict(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ChecksumMismatch | ErrorKind::WriteConflict
    )
}
