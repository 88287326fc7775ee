//! What goes wrong now, as all calls share it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::watch, time::Instant};
use tonic::Status;

use super::{
    Answer, ConnectFault, Delivery, Faults, Garbage, Verdict, calls::Hold, events::Held,
    reads::Written,
};
use crate::engine::{Event, Sight};

#[derive(Debug, Default)]
pub(crate) struct Lies {
    state: Mutex<State>,
    /// Hears of every release.
    releases: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    faults: Faults,
    /// By method: what the next calls fail with.
    failures: HashMap<String, VecDeque<Status>>,
    held: Held,
    written: Written,
    /// Whether a late read was the last one.
    turn: bool,
}

impl Lies {
    /// Changes what goes wrong, and returns it.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Faults)) -> Faults {
        let mut state = self.state();
        change(&mut state.faults);
        state.faults.clone()
    }

    /// Makes a coming call fail, after those that already have to.
    pub(crate) fn fail(&self, method: &str, status: Status) {
        let mut state = self.state();
        let failures = state.failures.entry(method.to_owned()).or_default();
        failures.push_back(status);
    }

    pub(crate) fn forget_failures(&self) {
        self.state().failures.clear();
    }

    /// Lets go what is held back, and returns the events among it.
    pub(crate) fn release(&self) -> Vec<Delivery> {
        let mut state = self.state();
        self.releases.send_replace(());
        state.held.release()
    }

    pub(crate) fn verdict(&self, method: &str) -> Option<Verdict> {
        let mut state = self.state();
        let failures = state.failures.get_mut(method);
        if let Some(status) = failures.and_then(VecDeque::pop_front) {
            return Some(Verdict::Fail(status));
        }
        let fault = state.faults.answers.get_mut(method)?;
        if let Some(Answer::Garbage(_)) = fault.coming() {
            return None; // comes with the answer
        }
        match fault.take()? {
            Answer::Fail(status) => Some(Verdict::Fail(status)),
            Answer::Hang => Some(Verdict::Hang(self.hold())),
            Answer::Garbage(_) => None,
        }
    }

    /// What the answer to a call is spoilt with.
    pub(crate) fn garbage(&self, method: &str) -> Option<Garbage> {
        let mut state = self.state();
        let fault = state.faults.answers.get_mut(method)?;
        let Some(Answer::Garbage(garbage)) = fault.coming() else {
            return None;
        };
        let garbage = *garbage;
        fault.take();
        Some(garbage)
    }

    /// What happens to who connects now, and what a connection that hangs waits for.
    pub(crate) fn connect(&self) -> Option<(ConnectFault, Hold)> {
        let fault = self.state().faults.connects.take()?;
        Some((fault, self.hold()))
    }

    /// What a read of a tenant sees, whose newest version is `latest`.
    pub(crate) fn sight(&self, tenant: &str, latest: i32) -> Sight {
        let state = &mut *self.state();
        let Some(fault) = state.faults.reads.take() else {
            return Sight::default();
        };
        let written = &state.written;
        fault.sight(&mut state.turn, |time| {
            written.recent(tenant, latest, time, Instant::now())
        })
    }

    pub(crate) fn note_version(&self, tenant: &str, version: i32) {
        self.state().written.note(tenant, version, Instant::now());
    }

    /// What streams get because of an event.
    pub(crate) fn pass(&self, event: Event) -> Vec<Delivery> {
        let State { faults, held, .. } = &mut *self.state();
        held.pass(event, &mut faults.events, Instant::now())
    }

    /// A look at what goes wrong.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Faults) -> T) -> T {
        look(&self.state().faults)
    }

    fn hold(&self) -> Hold {
        Hold(self.releases.subscribe())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
