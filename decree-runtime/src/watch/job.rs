//! Something that is done again and again, never twice at once.

use tokio::time::Instant;

/// When a job is due, and whether it runs.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    due: Option<Instant>,
    not_before: Instant,
    started: Instant,
    running: bool,
}

impl Job {
    pub(crate) fn idle(now: Instant) -> Self {
        Self {
            due: None,
            not_before: now,
            started: now,
            running: false,
        }
    }

    pub(crate) fn due(at: Instant) -> Self {
        Self {
            due: Some(at),
            ..Self::idle(at)
        }
    }

    /// Asks for a run at `at` or sooner.
    pub(crate) fn want(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Puts off whatever is due, now or later.
    pub(crate) fn rest_until(&mut self, at: Instant) {
        self.not_before = self.not_before.max(at);
    }

    /// Starts the job if it is due.
    pub(crate) fn start(&mut self, now: Instant) -> bool {
        let start = self.wake().is_some_and(|wake| wake <= now);
        if start {
            self.due = None;
            self.started = now;
            self.running = true;
        }
        start
    }

    /// The job is done; what was asked for while it ran stays due.
    pub(crate) fn finish(&mut self) {
        self.running = false;
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running
    }

    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// When it is to start next; `None` while it runs or nothing is due.
    pub(crate) fn wake(&self) -> Option<Instant> {
        let due = self.due.filter(|_| !self.running)?;
        Some(due.max(self.not_before))
    }
}
