//! What goes wrong, by the job that it goes wrong in.

use crate::{status::Trouble, watch::source::Failure};

/// A job that can fail.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Read,
    Description,
    Probe,
    Stream,
}

/// The worst comes first: a read that fails keeps everything back, and a stream that does nothing.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    now: [Option<Trouble>; 4],
    last: Option<Trouble>,
}

impl Troubles {
    pub(super) fn note(&mut self, part: Part, failure: &Failure) {
        let trouble = &mut self.now[part as usize];
        let times = trouble
            .as_ref()
            .map_or(1, |trouble| trouble.times.saturating_add(1));
        *trouble = Some(Trouble {
            code: failure.code,
            message: failure.message.clone(),
            times,
        });
        self.last.clone_from(trouble);
    }

    pub(super) fn clear(&mut self, part: Part) {
        self.now[part as usize] = None;
    }

    /// The worst there is.
    pub(super) fn now(&self) -> Option<&Trouble> {
        self.now.iter().flatten().next()
    }

    /// The worst there is, unless only the stream has any: a watch follows without one, too.
    pub(super) fn of_calls(&self) -> Option<&Trouble> {
        let [calls @ .., _stream] = &self.now;
        calls.iter().flatten().next()
    }

    /// The newest, whether it is over or not.
    pub(super) fn last(&self) -> Option<&Trouble> {
        self.last.as_ref()
    }
}
