//! Everybody who reads the tenant, and what each of them has.

use std::{collections::BTreeSet, mem, sync::Arc};

use tokio::time::Instant;

use super::{
    consumer::{Consumer, Path},
    look::Look,
    machine::{Answer, Fit, Report},
    work::{Offer, Progress, STUCK_AFTER, Work, drop_contained},
};
use crate::{
    snapshot::Written,
    status::{CacheStatus, Deciding, StopReason},
};

#[derive(Default)]
pub(crate) struct Consumers {
    members: Vec<Member>,
    next: u64,
    work: Work,
}

struct Member {
    number: u64,
    consumer: Arc<dyn Consumer>,
    /// What it was offered last.
    has: Answer,
    fit: Fit,
    state: State,
    /// That it takes long was said.
    said: bool,
    /// What it was to be offered while it was busy.
    owed: Option<To>,
}

/// What a member does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// An offer waits for its turn since then.
    Queued(Instant),
    /// It makes something of an offer since then.
    Busy(Instant),
    /// It takes so long that its thread does not count.
    Stuck,
}

/// Who is to be offered what the watch has looked at last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum To {
    /// Who has something else, unless it is newer.
    Older,
    /// Who has something else: the history is another.
    All,
}

impl Consumers {
    /// Returns the number by which it is known.
    pub(crate) fn add(&mut self, consumer: Box<dyn Consumer>, has: Answer, fit: Fit) -> u64 {
        let number = self.next;
        self.next += 1;
        self.members.push(Member {
            number,
            consumer: consumer.into(),
            has,
            fit,
            state: State::Idle,
            said: false,
            owed: None,
        });
        number
    }

    /// Lets go of those that nobody looks at any more; says whether there were any.
    ///
    /// Not of those that make something of an offer: as long as they do, they count as stuck.
    pub(crate) fn prune(&mut self) -> bool {
        let is_over = |member: &Member| member.state == State::Idle && member.consumer.is_gone();
        let members = mem::take(&mut self.members).into_iter();
        let (over, kept): (Vec<Member>, _) = members.partition(is_over);
        self.members = kept;
        let pruned = !over.is_empty();
        self.let_go(over);
        pruned
    }

    fn let_go(&mut self, members: Vec<Member>) {
        let consumers = members.into_iter().map(|member| member.consumer);
        self.work.let_go(consumers.collect());
    }

    pub(crate) fn any_due(&self, look: &Look, to: To) -> bool {
        self.members.iter().any(|member| member.is_due(look, to))
    }

    /// Begins to offer `look` to whom it is due.
    pub(crate) fn offer(
        &mut self,
        look: &Arc<Look>,
        to: To,
        written: Option<&Written>,
        now: Instant,
    ) {
        for member in &mut self.members {
            if member.is_due(look, to) {
                member.offer(look, to, written, &mut self.work, now);
            }
        }
        self.run();
    }

    /// Begins to offer `look` to one, whatever it has.
    pub(crate) fn offer_to(&mut self, number: u64, look: &Arc<Look>, now: Instant) {
        let mut members = self.members.iter_mut();
        let member = members.find(|it| it.number == number && it.can_read(look));
        if let Some(member) = member {
            member.offer(look, To::Older, None, &mut self.work, now);
        }
        self.run();
    }

    fn run(&mut self) {
        let stuck = |member: &&Member| member.state == State::Stuck;
        self.work.run(self.members.iter().filter(stuck).count());
    }

    /// Waits for news of an offer.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: what is not returned is returned by the next call.
    pub(crate) async fn progress(&mut self) -> Progress {
        self.work.progress().await
    }

    /// Takes note of how an offer fares; `look` is offered next to whom it is owed.
    pub(crate) fn on_progress(&mut self, progress: Progress, look: &Arc<Look>, now: Instant) {
        let (Progress::Started(number) | Progress::Done(number, _)) = progress;
        let member = self.members.iter_mut().find(|it| it.number == number);
        if let Some(member) = member {
            match progress {
                Progress::Started(_) => member.state = State::Busy(now),
                Progress::Done(_, fit) => member.done(fit, look, &mut self.work, now),
            }
        }
        self.run();
    }

    /// When somebody is to be taken for stuck, or has waited for long.
    pub(crate) fn wake(&self) -> Option<Instant> {
        self.members.iter().filter_map(Member::late_at).min()
    }

    /// Says of whom it is due that they take long, and goes on without those that are stuck.
    pub(crate) fn look_for_stuck(&mut self, now: Instant) {
        for member in &mut self.members {
            if member.late_at().is_none_or(|at| at > now) {
                continue;
            }
            let (State::Queued(since) | State::Busy(since)) = member.state else {
                continue;
            };
            if matches!(member.state, State::Busy(_)) {
                member.state = State::Stuck;
            }
            if !mem::replace(&mut member.said, true) {
                let version = member.has.version;
                member.consumer.deciding(Some(Deciding { version, since }));
            }
        }
        self.run();
    }

