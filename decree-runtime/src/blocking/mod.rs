//! The same client for programs without async.
//!
//! A thread of its own does the IO; every call runs on the thread that makes it and blocks that
//! one. It may be called from anywhere: from `main`, from `spawn_blocking`, also from an async
//! task, which it blocks like any long computation.
//!
//! ```no_run
//! use decree_runtime::{Client, blocking};
//!
//! # fn main() -> Result<(), decree_runtime::Error> {
//! let client: blocking::Client = Client::builder("localhost:9090")
//!     .subject("batch")
//!     .build_blocking()?;
//! let fee: f64 = client.get("acme", "payments.fee")?;
//! println!("{fee}");
//! # Ok(())
//! # }
//! ```

mod live;
mod observe;
mod runtime;
mod watcher;

use std::{collections::BTreeMap, future::IntoFuture, sync::Arc, time::Duration};

use self::runtime::Runtime;
pub use self::{
    live::Live,
    observe::{CallbackGuard, Changes},
    watcher::{Field, Watcher},
};
use crate::{
    client::{self, ClientBuilder, Diff, ForUpdate, ServerInfo, Version, Write},
    decode::DecreeConfig,
    error::Error,
    reading::{Entry, Reading, SchemaField},
    value::{FromValue, ToValue},
};

/// A [`Client`](crate::Client) whose calls block.
///
/// Cheap to clone. The thread ends when the last clone is gone, and with it whatever it made: each
/// [`Live`], [`Watcher`], [`Field`], iterator and guard.
#[derive(Debug, Clone)]
pub struct Client {
    client: client::Client,
    runtime: Arc<Runtime>,
}

impl ClientBuilder {
    /// Checks the options, and starts the thread of a blocking client. Touches no network.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), which needs a runtime and this does not; and when the system has
    /// no thread to give.
    pub fn build_blocking(self) -> Result<Client, Error> {
        let runtime = Runtime::start()?;
        let client = runtime.wait(async { self.build() })?;
        Ok(Client {
            client,
            runtime: Arc::new(runtime),
        })
    }
}

impl Client {
    /// A client as the environment says, as [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build_blocking()
    }

    /// The client that does the work, for what has no name here; see [`wait`](Self::wait).
    #[must_use]
    pub fn asynchronous(&self) -> &client::Client {
        &self.client
    }

    /// Blocks until a call of the [asynchronous](Self::asynchronous) client is done.
    ///
    /// ```no_run
    /// # use decree_runtime::{DecreeConfig, Live, Error, blocking};
    /// # fn example<C: DecreeConfig>(client: &blocking::Client) -> Result<(), Error> {
    /// use std::time::Duration;
    ///
    /// let hasty = client.asynchronous().live("acme").start_timeout(Duration::from_secs(1));
    /// let live: Live<C> = client.wait(hasty)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the call, and [`ErrorKind::Deadlock`](crate::ErrorKind::Deadlock) on the client's
    /// own thread.
    pub fn wait<T>(&self, call: impl IntoFuture<Output = Result<T, Error>>) -> Result<T, Error> {
        self.runtime.wait(call)
    }

    /// The same client, with another limit for each attempt of its calls.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            client: self.client.with_timeout(timeout),
            runtime: Arc::clone(&self.runtime),
        }
    }
}

