//! What answers mean: reads, probes and announcements.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Answer, Brought, Fit, Machine, Verdict, troubles::Part};
use crate::watch::{source::Listing, timing::within};

impl Machine {
    /// Somebody told of `version`: an event of the stream, a probe, or a write of our own.
    pub(crate) fn announced(&mut self, version: i32, now: Instant) {
        if version <= self.announced {
            return;
        }
        self.announced = version;
        self.announced_at = now;
        self.invisible = 0;
        // Compared with what was seen, not with what is shown: a rejected version would otherwise
        // be read for ever. A read that runs decides by its answer whether another is needed.
        if version > self.seen.version && !self.read.is_running() {
            self.read.want(now);
        }
    }

    /// Somebody waits for `version`, which may not exist yet: it is worth one look, and not the
    /// patience with a replica that an announcement is worth.
    pub(crate) fn awaited(&mut self, version: i32, now: Instant) {
        if version <= self.announced.max(self.seen.version) {
            return;
        }
        let look = match self.looked_for {
            Some((before, at)) if version <= before => {
                let is_to_come = at >= now && self.read.started() < at;
                let next = now.max(at + self.timing.read_spacing.end);
                if is_to_come { at } else { next }
            }
            _ => now,
        };
        self.looked_for = Some((version, look));
        self.read.want(look);
    }

    /// A read came back.
    pub(crate) fn answered(&mut self, answer: Answer, now: Instant) -> Verdict {
        self.space_reads(now);
        self.read.finish();
        self.read_retry.succeeded();
        self.read_timeout = self.timing.read_timeout;
        if !self.in_parts {
            self.put_off_full_read(now);
        }
        self.troubles.clear(Part::Read);

        let verdict = self.judge(answer, now);
        if verdict != Verdict::Keep {
            self.verified = Some(now);
            self.behind_since = None;
            self.contents.trust();
        }
        if verdict == Verdict::Verified {
            self.confirm();
        }
        self.ask_again_for_announced(now);
        verdict
    }

    fn judge(&mut self, answer: Answer, now: Instant) -> Verdict {
        if self.seen.is_nothing() {
            self.see_first(answer, now);
            return Verdict::Adopt;
        }
        let replaced = answer.tenant_id != self.seen.tenant_id;
        if replaced && !self.identity.may_replace() {
            self.displaced_by_another(now);
            return Verdict::Keep;
        }
        self.in_its_place(now);
        let restarted = self
            .restarting
            .is_some_and(|since| self.read.started() >= since);
        if replaced || restarted {
            if replaced {
                self.history.forget();
                self.identity.replaced(now);
                self.follow_anew(now);
            }
            self.hear_anew();
            self.contents.forget();
            self.restarting = None;
            self.history_began = Some(self.read.started());
            self.history_restarts += 1;
            self.announced = answer.version;
            self.see(answer, now);
            return Verdict::AdoptRestarted;
        }
        // Newer is adopted even if something newer yet was announced: a reader that waits for the
        // newest starves behind a replica that is always a little late.
        if answer.version > self.seen.version {
            self.announced = self.announced.max(answer.version);
            self.see(answer, now);
            return Verdict::Adopt;
        }
        if answer.version < self.seen.version {
            if self.behind_since.is_none() {
                self.probe.want(now);
            }
            return Verdict::Keep;
        }
        if answer.digest == self.seen.digest {
            return Verdict::Verified;
        }
        // A schema that changed shows from now on; old rows under a new number show as long as a
        // replica is late.
        let patience = self.timing.announced_patience;
        let Answer {
            version, digest, ..
        } = answer;
        let asked = self.read.started();
        if self.contents.is_confirmed(digest, version, patience, asked) {
            self.see(answer, now);
            return Verdict::Adopt;
        }
        self.look_again(digest, now);
        Verdict::Keep
    }

    /// Whatever the server has stands against nothing.
    fn see_first(&mut self, answer: Answer, now: Instant) {
        self.announced = self.announced.max(answer.version);
        self.verified = Some(now);
        self.see(answer, now);
        self.identity.want(now);
    }

    fn look_again(&mut self, digest: u64, now: Instant) {
        // What is known to be old is given the time that a late replica needs.
        let second_look = if self.contents.is_old(digest, self.seen.version) {
            self.timing.announced_patience
        } else {
            within(&self.timing.second_look, &mut self.rng)
        };
        let look_at = self.contents.doubt(digest, now + second_look, now);
        self.read.want(look_at);
    }

    /// A newcomer has an answer of its own, which it asked for at `asked`. One that is not `of_all`
    /// that is read is no more than news for the others.
    pub(crate) fn brought(
        &mut self,
        answer: &Answer,
        of_all: bool,
        asked: Instant,
        now: Instant,
    ) -> Brought {
        if *answer == self.seen {
            // Else what it is compared with was lost after it was asked for.
            self.behind_since = self.behind_since.filter(|since| asked < *since);
            return Brought::Same;
        }
        if answer.is_nothing() {
            return Brought::Old;
        }
        if self.seen.is_nothing() && of_all {
            self.see_first(answer.clone(), now);
            return Brought::News;
        }
        // The first read is on its way, or that of another history.
        if self.seen.is_nothing() || self.restarting.is_some() {
            return Brought::Doubtful;
        }
        if self.history_began.is_some_and(|began| asked < began) {
            return Brought::Old;
        }
        if answer.tenant_id != self.seen.tenant_id {
            if self.identity.is_taken() {
                return Brought::Old;
            }
            // Its own is not, unless the one that is shown turns out to be gone.
            self.displaced_by_another(now);
            self.read.want(now);
            return Brought::Doubtful;
        }
        if answer.version > self.seen.version && !of_all {
            self.announced(answer.version, now);
            return Brought::Doubtful;
        }
        if answer.version > self.seen.version {
            self.announced = self.announced.max(answer.version);
            self.contents.trust();
            self.behind_since = None;
            self.see(answer.clone(), now);
            return Brought::News;
        }
        let old_rows = self.contents.is_old(answer.digest, answer.version);
        if answer.version < self.seen.version || old_rows {
            return Brought::Old;
        }
        if of_all {
            self.look_again(answer.digest, now);
        } else {
            self.read.want(now);
        }
        Brought::Doubtful
    }

