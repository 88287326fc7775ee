//! What failures mean. No code of the server ends a watch: a database that restarts makes the server
//! answer "no such tenant", and a day later all is well.

use std::time::Duration;

use tokio::time::Instant;

use super::{Fit, Machine, troubles::Part};
use crate::watch::{
    source::{Cause, Failure},
    timing::within,
};

impl Machine {
    /// A read failed.
    pub(crate) fn read_failed(&mut self, failure: &Failure, now: Instant) {
        self.space_reads(now);
        self.read.finish();
        if failure.cause == Cause::TooLarge && !std::mem::replace(&mut self.in_parts, true) {
            // Then the whole is tried again, however many parts are read until then.
            self.put_off_full_read(now);
            self.read.want(now);
            return;
        }
        let wait = match failure.cause {
            Cause::RateLimited => self.read_retry.refused(&self.timing, &mut self.rng),
            Cause::Timeout => {
                // The probe tells a slow read from a dead connection.
                let doubled = self.read_timeout.saturating_mul(2);
                if doubled <= self.timing.read_timeout_max {
                    self.read_timeout = doubled;
                }
                self.probe.want(now);
                self.read_retry.failed(false, &self.timing, &mut self.rng)
            }
            Cause::Connection => self.read_retry.failed(true, &self.timing, &mut self.rng),
            _ => self.read_retry.failed(false, &self.timing, &mut self.rng),
        };
        // Also for news: that is what a server that refuses reads is full of.
        self.read.rest_until(now + wait);
        self.read.want(now + wait);
        self.troubles.note(Part::Read, failure);
    }

    /// A probe failed.
    pub(crate) fn probe_failed(&mut self, failure: &Failure, now: Instant) {
        self.probe.finish();
        let wait = match failure.cause {
            Cause::RateLimited => self.probe_retry.refused(&self.timing, &mut self.rng),
            Cause::Timeout => {
                // A channel never leaves a connection that hangs by itself.
                self.redial(now);
                self.probe_retry.failed(true, &self.timing, &mut self.rng)
            }
            Cause::Connection => self.probe_retry.failed(true, &self.timing, &mut self.rng),
            _ => self.probe_retry.failed(false, &self.timing, &mut self.rng),
        };
        self.probe.want(now + wait);
        self.troubles.note(Part::Probe, failure);
        // What a list would tell, the whole does, too. A server that said nothing, or that is asked
        // too much, is not asked for more.
        let due = if failure.cause.is_final() {
            self.read.started() + self.timing.tick.start
        } else {
            self.next_full_read
        };
        if due <= now && !self.read.is_running() {
            self.read.want(now);
        }
    }

    fn redial(&mut self, now: Instant) {
        self.redial = true;
        if self.read.is_running() {
            self.read.finish();
            self.read.want(now);
        }
        if self.identity.job.is_running() {
            self.identity.job.finish();
            self.identity.want(now);
        }
        if self.stream.is_running() {
            self.stream.finish();
            self.reconnects += 1;
            let soon = within(&self.timing.stream_again, &mut self.rng);
            self.stream.want(now + soon);
        }
    }

    /// The stream ended, cleanly or not.
    pub(crate) fn stream_ended(&mut self, failure: &Failure, now: Instant) {
        let lived = now - self.stream.started();
        self.stream.finish();
        self.reconnects += 1;
        let wait = match failure.cause {
            Cause::RateLimited if lived < self.timing.refused_within => {
                self.stream_retry.refused(&self.timing, &mut self.rng)
            }
            // It was cut because there was news: that is the news.
            Cause::RateLimited => {
                let spread = self.read_retry.crowd(&self.timing, &mut self.rng);
                self.read.want(now + spread);
                self.stream_retry.cut(&self.timing, &mut self.rng)
            }
            Cause::TooManyPaths if self.filtered => {
                self.filtered = false;
                Duration::ZERO
            }
            // It had its time, and nothing is wrong.
            Cause::Timeout => self.stream_retry.ended(lived, &self.timing, &mut self.rng),
            _ => {
                self.probe.want(now);
                self.troubles.note(Part::Stream, failure);
                self.stream_retry.ended(lived, &self.timing, &mut self.rng)
            }
        };
        self.stream.want(now + wait);
        self.schedule_probe(now);
    }

    /// What was looked at last was decoded, or not.
    pub(crate) fn decoded(&mut self, fit: Fit, now: Instant) {
        let before = std::mem::replace(&mut self.fit, fit);
        if fit != Fit::Fits && before == Fit::Fits {
            self.doubt_types(now);
            // Who wrote the versions that were skipped.
            self.probe.want(now);
        }
        if fit != Fit::StaleTypes {
            self.leave = None;
        } else if self.leave.is_none() {
            let soon = within(&self.timing.stream_move, &mut self.rng);
            self.leave = Some(now + soon);
        }
    }

    pub(super) fn leave_if_due(&mut self, now: Instant) {
        if self.leave.is_some_and(|at| at <= now) {
            self.leave = Some(now + within(&self.timing.types_move, &mut self.rng));
            self.redial(now);
            self.read.want(now);
        }
    }
}
