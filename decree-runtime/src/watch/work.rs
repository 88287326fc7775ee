//! Code of the application that runs for a watch: it may block, and the watch must not.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinSet};

use super::{consumer::Consumer, look::Look, machine::Fit};
use crate::{decode::contain, snapshot::Written};

/// A conversion takes microseconds; one that takes this long is reported, and the others go on
/// without it.
pub(crate) const STUCK_AFTER: Duration = Duration::from_secs(1);

/// A version on its way to one consumer.
pub(crate) struct Offer {
    pub(crate) to: u64,
    pub(crate) consumer: Arc<dyn Consumer>,
    pub(crate) look: Arc<Look>,
    pub(crate) written: Option<Written>,
}

/// How an offer fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Started(u64),
    Done(u64, Fit),
}

/// Offers in their order, and the threads that make them: one, and one more for each that is stuck.
pub(crate) struct Work {
    queue: Arc<Queue>,
    threads: JoinSet<()>,
    told: mpsc::UnboundedSender<Progress>,
    progress: mpsc::UnboundedReceiver<Progress>,
}

#[derive(Default)]
struct Queue(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    offers: VecDeque<Offer>,
    /// How many threads will look here again.
    threads: usize,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next offer. A thread that gets none does not count from then on: one lock for both, or
    /// an offer that comes as the thread ends would wait for it.
    fn take(&self) -> Option<Offer> {
        let mut waiting = self.lock();
        let offer = waiting.offers.pop_front();
        waiting.threads -= usize::from(offer.is_none());
        offer
    }
}

impl Default for Work {
    fn default() -> Self {
        let (told, progress) = mpsc::unbounded_channel();
        Self {
            queue: Arc::default(),
            threads: JoinSet::new(),
            told,
            progress,
        }
    }
}

impl Work {
    pub(crate) fn add(&mut self, offer: Offer) {
        self.queue.lock().offers.push_back(offer);
    }

    /// Sees to it that a thread is left that is not among the `stuck`.
    pub(crate) fn run(&mut self, stuck: usize) {
        while self.threads.try_join_next().is_some() {}
        let mut waiting = self.queue.lock();
        if waiting.threads > stuck || waiting.offers.is_empty() {
            return;
        }
        waiting.threads += 1;
        drop(waiting);
        let (queue, told) = (Arc::clone(&self.queue), self.told.clone());
        self.threads.spawn_blocking(move || {
            while let Some(offer) = queue.take() {
                make(offer, &told);
            }
        });
    }

    /// What happened next.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: what is not returned is returned by the next call.
    pub(crate) async fn progress(&mut self) -> Progress {
        match self.progress.recv().await {
            Some(progress) => progress,
            // Never: `told` is ours.
            None => std::future::pending().await,
        }
    }

    /// Drops what nobody looks at any more. That is code of the application, too.
    pub(crate) fn let_go(&mut self, consumers: Vec<Arc<dyn Consumer>>) {
        if !consumers.is_empty() {
            self.threads
                .spawn_blocking(|| consumers.into_iter().for_each(drop_contained));
        }
    }

    /// Makes no more offers, and waits for those that are being made.
    pub(crate) async fn end(&mut self) {
        self.queue.lock().offers.clear();
        self.settle().await;
    }

    /// Waits for what runs, but not for what is stuck: code of the application cannot be ended from
    /// outside.
    pub(crate) async fn settle(&mut self) {
        let all = async { while self.threads.join_next().await.is_some() {} };
        let _stuck = tokio::time::timeout(STUCK_AFTER, all).await;
        self.threads.detach_all();
    }
}

/// Drops a consumer, and with it perhaps the last of a default.
pub(crate) fn drop_contained(consumer: Arc<dyn Consumer>) {
    if let Err(panic) = contain(|| drop(consumer)) {
        tracing::error!(panic, "the drop of settings that nobody reads panicked");
    }
}

fn make(offer: Offer, told: &mpsc::UnboundedSender<Progress>) {
    let Offer {
        to,
        consumer,
        look,
        written,
    } = offer;
    // A watch that has ended does not listen any more.
    let _ended = told.send(Progress::Started(to));
    // To drop what was shown, and the last handle on it, is code of the application, too.
    let made = contain(|| {
        let fit = consumer.offer(&look.reading, written);
        drop(consumer);
        fit
    });
    let _ended = told.send(Progress::Done(to, made.unwrap_or(Fit::Rejected)));
}
