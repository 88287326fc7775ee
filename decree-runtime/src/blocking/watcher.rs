//! Fields that stay current, for programs without async.

use std::{ops::Deref, sync::Arc, time::Duration};

use super::{
    observe::{CallbackGuard, Changes},
    runtime::Runtime,
};
use crate::{client, error::Error, field, observe::Change, status::Status, value::FromValue};

/// Follows a tenant field by field, as [`Watcher`](crate::Watcher) does. Made by
/// [`Client::watch`](super::Client::watch).
///
/// ```no_run
/// # fn example(client: decree_runtime::blocking::Client) -> Result<(), decree_runtime::Error> {
/// let watcher = client.watch("acme")?;
/// let fee = watcher.field("payments.fee", 0.01);
/// watcher.start()?;
/// for change in fee.changes() {
///     println!("from {} to {}", change.old, change.new);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Watcher {
    // Before the runtime that it runs on, also when they are dropped.
    watcher: client::Watcher,
    runtime: Arc<Runtime>,
}

impl Watcher {
    pub(super) fn new(watcher: client::Watcher, runtime: Arc<Runtime>) -> Self {
        Self { watcher, runtime }
    }

    /// How long [`start`](Self::start) tries before it gives up. Default 30 s.
    #[must_use]
    pub fn start_timeout(self, timeout: Duration) -> Self {
        Self::new(self.watcher.start_timeout(timeout), self.runtime)
    }

    /// A field that stays current, as [`Watcher::field`](crate::Watcher::field) makes it.
    pub fn field<T>(&self, path: impl Into<String>, default: T) -> Field<T>
    where
        T: FromValue + Send + Sync + 'static,
    {
        Field {
            field: self.watcher.field(path, default),
            runtime: Arc::clone(&self.runtime),
        }
    }

    /// Makes all fields current and keeps them so, as
    /// [`Watcher::start`](crate::Watcher::start) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn start(&self) -> Result<(), Error> {
        self.runtime.wait(self.watcher.start())
    }

    /// The number of the version that the watch has seen last; 0 before the start.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.watcher.version()
    }

    /// What the watch knows about itself.
    #[must_use]
    pub fn status(&self) -> Status {
        self.watcher.status()
    }

    /// Ends this handle; with the last one on the tenant also the watch, and blocks until it is
    /// gone.
    pub fn shutdown(self) {
        let _done = self.runtime.run_elsewhere(self.watcher.shutdown());
    }
}

/// A [`Field`](crate::Field) whose waits block. Everything else is the same, and reads do not
/// block.
#[derive(Debug)]
pub struct Field<T> {
    field: field::Field<T>,
    runtime: Arc<Runtime>,
}

impl<T: Clone + Send + Sync + 'static> Field<T> {
    /// The changes from now on, as an iterator that blocks until there is one, and that ends with
    /// the watch; see [`Field::changes`](crate::Field::changes).
    pub fn changes(&self) -> Changes<T> {
        Changes::new(self.field.changes(), &self.runtime)
    }

    /// Calls `f` for each change from now on, until the guard is dropped; see
    /// [`Field::on_change`](crate::Field::on_change).
    pub fn on_change<F>(&self, f: F) -> CallbackGuard
    where
        F: Fn(&Change<T>) + Send + Sync + 'static,
    {
        CallbackGuard::new(self.field.on_change(f), &self.runtime)
    }
}

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        Self {
            field: self.field.clone(),
            runtime: Arc::clone(&self.runtime),
        }
    }
}

impl<T> Deref for Field<T> {
    type Target = field::Field<T>;

    fn deref(&self) -> &field::Field<T> {
        &self.field
    }
}
