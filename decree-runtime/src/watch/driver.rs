//! The task of a watch: it does what the machine decides, and tells it what came of it.

#[cfg(test)]
mod tests;

use std::{convert::Infallible, future::Future, ops::ControlFlow, pin::Pin, sync::Arc};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::Instant,
};

use super::{
    consumers::{Consumers, To},
    handle::{Command, Newcomer, Watch},
    history::Row,
    look::Look,
    machine::{Action, Brought, Machine, Report, Verdict},
    source::{Failure, Hint, Hints, Source},
    timing::Timing,
};
use crate::{
    live::Hold,
    reading::Reading,
    status::{Phase, Trouble},
};

type Call<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// Starts a watch that begins with `first`, and that nobody takes part in yet.
///
/// It ends with the last [`Hold`], when it is told to, or with the runtime.
pub(crate) fn start<S: Source>(source: S, first: Arc<Look>, timing: Timing) -> Watch {
    let (lease, held) = mpsc::channel(1);
    let (running, ended) = watch::channel(());
    let (commands, inbox) = mpsc::unbounded_channel();
    let (look, looked) = watch::channel(first);
    let answer = look.borrow().answer.clone();
    let driver = Driver {
        machine: Machine::new(answer, timing, fastrand::u64(..), Instant::now()),
        source: Arc::new(source),
        look,
        consumers: Consumers::default(),
        hints: Arc::new(Hints::default()),
        stream: JoinSet::new(),
        read: None,
        probe: None,
        told: None,
    };
    tokio::spawn(async move {
        driver.run(held, inbox).await;
        drop(running);
    });
    Watch {
        hold: Hold { lease, ended },
        commands,
        look: looked,
    }
}

struct Driver<S> {
    machine: Machine,
    source: Arc<S>,
    /// What was looked at last, adopted or brought.
    look: watch::Sender<Arc<Look>>,
    consumers: Consumers,
    hints: Arc<Hints>,
    /// At most one; it drains the stream while this task decodes.
    stream: JoinSet<Failure>,
    read: Option<Call<Reading>>,
    probe: Option<Call<Vec<Row>>>,
    told: Option<Report>,
}

impl<S: Source> Driver<S> {
    async fn run(
        mut self,
        mut held: mpsc::Receiver<Infallible>,
        mut inbox: mpsc::UnboundedReceiver<Command>,
    ) {
        let mut hints = self.hints.subscribe();
        let mut commands = Vec::new();
        loop {
            while let Some(action) = self.machine.next(Instant::now()) {
                self.act(action).await;
            }
            self.tell();
            let wake = self.machine.wake();
            tokio::select! {
                biased;
                // Nothing is ever sent: whoever held it let go.
                _ = held.recv() => break,
                1.. = inbox.recv_many(&mut commands, 64) => {
                    if self.on_commands(commands.drain(..)).is_break() {
                        break;
                    }
                }
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
            Action::Subscribe { paths } => {
                let hints = Arc::clone(&self.hints);
                self.stream.shutdown().await;
                self.stream
                    .spawn(async move { source.follow(&paths, &hints).await });
            }
            Action::Redial => {
                tracing::warn!("the connection hangs; dialing anew");
                source.redial();
                self.read = None;
                self.stream.shutdown().await;
            }
        }
    }

    fn on_commands(&mut self, commands: impl Iterator<Item = Command>) -> ControlFlow<()> {
        let now = Instant::now();
        self.consumers.prune();
        for command in commands {
            match command {
                Command::Join(newcomer) => self.admit(newcomer, now),
                Command::End => return ControlFlow::Break(()),
            }
        }
        self.machine.decoded(self.consumers.all_accepted());
        self.machine.listen(self.consumers.paths(), now);
        ControlFlow::Continue(())
    }

    fn admit(&mut self, newcomer: Newcomer, now: Instant) {
        let Newcomer {
            consumer,
            look,
            mut accepted,
        } = newcomer;
        let mut has = look.answer.clone();
        let brought = self.machine.brought(&look.answer, look.asked, now);
        if brought == Brought::Old {
            let newer = Arc::clone(&self.look.borrow());
            has = newer.answer.clone();
            accepted = consumer.offer(&newer.reading, None);
        }
        if let Some(written) = self.machine.known_author(has.version) {
            consumer.attribute(has.version, written);
        }
        consumer.report(&self.machine.report());
        self.consumers.add(consumer, has, accepted);
        if brought == Brought::News {
            self.look.send_replace(look);
            self.deliver(To::Older, now);
        }
    }

    fn on_read(&mut self, result: Result<Reading, Failure>) {
        let now = Instant::now();
        let reading = match result {
            Ok(reading) => reading,
            Err(failure) => return self.machine.read_failed(&failure, now),
        };
        let look = Look::new(reading, self.machine.read_asked());
        match self.machine.answered(look.answer.clone(), now) {
            Verdict::Keep => {}
            // A newcomer may have something else.
            Verdict::Verified => self.deliver(To::Older, now),
            Verdict::Adopt => {
                self.look.send_replace(Arc::new(look));
                self.deliver(To::Older, now);
            }
            Verdict::AdoptRestarted => {
                tracing::warn!(
                    version = look.answer.version,
                    tenant_id = &*look.answer.tenant_id,
                    "the tenant has another history"
                );
                // Its numbers may be lower than what the cell holds.
                self.hints.send_replace(Hint::default());
                self.look.send_replace(Arc::new(look));
                self.deliver(To::All, now);
            }
        }
    }

    fn deliver(&mut self, to: To, now: Instant) {
        let look = Arc::clone(&self.look.borrow());
        if self.consumers.any_due(&look.answer, to) {
            let version = look.answer.version;
            let hint = self.hints.borrow().clone();
            let written = hint.written.filter(|_| hint.version == version);
            let written = written.or_else(|| self.machine.written(version, now));
            self.consumers.offer(&look, to, written.as_ref());
        }
        self.machine.decoded(self.consumers.all_accepted());
    }

    fn on_probe(&mut self, result: Result<Vec<Row>, Failure>) {
        let now = Instant::now();
        match result {
            Ok(rows) => {
                for row in &rows {
                    self.consumers.attribute(row.version, &row.written);
                }
                self.machine.probed(rows, now);
            }
            Err(failure) => self.machine.probe_failed(&failure, now),
        }
        if self.consumers.prune() {
            self.machine.listen(self.consumers.paths(), now);
            self.machine.decoded(self.consumers.all_accepted());
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
        self.consumers.report(&report);
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
