//! The task of a watch: it does what the machine decides, and tells it what came of it.

mod calls;
#[cfg(test)]
mod tests;

use std::{
    convert::Infallible,
    mem,
    ops::ControlFlow,
    sync::{Arc, OnceLock},
};

use arc_swap::ArcSwap;
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
    time::Instant,
};

use self::calls::{Calls, Outcome};
use super::{
    consumers::{Consumers, To},
    handle::{Command, Newcomer, Watch},
    keeper::{Keeper, Kept},
    look::Look,
    machine::{Answer, Brought, Machine, Report, Verdict},
    source::{Described, Dials, Failure, Hint, Hints, Listing, Source},
    timing::WatchTiming,
};
use crate::{
    live::{Hold, Line},
    reading::Reading,
    snapshot::Written,
    status::{CacheStatus, Phase, StopReason},
};

/// Starts a watch that begins with `first`, and that nobody takes part in yet.
///
/// It ends with the last [`Hold`], when it is told to, or with the runtime.
pub(crate) fn start<S: Source>(source: S, first: Arc<Look>, timing: WatchTiming) -> Watch {
    let (lease, held) = mpsc::channel(1);
    let (running, ended) = watch::channel(());
    let (commands, inbox) = mpsc::unbounded_channel();
    let awaited = watch::Sender::new(0);
    let (answer, now) = (first.answer.clone(), Instant::now());
    let mut machine = Machine::new(answer, timing, fastrand::u64(..), now);
    if let Some(part) = &first.reading.part
        && !first.answer.is_nothing()
    {
        machine.began_in_parts(part.clone());
    }
    if !source.knows_types() {
        machine.lacks_types(now);
    }
    let look = Arc::new(ArcSwap::new(first));
    let looked = Arc::clone(&look);
    let end = Arc::<OnceLock<StopReason>>::default();
    let keeper = source.disk().map(Keeper::start);
    let dials = source.dials();
    machine.dialed(*dials.borrow(), now);
    let hints = Arc::<Hints>::default();
    let driver = Driver {
        machine,
        calls: Calls::new(source, Arc::clone(&hints)),
        look,
        consumers: Consumers::default(),
        hints,
        hint: Hint::default(),
        keeper,
        awaited: awaited.clone(),
        told: None,
        inbox,
        end: Arc::clone(&end),
    };
    tokio::spawn(async move {
        driver.run(held, dials).await;
        drop(running);
    });
    let line = Line {
        awaited,
        ended,
        runtime: Handle::current(),
    };
    Watch {
        hold: Hold { lease, line },
        commands,
        look: looked,
        end,
    }
}

struct Driver<S> {
    machine: Machine,
    calls: Calls<S>,
    /// What was looked at last, adopted or brought.
    look: Arc<ArcSwap<Look>>,
    consumers: Consumers,
    hints: Arc<Hints>,
    /// What the stream told last.
    hint: Hint,
    /// The machine knows nothing of it.
    keeper: Option<Keeper>,
    /// What somebody waits for.
    awaited: watch::Sender<i32>,
    told: Option<Report>,
    inbox: mpsc::UnboundedReceiver<Command>,
    /// Why it ended. When this is dropped without a reason, the runtime has gone: that drops its tasks
    /// and says nothing.
    end: Arc<OnceLock<StopReason>>,
}

impl<S> Drop for Driver<S> {
    fn drop(&mut self) {
        let reason = *self.end.get_or_init(|| {
            if std::thread::panicking() {
                StopReason::Panicked
            } else {
                StopReason::RuntimeGone
            }
        });
        if reason != StopReason::Ended {
            tracing::error!(%reason, "settings are not current any more");
        }
        self.consumers.stop(reason);
        // Whoever comes from now on finds it closed.
        self.inbox.close();
        while let Ok(command) = self.inbox.try_recv() {
            command.refuse(reason);
        }
    }
}

