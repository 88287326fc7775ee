//! One field of a tenant, by its name.

mod held;

use std::{fmt, sync::Arc};

use tokio::runtime::Handle;

use self::held::{Held, HeldValue};
use crate::{
    decode::DecodeError,
    live::Live,
    observe::{CallbackGuard, Change, Changes, Observer},
    reading::Reading,
    snapshot::{Snapshot, Versioned},
    status::{Phase, Status},
    value::FromValue,
};

/// One field that is always current. Made by [`Watcher::field`](crate::Watcher::field).
///
/// A cheap handle, which keeps the watch running once its watcher is started. Reading it takes no
/// lock and never fails: a value that is no `T`, or that the server hides, replaces nothing and is
/// a [`rejection`](Status::rejection) of the [`status`](Self::status).
///
/// ```no_run
/// # async fn example(client: decree_runtime::Client) -> Result<(), decree_runtime::Error> {
/// use std::time::Duration;
///
/// let watcher = client.watch("acme")?;
/// let timeout = watcher.field("payments.timeout", Duration::from_secs(30));
/// let banner = watcher.field("payments.banner", None::<String>);
/// watcher.start().await?;
/// println!("{:?} {}", timeout.get(), banner.is_set());
/// # Ok(())
/// # }
/// ```
pub struct Field<T> {
    live: Live<Held<T>>,
    path: Arc<str>,
    /// Where its callbacks run.
    runtime: Handle,
}

/// What a reading makes of a field, and of what it held before.
type Decode<T> =
    Box<dyn Fn(&Reading, &Snapshot<Held<T>>) -> Result<Held<T>, DecodeError> + Send + Sync>;

impl<T> Field<T> {
    /// A field that follows no watch, and what makes it follow one.
    pub(crate) fn new(path: Arc<str>, default: T, runtime: Handle) -> (Self, Decode<T>)
    where
        T: FromValue + Send + Sync + 'static,
    {
        let default = Arc::new(default);
        let first = Versioned::before_any(Held::default_of(&default));
        let live = Live::new(first, Phase::NotStarted);
        let field = Self {
            live,
            path: Arc::clone(&path),
            runtime,
        };
        let decode = move |reading: &Reading, before: &Snapshot<Held<T>>| {
            Held::next(&path, &default, reading, before)
                .map_err(|error| DecodeError::of_fields("Field", reading, vec![error]))
        };
        (field, Box::new(decode))
    }

    pub(crate) fn live(&self) -> &Live<Held<T>> {
        &self.live
    }

    pub(crate) fn shared_path(&self) -> &Arc<str> {
        &self.path
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Runs `read` on the value; the cheapest way to read. Keep it short.
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.live.with(|held| read(&held.value))
    }

    /// Whether the value is the server's: it was written, and is not null.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.live.with(Held::is_set)
    }

    /// The number of the version whose value this is; 0 before the start.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.live.version()
    }

    /// What the watch knows about itself and about this field.
    #[must_use]
    pub fn status(&self) -> Status {
        self.live.status()
    }

    /// The dotted name on the server.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl<T: Clone + Send + Sync + 'static> Field<T> {
    /// Its changes as a stream that [starts from now](Live#what-an-observer-sees-first). Only a
    /// stored value that is another is a change.
    ///
    /// ```no_run
    /// # async fn example(fee: decree_runtime::Field<f64>) {
    /// let mut changes = fee.changes();
    /// while let Some(change) = changes.next().await {
    ///     let version = change.new.version();
    ///     println!("from {} to {} by version {version}", change.old, change.new);
    /// }
    /// # }
    /// ```
    pub fn changes(&self) -> Changes<T> {
        Changes::new(self.observer())
    }

    /// Calls `f` for each change from now on, until the guard is dropped, as
    /// [`Live::on_change`] does.
    ///
    /// ```no_run
    /// # fn example(fee: decree_runtime::Field<f64>) {
    /// let guard = fee.on_change(|change| println!("{} is the fee now", change.new));
    /// # drop(guard);
    /// # }
    /// ```
    pub fn on_change<F>(&self, f: F) -> CallbackGuard
    where
        F: Fn(&Change<T>) + Send + Sync + 'static,
    {
        // Its own: before the start it follows no watch that has one.
        let runtime = Some(&self.runtime);
        CallbackGuard::on_change(runtime, Arc::clone(&self.path), self.observer(), f)
    }

    fn observer(&self) -> Observer<Held<T>, HeldValue> {
        Observer::new(&self.live, HeldValue)
    }
}

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            path: Arc::clone(&self.path),
            runtime: self.runtime.clone(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.live.load();
        f.debug_struct("Field")
            .field("path", &self.path)
            .field("version", &held.version())
            .field("value", &held.value)
            .finish_non_exhaustive()
    }
}