impl Client {
    /// Reads one field, as [`Client::get`](crate::Client::get) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get<T: FromValue>(&self, tenant: &str, path: &str) -> Result<T, Error> {
        self.wait(self.client.get(tenant, path))
    }

    /// Reads several fields in one call, as [`Client::get_fields`](crate::Client::get_fields) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get_fields<P: AsRef<str>>(
        &self,
        tenant: &str,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<BTreeMap<String, Entry>, Error> {
        self.wait(self.client.get_fields(tenant, paths))
    }

    /// Reads every value as text, as [`Client::get_all`](crate::Client::get_all) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get_all(&self, tenant: &str) -> Result<BTreeMap<String, String>, Error> {
        self.wait(self.client.get_all(tenant))
    }

    /// Reads every field of the newest version, as [`Client::read`](crate::Client::read) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read(&self, tenant: &str) -> Result<Reading, Error> {
        self.wait(self.client.read(tenant))
    }

    /// Writes one field, and returns the version that this made, as [`Client::set`](crate::Client::set) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn set(&self, tenant: &str, path: &str, value: impl ToValue) -> Result<i32, Error> {
        self.wait(self.client.set(tenant, path, value))
    }

    /// Writes null to one field, as [`Client::set_null`](crate::Client::set_null) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn set_null(&self, tenant: &str, path: &str) -> Result<i32, Error> {
        self.wait(self.client.set_null(tenant, path))
    }

    /// Writes several fields as one version, as [`Client::set_many`](crate::Client::set_many) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn set_many<P: Into<String>, V: ToValue>(
        &self,
        tenant: &str,
        values: impl IntoIterator<Item = (P, V)>,
    ) -> Result<i32, Error> {
        self.wait(self.client.set_many(tenant, values))
    }

    /// Writes a text as the kind that the schema declares, as [`Client::set_text`](crate::Client::set_text) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn set_text(&self, tenant: &str, path: &str, text: &str) -> Result<i32, Error> {
        self.wait(self.client.set_text(tenant, path, text))
    }

    /// Writes, with every option, as [`Client::write`](crate::Client::write) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn write(&self, tenant: &str, write: Write) -> Result<i32, Error> {
        self.wait(self.client.write(tenant, write))
    }

    /// Reads a field for a write that overwrites nobody, as [`Client::get_for_update`](crate::Client::get_for_update) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get_for_update<T: FromValue>(
        &self,
        tenant: &str,
        path: &str,
    ) -> Result<ForUpdate<T>, Error> {
        self.wait(self.client.get_for_update(tenant, path))
    }

    /// Changes a field by a function of its value; it runs on the calling thread, as [`Client::update`](crate::Client::update) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn update<T: FromValue, V: ToValue>(
        &self,
        tenant: &str,
        path: &str,
        change: impl FnMut(T) -> V,
    ) -> Result<i32, Error> {
        self.wait(self.client.update(tenant, path, change))
    }

    /// Changes a field by a function that may decide not to, as [`Client::try_update`](crate::Client::try_update) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_update<T, V, E>(
        &self,
        tenant: &str,
        path: &str,
        change: impl FnMut(T) -> Result<V, E>,
    ) -> Result<i32, Error>
    where
        T: FromValue,
        V: ToValue,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.wait(self.client.try_update(tenant, path, change))
    }

    /// What a tenant can have, as [`Client::schema`](crate::Client::schema) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn schema(&self, tenant: &str) -> Result<BTreeMap<String, SchemaField>, Error> {
        self.wait(self.client.schema(tenant))
    }

    /// What is known about one version, as [`Client::version`](crate::Client::version) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn version(&self, tenant: &str, number: i32) -> Result<Version, Error> {
        self.wait(self.client.version(tenant, number))
    }

    /// Makes a new version of an old one, as [`Client::rollback`](crate::Client::rollback) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn rollback(&self, tenant: &str, number: i32) -> Result<i32, Error> {
        self.wait(self.client.rollback(tenant, number))
    }

    /// What changed from one version to another, as [`Client::diff`](crate::Client::diff) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn diff(&self, tenant: &str, from: i32, to: i32) -> Result<Vec<Diff>, Error> {
        self.wait(self.client.diff(tenant, from, to))
    }

    /// Asks the server what it is, as [`Client::server_info`](crate::Client::server_info) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn server_info(&self) -> Result<ServerInfo, Error> {
        self.wait(self.client.server_info())
    }

    /// Every version of a tenant, newest first, as [`Client::versions`](crate::Client::versions)
    /// reads them.
    pub fn versions(&self, tenant: impl Into<String>) -> Versions {
        Versions {
            versions: self.client.versions(tenant),
            runtime: Arc::clone(&self.runtime),
        }
    }

    /// A view of an old version, as [`Client::at_version`](crate::Client::at_version) makes it.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn at_version(&self, tenant: &str, version: i32) -> Result<AtVersion, Error> {
        Ok(AtVersion {
            view: self.wait(self.client.at_version(tenant, version))?,
            runtime: Arc::clone(&self.runtime),
        })
    }

    /// Settings that stay current, as [`Client::live`](crate::Client::live) makes them. Reading
    /// them does not block.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn live<C: DecreeConfig>(&self, tenant: impl Into<String>) -> Result<Live<C>, Error> {
        let live = self.wait(self.client.live(tenant))?;
        Ok(Live::new(live, Arc::clone(&self.runtime)))
    }

    /// Follows a tenant field by field, as [`Client::watch`](crate::Client::watch) does. Checks the
    /// name and touches no network.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn watch(&self, tenant: impl Into<String>) -> Result<Watcher, Error> {
        let watcher = self.client.watch(tenant)?;
        Ok(Watcher::new(watcher, Arc::clone(&self.runtime)))
    }

    /// Ends this client and all its clones, and waits for its watches to end.
    pub fn close(&self) {
        // On its own thread nobody waits: that thread is what has to end them.
        let _done = self.runtime.run_elsewhere(self.client.close());
    }
}

/// The versions of a tenant, newest first. Made by [`Client::versions`]; each step may block.
#[derive(Debug)]
#[must_use = "nothing is read before it is asked for"]
pub struct Versions {
    versions: client::Versions,
    runtime: Arc<Runtime>,
}

impl Iterator for Versions {
    type Item = Result<Version, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = async { self.versions.next().await.transpose() };
        self.runtime.wait(next).transpose()
    }
}

/// A tenant as it was at one version. Made by [`Client::at_version`].
#[derive(Debug, Clone)]
pub struct AtVersion {
    view: client::AtVersion,
    runtime: Arc<Runtime>,
}

impl AtVersion {
    /// The number of the version.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.view.version()
    }

    /// Reads one field, as [`Client::get`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get<T: FromValue>(&self, path: &str) -> Result<T, Error> {
        self.runtime.wait(self.view.get(path))
    }

    /// Reads several fields, as [`Client::get_fields`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get_fields<P: AsRef<str>>(
        &self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<BTreeMap<String, Entry>, Error> {
        self.runtime.wait(self.view.get_fields(paths))
    }

    /// Reads every value as text, as [`Client::get_all`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get_all(&self) -> Result<BTreeMap<String, String>, Error> {
        self.runtime.wait(self.view.get_all())
    }

    /// Reads every field, as [`Client::read`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read(&self) -> Result<Reading, Error> {
        self.runtime.wait(self.view.read())
    }
}
