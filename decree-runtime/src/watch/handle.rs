//! A running watch, as those who take part hold it.

use std::sync::{Arc, OnceLock, Weak};

use arc_swap::ArcSwap;
use tokio::sync::mpsc::{self, error::SendError};

use super::{consumer::Consumer, look::Look, machine::Fit};
use crate::{
    live::{Hold, Line},
    status::StopReason,
};

/// What a watch is told while it runs.
pub(crate) enum Command {
    Join(Newcomer),
    /// This client wrote a version.
    Announce(i32),
    /// Whoever holds it.
    End,
}

impl Command {
    /// Tells whoever would join that there is nothing to join any more.
    pub(super) fn refuse(self, reason: StopReason) {
        if let Self::Join(newcomer) = self {
            newcomer.consumer.stop(reason);
        }
    }
}

/// A consumer that takes part from now on.
pub(crate) struct Newcomer {
    pub(crate) consumer: Box<dyn Consumer>,
    /// What it was offered before it came.
    pub(crate) look: Arc<Look>,
    pub(crate) fit: Fit,
}

/// A watch that runs at least as long as this.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) hold: Hold,
    pub(super) commands: mpsc::UnboundedSender<Command>,
    pub(super) look: Arc<ArcSwap<Look>>,
    /// Why it ended, once it has.
    pub(super) end: Arc<OnceLock<StopReason>>,
}

impl Watch {
    /// Adds a consumer that shows or refuses `look` already.
    ///
    /// What the watch looked at in the meantime it is offered at once, so nothing falls between.
    pub(crate) fn join(&self, consumer: Box<dyn Consumer>, look: Arc<Look>, fit: Fit) {
        consumer.follow(self.hold.clone());
        let newcomer = Newcomer {
            consumer,
            look,
            fit,
        };
        if let Err(SendError(command)) = self.commands.send(Command::Join(newcomer)) {
            command.refuse(self.end.get().copied().unwrap_or(StopReason::Ended));
        }
    }

    /// What it has looked at last.
    pub(crate) fn look(&self) -> Arc<Look> {
        self.look.load_full()
    }

    pub(crate) fn downgrade(&self) -> WeakWatch {
        WeakWatch {
            lease: self.hold.lease.downgrade(),
            line: self.hold.line.clone(),
            commands: self.commands.clone(),
            look: Arc::downgrade(&self.look),
            end: Arc::clone(&self.end),
        }
    }
}

/// A watch that ends when it likes to.
#[derive(Clone)]
pub(crate) struct WeakWatch {
    lease: mpsc::WeakSender<std::convert::Infallible>,
    line: Line,
    commands: mpsc::UnboundedSender<Command>,
    /// Weak: a list of watches keeps no settings of those that have ended.
    look: Weak<ArcSwap<Look>>,
    end: Arc<OnceLock<StopReason>>,
}

impl WeakWatch {
    /// `None` once it ends, by whatever way.
    pub(crate) fn upgrade(&self) -> Option<Watch> {
        if self.commands.is_closed() {
            return None;
        }
        let hold = Hold {
            lease: self.lease.upgrade()?,
            line: self.line.clone(),
        };
        Some(Watch {
            hold,
            commands: self.commands.clone(),
            look: self.look.upgrade()?,
            end: Arc::clone(&self.end),
        })
    }

    /// Tells it of a version that this client wrote to the tenant of an id.
    pub(crate) fn announce(&self, tenant_id: &str, version: i32) {
        // One that has ended needs no news.
        let look = self.look.upgrade();
        if look.is_some_and(|look| *look.load().answer.tenant_id == *tenant_id) {
            let _ended = self.commands.send(Command::Announce(version));
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.line.ended.has_changed().is_err()
    }

    /// Ends it, whoever holds it.
    pub(crate) fn end(&self) {
        // It may have ended before.
        let _ended = self.commands.send(Command::End);
    }

    /// Waits until it is gone.
    pub(crate) async fn ended(mut self) {
        // An error is what is waited for: the sender goes with the watch.
        let _ended = self.line.ended.changed().await;
    }
}