    /// How what each of them was offered last fits it.
    pub(crate) fn fit(&self) -> Fit {
        let fits = self.members.iter().map(|member| member.fit);
        fits.max().unwrap_or(Fit::Fits)
    }

    pub(crate) fn attribute(&self, version: i32, written: &Written) {
        for member in &self.members {
            member.consumer.attribute(version, written);
        }
    }

    pub(crate) fn report(&self, report: &Report) {
        for member in &self.members {
            member.consumer.report(report);
        }
    }

    /// Whether everybody who looks has taken `answer`.
    pub(crate) fn have_taken(&self, answer: &Answer) -> bool {
        let looking = |member: &&Member| !member.consumer.is_gone();
        let mut looking = self.members.iter().filter(looking).peekable();
        let taken = |member: &Member| {
            member.state == State::Idle && member.fit == Fit::Fits && member.has == *answer
        };
        looking.peek().is_some() && looking.all(taken)
    }

    pub(crate) fn cached(&self, cache: &CacheStatus) {
        for member in &self.members {
            member.consumer.cached(cache);
        }
    }

    /// Every field that is to be in no file.
    pub(crate) fn secret(&self) -> BTreeSet<Path> {
        let secret = |member: &Member| member.consumer.secret().to_vec();
        self.members.iter().flat_map(secret).collect()
    }

    /// Every field that one of them reads.
    pub(crate) fn paths(&self) -> BTreeSet<Path> {
        let paths = |member: &Member| member.consumer.paths().to_vec();
        self.members.iter().flat_map(paths).collect()
    }

    /// Tells all of them that nothing comes any more, and lets go of them.
    pub(crate) fn stop(&mut self, reason: StopReason) {
        for member in self.members.drain(..) {
            member.consumer.stop(reason);
            drop_contained(member.consumer);
        }
    }

    /// Waits for what is being made of offers, but not for ever, and ends.
    pub(crate) async fn end(&mut self) {
        self.work.end().await;
        for member in &self.members {
            member.consumer.stop(StopReason::Ended);
        }
        let members = mem::take(&mut self.members);
        self.let_go(members);
        self.work.settle().await;
    }
}

impl Member {
    /// Whether the look says something of all that it reads. What a part leaves out would be taken
    /// for what the server does not have.
    fn can_read(&self, look: &Look) -> bool {
        look.reading.covers(self.consumer.paths())
    }

    fn is_due(&self, look: &Look, to: To) -> bool {
        is_due(&self.has, &look.answer, to) && self.can_read(look)
    }

    /// When something is to be said or done of it if nothing came of its offer by then.
    fn late_at(&self) -> Option<Instant> {
        match self.state {
            // Time for one before it to be taken for stuck.
            State::Queued(since) if !self.said => Some(since + 2 * STUCK_AFTER),
            State::Busy(since) => Some(since + STUCK_AFTER),
            _ => None,
        }
    }

    fn offer(
        &mut self,
        look: &Arc<Look>,
        to: To,
        written: Option<&Written>,
        work: &mut Work,
        now: Instant,
    ) {
        if self.state != State::Idle {
            self.owed = self.owed.max(Some(to));
            return;
        }
        self.state = State::Queued(now);
        let had_another = self.has.tenant_id != look.answer.tenant_id;
        if to == To::Older && had_another && !self.has.is_nothing() {
            self.consumer.led_back();
        }
        self.has = look.answer.clone();
        work.add(Offer {
            to: self.number,
            consumer: Arc::clone(&self.consumer),
            look: Arc::clone(look),
            written: written.cloned(),
        });
    }

    fn done(&mut self, fit: Fit, look: &Arc<Look>, work: &mut Work, now: Instant) {
        if mem::take(&mut self.said) {
            self.consumer.deciding(None);
        }
        self.state = State::Idle;
        self.fit = fit;
        if let Some(to) = self.owed.take()
            && self.is_due(look, to)
        {
            self.offer(look, to, None, work, now);
        }
    }
}

/// Nobody is offered twice what it has, nor stepped back within one history.
fn is_due(has: &Answer, now: &Answer, to: To) -> bool {
    let older = has.tenant_id != now.tenant_id || has.version <= now.version;
    has != now && (to == To::All || older)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_offered_what_it_has_nor_stepped_back() {
        let answer = |tenant: &str, version, digest| Answer {
            tenant_id: tenant.into(),
            version,
            digest,
        };
        let now = answer("t", 10, 1);
        for (has, older, all) in [
            (answer("t", 9, 1), true, true),
            (answer("t", 10, 1), false, false),
            (answer("t", 10, 2), true, true),
            (answer("t", 11, 1), false, true),
            (answer("u", 11, 1), true, true),
            (answer("u", 10, 1), true, true),
        ] {
            assert_eq!(is_due(&has, &now, To::Older), older, "{has:?}");
            assert_eq!(is_due(&has, &now, To::All), all, "{has:?}");
        }
    }
}