impl<S: Source> Driver<S> {
    async fn run(
        mut self,
        mut held: mpsc::Receiver<Infallible>,
        mut dials: watch::Receiver<Dials>,
    ) {
        let mut hints = self.hints.subscribe();
        let mut awaited = self.awaited.subscribe();
        let mut commands = Vec::new();
        loop {
            while let Some(action) = self.machine.next(Instant::now()) {
                self.calls.start(action).await;
            }
            self.tell();
            self.keep();
            let wake = [self.machine.wake(), self.consumers.wake()];
            let wake = wake.into_iter().flatten().min();
            tokio::select! {
                biased;
                // Nothing is ever sent: whoever held it let go.
                _ = held.recv() => break,
                1.. = self.inbox.recv_many(&mut commands, 64) => {
                    if self.on_commands(commands.drain(..)).is_break() {
                        break;
                    }
                }
                Ok(()) = hints.changed() => self.on_hint(),
                Ok(()) = awaited.changed() => self.on_awaited(),
                Ok(()) = dials.changed() => {
                    let dials = *dials.borrow_and_update();
                    self.machine.dialed(dials, Instant::now());
                }
                progress = self.consumers.progress() => {
                    let look = self.look.load_full();
                    self.consumers.on_progress(progress, &look, Instant::now());
                    self.weigh();
                }
                outcome = self.calls.outcome() => self.on_outcome(outcome),
                cache = changed(&mut self.keeper) => self.consumers.cached(&cache),
                () = sleep_until(wake) => self.consumers.look_for_stuck(Instant::now()),
            }
        }
        // Nobody else sets it.
        let _first = self.end.set(StopReason::Ended);
        self.calls.end().await;
        let last = async {
            if let Some(keeper) = self.keeper.take() {
                keeper.end().await;
            }
        };
        tokio::join!(self.consumers.end(), last);
    }

    fn on_commands(&mut self, commands: impl Iterator<Item = Command>) -> ControlFlow<()> {
        let now = Instant::now();
        self.consumers.prune();
        for command in commands {
            match command {
                Command::Join(newcomer) => self.admit(newcomer, now),
                Command::Announce(version) => self.machine.announced(version, now),
                Command::End => return ControlFlow::Break(()),
            }
        }
        self.weigh();
        self.machine.listen(self.consumers.paths(), now);
        ControlFlow::Continue(())
    }

    /// Tells the machine how the last look fits.
    fn weigh(&mut self) {
        let fit = self.consumers.fit();
        self.machine.decoded(fit, Instant::now());
    }

    fn admit(&mut self, newcomer: Newcomer, now: Instant) {
        let Newcomer {
            consumer,
            look,
            fit,
        } = newcomer;
        let knows_it = look.reading.covers(consumer.paths());
        let look = Arc::new(Look::clone(&look).beside(&self.look.load()));
        if let Some(written) = self.machine.known_author(look.answer.version) {
            consumer.attribute(look.answer.version, written);
        }
        consumer.report(&self.machine.report());
        if let Some(keeper) = &self.keeper {
            consumer.cached(&keeper.status());
        }
        let has = if knows_it {
            look.answer.clone()
        } else {
            Answer::nothing()
        };
        let number = self.consumers.add(consumer, has, fit);
        let is_whole = look.reading.part.is_none();
        let of_all = is_whole || look.reading.covers(&self.consumers.paths());
        match self.machine.brought(&look.answer, of_all, look.asked, now) {
            Brought::News => {
                self.look.store(look);
                self.deliver(To::Older, now);
            }
            Brought::Old => {
                let newer = self.look.load_full();
                self.consumers.offer_to(number, &newer, now);
            }
            Brought::Same | Brought::Doubtful => {}
        }
    }

    fn on_hint(&mut self) {
        // Taken out: a version that never was must not outshine all that come.
        let mut news = Hint::default();
        self.hints.send_if_modified(|hint| {
            news = mem::take(hint);
            false
        });
        // One that comes late says nothing of the version that is being read; one that was lost
        // says nothing of the next that has its number.
        let never_was = self.hint.version > self.machine.announced_version();
        self.machine.heard(news.version, Instant::now());
        if news.version > self.hint.version || never_was {
            self.hint = news;
        }
    }

    fn on_awaited(&mut self) {
        // Taken out: who waits for it later asks again.
        self.awaited.send_if_modified(|awaited| {
            self.machine.awaited(mem::take(awaited), Instant::now());
            false
        });
    }

