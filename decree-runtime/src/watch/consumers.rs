//! Everybody who reads the tenant, and what each of them has.

use std::collections::BTreeSet;

use super::{
    consumer::{Consumer, Path},
    look::Look,
    machine::{Answer, Report},
};
use crate::{decode::contain, snapshot::Written};

#[derive(Default)]
pub(crate) struct Consumers(Vec<Member>);

struct Member {
    consumer: Box<dyn Consumer>,
    /// What it was offered last.
    has: Answer,
    accepted: bool,
}

/// Who is to be offered what the watch has looked at last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// Who has something else, unless it is newer.
    Older,
    /// Who has something else: the history is another.
    All,
}

impl Consumers {
    pub(crate) fn add(&mut self, consumer: Box<dyn Consumer>, has: Answer, accepted: bool) {
        self.0.push(Member {
            consumer,
            has,
            accepted,
        });
    }

    /// Lets go of those that nobody looks at any more; says whether there were any.
    pub(crate) fn prune(&mut self) -> bool {
        let before = self.0.len();
        self.0.retain(|member| !member.consumer.is_gone());
        self.0.len() < before
    }

    pub(crate) fn any_due(&self, answer: &Answer, to: To) -> bool {
        self.0.iter().any(|member| is_due(&member.has, answer, to))
    }

    pub(crate) fn offer(&mut self, look: &Look, to: To, written: Option<&Written>) {
        for member in &mut self.0 {
            if is_due(&member.has, &look.answer, to) {
                member.has = look.answer.clone();
                // It drops what it showed, and to drop is code of the application, too.
                let offer = || member.consumer.offer(&look.reading, written.cloned());
                member.accepted = contain(offer).unwrap_or(false);
            }
        }
    }

    /// Whether what each of them was offered last fits it.
    pub(crate) fn all_accepted(&self) -> bool {
        self.0.iter().all(|member| member.accepted)
    }

    pub(crate) fn attribute(&self, version: i32, written: &Written) {
        for member in &self.0 {
            member.consumer.attribute(version, written);
        }
    }

    pub(crate) fn report(&self, report: &Report) {
        for member in &self.0 {
            member.consumer.report(report);
        }
    }

    /// Every field that one of them reads.
    pub(crate) fn paths(&self) -> BTreeSet<Path> {
        let paths = |member: &Member| member.consumer.paths().to_vec();
        self.0.iter().flat_map(paths).collect()
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