    fn see(&mut self, answer: Answer, now: Instant) {
        let settled = now + self.timing.announced_patience;
        self.contents.see(answer.digest, answer.version, settled);
        self.seen = answer;
        self.unproven = Some(now);
    }

    /// The same was shown again. That is a proof once no replica lags behind the adoption any more,
    /// and if it is known which version has the number, for another may get it.
    fn confirm(&mut self) {
        let version = self.seen.version;
        if version > 0 && self.history.written(version).is_none() {
            return;
        }
        let asked = self.read.started();
        let patience = self.timing.announced_patience;
        self.unproven = self.unproven.filter(|adopted| asked < *adopted + patience);
    }

    fn ask_again_for_announced(&mut self, now: Instant) {
        if self.announced <= self.seen.version {
            return;
        }
        if self.announced_at >= self.read.started() {
            self.read.want(now);
            return;
        }
        if now - self.announced_at >= self.timing.announced_patience {
            // Lost in a failover, or never committed. The tick goes on looking, and the next version
            // of that number or a lower one is news; one that came meanwhile was not.
            self.announced = self.seen.version;
            self.hearing.doubt(self.seen.version);
            self.read.want(now);
            return;
        }
        let step = Duration::from_millis(50) * 2_u32.pow(self.invisible.min(6));
        self.invisible += 1;
        let wait = step
            .min(Duration::from_secs(2))
            .mul_f64(0.5 + self.rng.f64());
        self.read.want(now + wait);
    }

    /// A probe came back.
    pub(crate) fn probed(&mut self, listing: Listing, now: Instant) {
        self.probe.finish();
        self.probe_retry.succeeded();
        self.troubles.clear(Part::Probe);
        if self.stream.is_running() {
            self.troubles.clear(Part::Stream);
        }
        let ticked = now >= self.tick;
        if ticked {
            self.tick = now + within(&self.timing.tick, &mut self.rng);
        }
        self.schedule_probe(now);
        self.compare(listing, now);
        if ticked {
            self.identity.want(now);
            let doubtful = self.identity.is_displaced() || self.contents.is_doubted();
            if self.unproven.is_some()
                || self.fit != Fit::Fits
                || doubtful
                || now >= self.next_full_read
            {
                // The whole may have become small enough.
                self.in_parts &= now < self.next_full_read;
                self.read.want(now);
            }
        }
    }

    /// Whether a list is about what is shown, and not about another tenant or another history.
    pub(crate) fn is_own(&self, listing: &Listing) -> bool {
        let own = |id: &Arc<str>| *id == self.seen.tenant_id;
        let contradicts = self.restarting.is_some() || self.history.contradicts(&listing.rows);
        listing.tenant_id.as_ref().is_none_or(own) && !contradicts
    }

    fn compare(&mut self, listing: Listing, now: Instant) {
        let Listing { tenant_id, rows } = listing;
        if self.seen.is_nothing() {
            // The read tells whose they are.
            return;
        }
        if tenant_id.is_some_and(|id| id != self.seen.tenant_id) {
            self.displaced_by_another(now);
            if self.identity.may_replace() {
                self.read.want(now);
            }
            return;
        }
        let head = rows.first().map_or(0, |newest| newest.version);
        if self.history.contradicts(&rows) {
            self.history.forget();
            self.restart(head, now);
        } else if head > self.seen.version {
            self.noticed_by_probe(head, now);
        } else if head < self.seen.version {
            self.fell_behind(now);
        } else {
            if self.behind_since.take().is_some() {
                // The replica caught up, or a restored server reached the number with other content.
                self.read.want(now);
            }
            self.nothing_missed(self.probe.started());
            // A number alone does not tell which history it is of.
            if self.troubles.of_calls().is_none() && self.restarting.is_none() {
                self.verified = Some(now);
            }
        }
        self.history.absorb(rows);
    }

    fn restart(&mut self, head: i32, now: Instant) {
        self.restarting = Some(now);
        self.announced = head;
        self.behind_since = None;
        self.read.want(now);
    }

    fn noticed_by_probe(&mut self, head: i32, now: Instant) {
        self.behind_since = None;
        if self.read_retry.is_crowded(&self.timing) {
            self.announced = self.announced.max(head);
            self.announced_at = now;
            let spread = self.read_retry.crowd(&self.timing, &mut self.rng);
            self.read.want(now + spread);
        } else {
            // One that was announced before is being asked for, at a pace that slows down.
            self.announced(head, now);
        }
    }

    fn fell_behind(&mut self, now: Instant) {
        let Some(since) = self.behind_since else {
            self.behind_since = Some(now);
            // A tenant that is gone lists nothing: the read says which it is.
            self.read.want(now);
            return;
        };
        if now - since >= self.timing.behind_patience {
            self.history.forget();
            self.restart(0, now);
        }
    }
}
