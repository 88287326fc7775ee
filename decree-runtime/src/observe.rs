//! Being told of what a [`Live`] shows: as a stream, by a callback, by waiting for it.

#[cfg(feature = "client")]
mod callback;
mod change;
#[cfg(feature = "client")]
mod changes;
mod mapped;
mod observer;
#[cfg(feature = "client")]
mod stale;
#[cfg(test)]
#[cfg(feature = "client")]
mod tests;
#[cfg(feature = "client")]
mod version;

use std::sync::Arc;
#[cfg(feature = "client")]
use std::time::Duration;

#[cfg(feature = "client")]
use self::observer::Whole;
pub(crate) use self::observer::{Observer, View};
#[cfg(feature = "client")]
pub use self::{callback::CallbackGuard, changes::Changes, version::WaitError};
pub use self::{change::Change, mapped::Mapped};
use crate::{
    decode::Setting,
    live::{Live, Stopped},
    snapshot::Snapshot,
};
#[cfg(feature = "client")]
use crate::{decode::short_type_name, status::Status};

impl<C: Send + Sync + 'static> Live<C> {
    /// Every new version, as a stream that [starts from now](Self#what-an-observer-sees-first).
    ///
    /// ```no_run
    /// # async fn example(live: decree_runtime::Live<f64>) {
    /// let mut changes = live.changes();
    /// while let Some(change) = changes.next().await {
    ///     let fields: Vec<_> = change.paths().collect();
    ///     println!("version {} by {:?}: {fields:?}", change.new.version(), change.new.written());
    /// }
    /// # }
    /// ```
    #[cfg(feature = "client")]
    pub fn changes(&self) -> Changes<C> {
        Changes::new(Observer::new(self, Whole))
    }

    /// Calls `f` for every new version [from now on](Self#what-an-observer-sees-first), until the
    /// guard is dropped.
    ///
    /// It is called on a thread where it may block, one change at a time, and neither readers nor
    /// the watch nor another callback wait for it. While it runs, changes are taken together. If it
    /// panics, that is logged, and the next change calls it again.
    ///
    /// ```no_run
    /// # fn example(live: decree_runtime::Live<f64>) {
    /// let guard = live.on_change(|change| println!("{} became {}", change.old, change.new));
    /// # drop(guard);
    /// # }
    /// ```
    #[cfg(feature = "client")]
    pub fn on_change<F>(&self, f: F) -> CallbackGuard
    where
        F: Fn(&Change<C>) + Send + Sync + 'static,
    {
        let observer = Observer::new(self, Whole);
        let runtime = self.line().map(|line| &line.runtime);
        CallbackGuard::on_change(runtime, short_type_name::<C>(), observer, f)
    }

    /// Calls `f` each time that [`staleness`](Status::staleness) passes `after`, until the guard is
    /// dropped; again only after it was less in between. It looks
    /// [at once](Self#what-an-observer-sees-first), and is called as by
    /// [`on_change`](Self::on_change). The last one may be after the watch has ended.
    ///
    /// Without it old values just stay. The server confirms them twice a minute, so `after` is best
    /// some minutes.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # fn example(live: decree_runtime::Live<f64>) {
    /// let guard = live.on_stale(Duration::from_secs(300), |status| {
    ///     println!("old since {:?}: {:?}", status.verified_at(), status.trouble);
    /// });
    /// # drop(guard);
    /// # }
    /// ```
    #[cfg(feature = "client")]
    pub fn on_stale<F>(&self, after: Duration, f: F) -> CallbackGuard
    where
        F: Fn(&Status) + Send + Sync + 'static,
    {
        let runtime = self.line().map(|line| &line.runtime);
        CallbackGuard::on_stale(runtime, short_type_name::<C>(), self, after, f)
    }

    /// Waits until `holds` is true of the settings; looks
    /// [at once](Self#what-an-observer-sees-first). Versions may be skipped, the last one never is.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the watch has ended and its last version was looked at; at once for a
    /// [fixed](Self::fixed) value.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    ///
    /// ```no_run
    /// # async fn example(live: decree_runtime::Live<f64>) -> Result<(), decree_runtime::Stopped> {
    /// let fee = live.wait_for(|fee| *fee > 0.0).await?;
    /// println!("version {} has it", fee.version());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_for(
        &self,
        mut holds: impl FnMut(&C) -> bool,
    ) -> Result<Snapshot<C>, Stopped> {
        let shown = |version: &Arc<_>| Snapshot::of(Arc::clone(version));
        self.wait_until(|version| holds(&version.config).then(|| shown(version)))
            .await
    }

    /// A part of the settings, or something made of them, that can be observed by itself: only
    /// another result is a change.
    ///
    /// `f` runs when somebody reads, and once for each version and observer. Keep it short, as that
    /// of [`with`](Self::with).
    ///
    /// ```
    /// use decree_runtime::Live;
    ///
    /// let pay = Live::fixed((0.01, String::from("hello")));
    /// let banner = pay.map(|pay| pay.1.clone());
    /// assert_eq!(banner.get(), "hello");
    /// ```
    /// [`field`](Self::field) is the short form for a part that is one field.
    #[must_use]
    pub fn map<T, F>(&self, f: F) -> Mapped<C, T>
    where
        F: Fn(&C) -> T + Send + Sync + 'static,
        T: PartialEq + Send + Sync + 'static,
    {
        Mapped::new(self, f)
    }

    /// One field of the settings, by its constant; see [`Setting`].
    ///
    /// ```
    /// use decree_runtime::{DecreeConfig, Live};
    ///
    /// #[derive(DecreeConfig)]
    /// struct Payments {
    ///     fee: f64,
    /// }
    ///
    /// # async fn example(live: Live<Payments>) -> Result<(), decree_runtime::Stopped> {
    /// let mut fee = live.field(Payments::FEE);
    /// println!("{} is the fee", fee.get());
    /// fee.changed().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn field<T>(&self, setting: Setting<C, T>) -> Mapped<C, T>
    where
        T: Clone + PartialEq + Send + Sync + 'static,
    {
        self.map(move |config| setting.get(config).clone())
    }
}
