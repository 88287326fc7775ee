//! Fields that are named while the program runs.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    Client,
    call::closed,
    source::TenantSource,
    start::{START_TIMEOUT, first_fit},
};
use crate::{
    decode::{DecodeError, FieldError},
    error::Error,
    field::Field,
    live::Live,
    reading::Reading,
    snapshot::Versioned,
    status::{Phase, Status},
    value::FromValue,
    watch::{Consumer, Delivery, Fit, Look, Path, Watch},
};

/// Follows a tenant field by field. Made by [`Client::watch`].
///
/// A cheap handle. It shares its watch with every other handle of the client on the tenant, and
/// once started keeps it running.
///
/// ```no_run
/// # async fn example(client: decree_runtime::Client) -> Result<(), decree_runtime::Error> {
/// let watcher = client.watch("acme")?;
/// let fee = watcher.field("payments.fee", 0.01);
/// watcher.start().await?;
/// println!("{}", fee.get());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Watcher {
    shared: Arc<Shared>,
    start_timeout: Duration,
}

struct Shared {
    client: Client,
    source: TenantSource,
    /// Follows no field: it knows the version and the status.
    whole: Live<()>,
    state: Mutex<State>,
}

enum State {
    /// Who waits for the start.
    Waiting(Vec<Box<dyn Consumer>>),
    Started(Watch),
}

impl Watcher {
    pub(super) fn new(client: Client, tenant: String) -> Result<Self, Error> {
        let source = TenantSource::new(client.clone(), tenant)?;
        let whole = Live::new(Versioned::before_any(()), Phase::NotStarted);
        let first = Delivery::new(&whole, Vec::new(), Box::new(|_, _| Ok(())));
        let state = Mutex::new(State::Waiting(vec![Box::new(first)]));
        let shared = Shared {
            client,
            source,
            whole,
            state,
        };
        Ok(Self {
            shared: Arc::new(shared),
            start_timeout: START_TIMEOUT,
        })
    }

    /// How long [`start`](Self::start) tries before it gives up. Default 30 s.
    #[must_use]
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = timeout;
        self
    }

    /// A field that stays current. The same field may be asked for again.
    ///
    /// Before the start it shows `default`; after it, it is current at once. The default stands in
    /// when the server has no value: when the field was never written, or is null and `T` has no use
    /// for null.
    pub fn field<T>(&self, path: impl Into<String>, default: T) -> Field<T>
    where
        T: FromValue + Send + Sync + 'static,
    {
        let (field, decode) = Field::new(
            path.into().into(),
            default,
            self.shared.client.shared.runtime.clone(),
        );
        let paths = vec![Arc::clone(field.shared_path())];
        let secret = if T::SECRET { paths.clone() } else { Vec::new() };
        let consumer = Delivery::new(field.live(), paths, decode).with_secret(secret);
        let consumer = Box::new(consumer);
        let watch = match &mut *self.shared.state() {
            State::Waiting(waiting) => {
                waiting.retain(|consumer| !consumer.is_gone());
                waiting.push(consumer);
                return field;
            }
            State::Started(watch) => watch.clone(),
        };
        let look = watch.look();
        join(&watch, consumer, look);
        field
    }

    /// Reads the tenant and makes all fields current, then keeps them so. Does nothing when it was
    /// started before; after an error it can be tried again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rejected`](crate::ErrorKind::Rejected) at once when fields do not fit, naming
    /// every one of them; otherwise as [`Client::live`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: it is started as a whole or not at all.
    pub async fn start(&self) -> Result<(), Error> {
        let Shared { client, source, .. } = &*self.shared;
        if matches!(*self.shared.state(), State::Started(_)) {
            let closed = client.shared.closing.is_closed().then(closed);
            return closed.map_or(Ok(()), Err);
        }
        let paths = self.shared.paths();
        let check = |reading: &Reading| self.shared.check(reading);
        let start = first_fit(client, source, &paths, self.start_timeout, check);
        let (look, ()) = start.await?;
        let mut state = self.shared.state();
        let State::Waiting(waiting) = &mut *state else {
            return Ok(());
        };
        let watch = client.watch_of(source.clone(), &look)?;
        for consumer in waiting.drain(..) {
            join(&watch, consumer, Arc::clone(&look));
        }
        *state = State::Started(watch);
        Ok(())
    }

    /// The number of the version that the watch has seen last; 0 before the start.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.shared.whole.version()
    }

    /// What the watch knows about itself.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared.whole.status()
    }

    /// Ends this handle; with the last one on the tenant also the watch, and waits until it is gone.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the watch ends all the same.
    pub async fn shutdown(self) {
        if let Some(shared) = Arc::into_inner(self.shared) {
            drop(shared.state);
            shared.whole.shutdown().await;
        }
    }
}

impl Shared {
    /// Whether a reading fits everybody who waits for the start.
    fn check(&self, reading: &Reading) -> Result<(), DecodeError> {
        match &*self.state() {
            State::Waiting(waiting) => check_all(waiting, reading),
            State::Started(_) => Ok(()),
        }
    }

    /// Every field that was asked for before the start.
    fn paths(&self) -> Vec<Path> {
        match &*self.state() {
            State::Waiting(waiting) => waiting.iter().flat_map(|it| it.paths().to_vec()).collect(),
            State::Started(_) => Vec::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic leaves it as it was, or started.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of the tenant does not tell whether a field is anywhere that was asked for after it: the
/// next read does.
fn join(watch: &Watch, consumer: Box<dyn Consumer>, look: Arc<Look>) {
    let fit = if look.reading.covers(consumer.paths()) {
        consumer.offer(&look.reading, None)
    } else {
        Fit::Fits
    };
    watch.join(consumer, look, fit);
}

fn check_all(consumers: &[Box<dyn Consumer>], reading: &Reading) -> Result<(), DecodeError> {
    let bad = consumers
        .iter()
        .filter_map(|consumer| consumer.check(reading).err());
    let errors: Vec<FieldError> = bad.flat_map(DecodeError::into_fields).collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(DecodeError::of_fields("Watcher", reading, errors))
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher")
            .field("tenant", &self.shared.source.tenant())
            .field("version", &self.version())
            .field("phase", &self.status().phase)
            .finish_non_exhaustive()
    }
}