    fn on_outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Read(result) => self.on_read(result),
            Outcome::Probe(result) => self.on_probe(result),
            Outcome::Description(result) => self.on_description(result),
            Outcome::StreamEnd(failure) => self.on_stream_end(&failure),
        }
    }

    fn on_read(&mut self, result: Result<Reading, Failure>) {
        let now = Instant::now();
        let reading = match result {
            Ok(reading) => reading,
            Err(failure) => return self.machine.read_failed(&failure, now),
        };
        let look = Look::new(reading, self.machine.read_asked()).beside(&self.look.load());
        match self.machine.answered(look.answer.clone(), now) {
            Verdict::Keep => return,
            // A newcomer may have something else.
            Verdict::Verified => {
                if look.reading.says_more_than(&self.look.load().reading) {
                    self.look.store(Arc::new(look));
                }
                self.deliver(To::Older, now);
            }
            Verdict::Adopt => {
                let after = Arc::new(look);
                let before = self.look.swap(Arc::clone(&after));
                let paths = self.consumers.paths();
                if after.reading.differs_in(&before.reading, paths.iter()) {
                    let [before, after] = [&before, &after].map(|look| look.answer.version);
                    self.machine.touched(before, after, now);
                }
                self.deliver(To::Older, now);
            }
            Verdict::AdoptRestarted => {
                let Answer {
                    version, tenant_id, ..
                } = &look.answer;
                tracing::warn!(version, %tenant_id, "the tenant has another history");
                // It was about a version of the other one.
                self.hint = Hint::default();
                self.look.store(Arc::new(look));
                self.deliver(To::All, now);
            }
        }
        self.machine.caught_up();
    }

    fn deliver(&mut self, to: To, now: Instant) {
        let look = self.look.load_full();
        if self.consumers.any_due(&look, to) {
            let version = look.answer.version;
            let written = self.hinted(version);
            let written = written.or_else(|| self.machine.written(version, now));
            self.consumers.offer(&look, to, written.as_ref(), now);
        }
    }

    /// Who wrote `version`, if the stream has told.
    fn hinted(&self, version: i32) -> Option<Written> {
        let hint = Some(&self.hint).filter(|hint| hint.version == version);
        hint.and_then(|hint| hint.written.clone())
    }

    fn on_probe(&mut self, result: Result<Listing, Failure>) {
        let now = Instant::now();
        match result {
            Ok(listing) => {
                if self.machine.is_own(&listing) {
                    for row in &listing.rows {
                        self.consumers.attribute(row.version, &row.written);
                    }
                }
                self.machine.probed(listing, now);
            }
            Err(failure) => self.machine.probe_failed(&failure, now),
        }
        if self.consumers.prune() {
            self.machine.listen(self.consumers.paths(), now);
            self.weigh();
        }
    }

    fn on_description(&mut self, result: Result<Described, Failure>) {
        let now = Instant::now();
        match result {
            Ok(described) => self.machine.described(described, now),
            Err(failure) => self.machine.description_failed(&failure, now),
        }
        if self.machine.is_sure_of_its_tenant() {
            // A newcomer may have what the name means now.
            self.deliver(To::Older, now);
        }
    }

    fn on_stream_end(&mut self, failure: &Failure) {
        tracing::debug!(failure = failure.message, "stream ended");
        self.machine.stream_ended(failure, Instant::now());
    }

    /// Passes on what changed in the state of the watch; logs each trouble once.
    fn tell(&mut self) {
        let report = self.machine.report();
        if self.told.as_ref() == Some(&report) {
            return;
        }
        let told = self.told.as_ref();
        if told.map_or(Phase::Following, |told| told.phase) != report.phase {
            log(&report);
        }
        self.consumers.report(&report);
        self.told = Some(report);
    }

    /// Has on disk what everybody has taken. What somebody refuses is not known to be good.
    fn keep(&self) {
        // A watch that has seen nothing has nothing to keep.
        let confirmed = self.machine.report().verified;
        let Some((keeper, confirmed)) = self.keeper.as_ref().zip(confirmed) else {
            return;
        };
        let look = self.look.load_full();
        if self.consumers.have_taken(&look.answer) {
            let version = look.answer.version;
            let known = || self.machine.known_author(version).cloned();
            keeper.keep(Kept {
                look,
                paths: self.consumers.paths(),
                secret: self.consumers.secret(),
                written: self.hinted(version).or_else(known),
                confirmed,
            });
        }
    }
}

fn log(report: &Report) {
    let seen = report.seen;
    let trouble = report
        .trouble
        .as_ref()
        .map_or("", |trouble| &trouble.message);
    match report.phase {
        Phase::Recovering => {
            tracing::warn!(seen, trouble, "the last good version stays while retrying");
        }
        Phase::Behind => tracing::warn!(seen, "the server answers with older versions"),
        Phase::Displaced => {
            tracing::warn!(
                seen,
                "the name means another tenant, and the one before still exists"
            );
        }
        _ => tracing::info!(seen, "following again"),
    }
}

/// News of the disk; pending while there is none.
async fn changed(keeper: &mut Option<Keeper>) -> CacheStatus {
    match keeper {
        Some(keeper) => keeper.changed().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake).await,
        None => std::future::pending().await,
    }
}
