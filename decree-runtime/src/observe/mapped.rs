//! A part of the settings.

use std::{fmt, sync::Arc};

#[cfg(feature = "client")]
use super::{CallbackGuard, Change, Changes};
use super::{Observer, View};
use crate::{
    live::{Live, Stopped},
    snapshot::{Snapshot, Versioned},
};

/// A part of settings, or something made of them, that is always current. Made by
/// [`Live::map`](crate::Live::map).
///
/// A cheap handle, which keeps the watch running as a [`Live`] does. Only another result is a
/// change; a version that leaves it as it was is none.
///
/// ```no_run
/// # async fn example(live: decree_runtime::Live<(f64, u32)>) -> Result<(), decree_runtime::Stopped> {
/// let mut retries = live.map(|pay| pay.1);
/// loop {
///     println!("{} of them", retries.get());
///     retries.changed().await?;
/// }
/// # }
/// ```
pub struct Mapped<C, T>
where
    C: Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    observer: Observer<C, Projection<C, T>>,
}

struct Projection<C, T>(Arc<dyn Fn(&C) -> T + Send + Sync>);

impl<C, T> View<C> for Projection<C, T>
where
    C: Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    type Value = T;
    type Seen = Snapshot<T>;

    fn see(&self, version: Arc<Versioned<C>>) -> Snapshot<T> {
        Snapshot::made((self.0)(&version.config), &version.about)
    }

    fn is_same(before: &Snapshot<T>, now: &Snapshot<T>) -> bool {
        **before == **now
    }

    fn show(seen: &Snapshot<T>) -> Snapshot<T> {
        seen.clone()
    }
}

impl<C, T> Mapped<C, T>
where
    C: Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    pub(super) fn new(live: &Live<C>, f: impl Fn(&C) -> T + Send + Sync + 'static) -> Self {
        let observer = Observer::new(live, Projection(Arc::new(f)));
        Self { observer }
    }

    /// An observer of its own, made now.
    fn observer(&self) -> Observer<C, Projection<C, T>> {
        let f = Arc::clone(&self.observer.view().0);
        Observer::new(self.observer.live(), Projection(f))
    }

    /// What it is in the newest accepted version. Costs what the function costs, and one atomic
    /// load.
    #[must_use]
    pub fn get(&self) -> T {
        self.observer
            .live()
            .with(|config| (self.observer.view().0)(config))
    }

    /// Waits until it is another than this handle has reported, as
    /// [`Live::changed`](crate::Live::changed) does.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the watch has ended and its last change was reported.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is marked as reported before it returns.
    pub async fn changed(&mut self) -> Result<Snapshot<T>, Stopped> {
        let change = self.observer.next().await.ok_or(Stopped)?;
        Ok(change.new)
    }

    /// Its changes as a stream that [starts from
    /// now](crate::Live#what-an-observer-sees-first).
    #[cfg(feature = "client")]
    pub fn changes(&self) -> Changes<T> {
        Changes::new(self.observer())
    }

    /// Calls `f` when it is another, until the guard is dropped, as
    /// [`Live::on_change`](crate::Live::on_change) does.
    #[cfg(feature = "client")]
    pub fn on_change<F>(&self, f: F) -> CallbackGuard
    where
        F: Fn(&Change<T>) + Send + Sync + 'static,
    {
        let of = crate::decode::short_type_name::<C>();
        let runtime = self.observer.live().line().map(|line| &line.runtime);
        CallbackGuard::on_change(runtime, of, self.observer(), f)
    }

    /// Waits until `holds` is true of it, as [`Live::wait_for`](crate::Live::wait_for) does.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn wait_for(
        &self,
        mut holds: impl FnMut(&T) -> bool,
    ) -> Result<Snapshot<T>, Stopped> {
        let view = self.observer.view();
        let shown = |version: &Arc<_>| view.see(Arc::clone(version));
        let found = |version: &Arc<_>| Some(shown(version)).filter(|part| holds(part));
        self.observer.live().wait_until(found).await
    }
}

/// An observer of its own, made now.
impl<C, T> Clone for Mapped<C, T>
where
    C: Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    fn clone(&self) -> Self {
        Self {
            observer: self.observer(),
        }
    }
}

impl<C, T> fmt::Debug for Mapped<C, T>
where
    C: Send + Sync + 'static,
    T: PartialEq + Send + Sync + fmt::Debug + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapped")
            .field("version", &self.observer.live().version())
            .field("value", &self.get())
            .finish_non_exhaustive()
    }
}
