//! A thread that does the IO of a blocking client.

use std::{
    fmt,
    future::{Future, IntoFuture},
    sync::{Mutex, PoisonError},
    thread::{self, JoinHandle, ThreadId},
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot};

use crate::error::{Error, ErrorKind};

/// A thread with a runtime of its own. It ends when this is dropped.
pub(super) struct Runtime {
    handle: Handle,
    thread: ThreadId,
    /// Dropped to end the thread.
    stop: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

/// How long the end waits for callbacks that run: what blocks for longer is left to itself.
const PATIENCE: Duration = Duration::from_secs(1);

impl Runtime {
    pub(super) fn start() -> Result<Self, Error> {
        let failed = |error: std::io::Error| {
            let message = "the thread of the client cannot be started";
            Error::new(ErrorKind::InvalidOption, message).with_source(error)
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let work = move || {
            // An error is what is waited for: the sender goes with the client.
            let _stopped = runtime.block_on(stopped);
            runtime.shutdown_timeout(PATIENCE);
        };
        let thread = thread::Builder::new().name("decree".to_owned()).spawn(work);
        let thread = thread.map_err(failed)?;
        Ok(Self {
            handle,
            thread: thread.thread().id(),
            stop: Mutex::new(Some((stop, thread))),
        })
    }

    /// Runs a future on the calling thread, while the other one does its IO. Unlike a runtime's own
    /// `block_on` it may be called from anywhere, an async task included: that just blocks.
    pub(super) fn wait<T>(
        &self,
        future: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        if thread::current().id() == self.thread {
            let message = "a blocking call on the thread that does its IO would wait for itself: \
                           conversions, token providers and layers must not call the client";
            return Err(Error::new(ErrorKind::Deadlock, message));
        }
        self.run(future.into_future())
    }

    /// As [`wait`](Self::wait), for what cannot fail; on the own thread it is `None`.
    pub(super) fn run_elsewhere<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        (thread::current().id() != self.thread).then(|| self.run(future))
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let _context = self.handle.enter();
        // On a thread of another runtime the budget is that of the task which blocks here: it never
        // yields, so it would never get a new one, and this would spin for ever.
        pollster::block_on(tokio::task::unconstrained(future))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((stop, thread)) = stop.take() {
            drop(stop);
            if thread::current().id() != self.thread {
                // A panic of that thread was said on standard error.
                let _ended = thread.join();
            }
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("thread", &self.thread)
            .finish_non_exhaustive()
    }
}
