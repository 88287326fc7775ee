//! The task of a watch: it does what the machine decides, and tells it what came of it.

#[cfg(test)]
mod tests;

use std::{future::Future, pin::Pin, sync::Arc};

use tokio::{
    sync::{oneshot, watch},
    task::JoinSet,
    time::Instant,
};

use super::{
    consumer::Consumer,
    history::Row,
    machine::{Action, Answer, Machine, Report, Verdict},
    source::{Failure, Hint, Hints, Source},
    timing::Timing,
};
use crate::{
    live::Task,
    reading::Reading,
    status::{Phase, Trouble},
};

type Call<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// Starts a watch that has just read `first`, and delivers to what `attach` makes.
///
/// It ends when the [`Task`] is dropped, or with the runtime.
pub(crate) fn start<S: Source, K: Consumer>(
    source: S,
    first: &Reading,
    paths: Vec<&'static str>,
    timing: Timing,
    attach: impl FnOnce(Task) -> K,
) {
    let (lease, lease_end) = oneshot::channel();
    let (running, ended) = watch::channel(());
    let answer = answer(first, &paths);
    let driver = Driver {
        machine: Machine::new(answer, timing, fastrand::u64(..), Instant::now()),
        source: Arc::new(source),
        paths: paths.into(),
        consumer: attach(Task { lease, ended }),
        hints: Arc::new(Hints::default()),
        stream: JoinSet::new(),
        read: None,
        probe: None,
        told: None,
    };
    tokio::spawn(async move {
        driver.run(lease_end).await;
        drop(running);
    });
}

fn answer(reading: &Reading, paths: &[&'static str]) -> Answer {
    Answer {
        tenant_id: Arc::clone(&reading.tenant_id),
        version: reading.version,
        digest: reading.digest(paths),
    }
}

struct Driver<S, K> {
    machine: Machine,
    source: Arc<S>,
    paths: Arc<[&'static str]>,
    consumer: K,
    hints: Arc<Hints>,
    /// At most one; it drains the stream while this task decodes.
    stream: JoinSet<Failure>,
    read: Option<Call<Reading>>,
    probe: Option<Call<Vec<Row>>>,
    told: Option<Report>,
}

impl<S: Source, K: Consumer> Driver<S, K> {
    async fn run(mut self, mut lease_end: oneshot::Receiver<()>) {
        let mut hints = self.hints.subscribe();
        loop {
            while let Some(action) = self.machine.next(Instant::now()) {
                self.act(action).await;
            }
            self.tell();
            let wake = self.machine.wake();
            tokio::select! {
                biased;
                _ = &mut lease_end => break,
                Ok(()) = hints.changed() => {
                    let version = hints.borrow_and_update().version;
                    self.machine.announced(version, Instant::now());
                }
                result = finished(&mut self.read) => self.on_read(result),
                result = finished(&mut self.probe) => self.on_probe(result),
                Some(end) = self.stream.join_next() => self.on_stream_end(end),
                () = sleep_until(wake) => {}
            }
        }
        self.stream.shutdown().await;
    }

    async fn act(&mut self, action: Action) {
        let source = Arc::clone(&self.source);
        match action {
            Action::Read { timeout } => {
                self.read = Some(Box::pin(async move { source.read(timeout).await }));
            }
            Action::Probe { timeout } => {
                self.probe = Some(Box::pin(async move { source.probe(timeout).await }));
            }
            Action::Subscribe { filtered } => {
                let (paths, hints) = (Arc::clone(&self.paths), Arc::clone(&self.hints));
                self.stream.spawn(async move {
                    let paths = if filtered { &*paths } else { &[] };
                    source.follow(paths, &hints).await
                });
            }
            Action::Redial => {
                tracing::warn!("the connection hangs; dialing anew");
                source.redial();
                self.read = None;
                self.stream.shutdown().await;
            }
        }
    }

    fn on_read(&mut self, result: Result<Reading, Failure>) {
        let now = Instant::now();
        let reading = match result {
            Ok(reading) => reading,
            Err(failure) => return self.machine.read_failed(&failure, now),
        };
        match self.machine.answered(answer(&reading, &self.paths), now) {
            Verdict::Keep | Verdict::Verified => {}
            Verdict::Adopt => self.deliver(&reading, now),
            Verdict::AdoptRestarted => {
                let version = reading.version;
                tracing::warn!(
                    version,
                    tenant_id = &*reading.tenant_id,
                    "the tenant has another history"
                );
                // Its numbers may be lower than what the cell holds.
                self.hints.send_replace(Hint::default());
                self.deliver(&reading, now);
            }
        }
    }

    fn deliver(&mut self, reading: &Reading, now: Instant) {
        let version = reading.version;
        let hint = self.hints.borrow().clone();
        let written = hint.written.filter(|_| hint.version == version);
        let written = written.or_else(|| self.machine.written(version, now));
        let accepted = self.consumer.offer(reading, written);
        self.machine.decoded(accepted);
    }

    fn on_probe(&mut self, result: Result<Vec<Row>, Failure>) {
        let now = Instant::now();
        match result {
            Ok(rows) => {
                for row in &rows {
                    self.consumer.attribute(row.version, &row.written);
                }
                self.machine.probed(rows, now);
            }
            Err(failure) => self.machine.probe_failed(&failure, now),
        }
    }

    fn on_stream_end(&mut self, end: Result<Failure, tokio::task::JoinError>) {
        let failure = end.unwrap_or_else(|error| Failure {
            cause: super::source::Cause::Connection,
            message: format!("the task that follows the stream ended: {error}"),
        });
        tracing::debug!(failure = failure.message, "stream ended");
        self.machine.stream_ended(&failure, Instant::now());
    }

    /// Passes on what changed in the state of the watch; logs each trouble once.
    fn tell(&mut self) {
        let report = self.machine.report();
        if self.told.as_ref() == Some(&report) {
            return;
        }
        let before = self
            .told
            .as_ref()
            .map_or(Phase::Following, |told| told.phase);
        match (&report.trouble, report.phase) {
            (Some(Trouble { message, .. }), Phase::Recovering) if before != Phase::Recovering => {
                tracing::warn!(
                    trouble = message,
                    "the last good version stays while retrying"
                );
            }
            (_, Phase::Following) if before != Phase::Following => {
                tracing::info!(version = report.seen, "following again");
            }
            (_, Phase::Behind) if before != Phase::Behind => {
                tracing::warn!(seen = report.seen, "the server answers with older versions");
            }
            _ => {}
        }
        self.consumer.report(&report);
        self.told = Some(report);
    }
}

/// The result of a call that runs; pending while none does.
async fn finished<T>(call: &mut Option<Call<T>>) -> Result<T, Failure> {
    let Some(running) = call else {
        return std::future::pending().await;
    };
    let result = running.await;
    *call = None;
    result
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake).await,
        None => std::future::pending().await,
    }
}
