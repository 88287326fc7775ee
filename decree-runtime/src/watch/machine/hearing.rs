//! Whether the stream says what it should.
//!
//! A stream can be open and deaf: its process may be going, it may wait behind a cap on streams, or
//! its server may have lost the channel that events come by. Nothing on the stream itself shows it.

use tokio::time::Instant;

use super::Machine;
use crate::watch::{source::Dials, timing::within};

/// What the stream that is open told, and what it owes.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    heard: i32,
    /// All is known from after the stream took hold: what comes now, it has to tell.
    accountable: bool,
    /// A version that it did not tell of, and when it is too late.
    owed: Option<(i32, Instant)>,
    /// How many connections calls had had when it was opened, and now.
    opened_at_dial: u64,
    dials: Dials,
    /// The next one is to be on another connection.
    elsewhere: bool,
    /// When a stream was last left for another connection, and calls last asked to make one.
    moved: Option<Instant>,
    redialed: Option<Instant>,
}

impl Hearing {
    /// A stream is opened; says whether on another connection than the one before.
    pub(super) fn open(&mut self) -> bool {
        let elsewhere = self.elsewhere;
        *self = Self {
            opened_at_dial: self.dials.opened,
            dials: self.dials,
            moved: self.moved,
            redialed: self.redialed,
            ..Self::default()
        };
        elsewhere
    }

    /// What it told of above `version` never came true.
    pub(super) fn doubt(&mut self, version: i32) {
        self.heard = self.heard.min(version);
    }

    pub(super) fn wake(&self) -> Option<Instant> {
        self.owed.map(|(_, due)| due)
    }

    /// Calls have another connection than when the stream was opened, perhaps to another process.
    fn is_left_behind(&self) -> bool {
        self.opened_at_dial < self.dials.opened
    }
}

impl Machine {
    /// The stream told of `version`.
    pub(crate) fn heard(&mut self, version: i32, now: Instant) {
        let hearing = &mut self.hearing;
        hearing.heard = hearing.heard.max(version);
        hearing.owed = hearing.owed.filter(|(owed, _)| *owed > hearing.heard);
        self.announced(version, now);
    }

    /// Calls have had so many connections by now.
    pub(crate) fn dialed(&mut self, dials: Dials, now: Instant) {
        let before = std::mem::replace(&mut self.hearing.dials, dials);
        let redial_at = self.once_a_tick(self.hearing.redialed);
        if before.closed < dials.closed && redial_at.is_none_or(|at| at <= now) {
            // The process at its other end may be going. The next call tells where calls go now.
            let soon = within(&self.timing.settle, &mut self.rng);
            self.probe.want(now + soon);
            self.hearing.redialed = Some(now);
        }
        if self.hearing.is_left_behind() && self.stream.is_running() && self.reopen.is_none() {
            // Not all clients of a server that went at once.
            let soon = now + within(&self.timing.stream_move, &mut self.rng);
            let move_at = self.once_a_tick(self.hearing.moved);
            self.reopen = Some(move_at.map_or(soon, |at| at.max(soon)));
        }
    }

    /// When what was done at `last` may be done again: a peer that closes connections after each
    /// call, or swallows every event, is not to be flooded.
    fn once_a_tick(&self, last: Option<Instant>) -> Option<Instant> {
        last.map(|last| last + self.timing.tick.end)
    }

    /// What was asked for at `asked` is known to readers: what comes after it, the stream has to tell.
    pub(super) fn nothing_missed(&mut self, asked: Instant) {
        let took_hold = self.stream.started() + self.timing.settle.start;
        if self.stream.is_running() && asked >= took_hold {
            self.hearing.accountable = true;
        }
    }

    /// Readers have what the last read showed. Where somebody writes all the time no probe finds
    /// nothing new.
    pub(crate) fn caught_up(&mut self) {
        self.nothing_missed(self.read.started());
    }

    /// Something that is read is other in `version` than it was in `before`.
    pub(crate) fn touched(&mut self, before: i32, version: i32, now: Instant) {
        if version == before {
            // Its type, or whether it is secret: no stream tells of that.
            return;
        }
        let told = self.hearing.heard >= version || self.lacks_paths();
        if self.stream.is_running() && self.hearing.accountable && !told {
            let late = now + self.timing.stream_late;
            let move_at = self.once_a_tick(self.hearing.moved);
            let due = move_at.map_or(late, |at| at.max(late));
            self.hearing.owed = Some((version, due));
        }
    }

    /// What was told does not count: the history is another, or it never came true.
    pub(super) fn hear_anew(&mut self) {
        self.hearing.heard = 0;
        self.hearing.accountable = false;
        self.hearing.owed = None;
    }

    /// The tenant is another, and the stream that is open is about the one before.
    pub(super) fn follow_anew(&mut self, now: Instant) {
        if self.stream.is_running() {
            self.reconnects += 1;
            self.stream.finish();
            self.stream.want(now);
        }
    }

    /// Whether the stream that is open is to be left for another, because of where it is.
    pub(super) fn is_out_of_hearing(&mut self, now: Instant) -> bool {
        let owes = self.hearing.owed.is_some_and(|(_, due)| due <= now);
        if owes {
            self.hearing.owed = None;
        }
        let leave = self.stream.is_running() && (owes || self.hearing.is_left_behind());
        if leave {
            self.hearing.elsewhere = true;
            self.hearing.moved = Some(now);
        }
        leave
    }
}
