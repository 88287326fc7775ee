//! How much of a history a read sees.

use super::history::History;

/// All of it, unless a replica answers that is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sight {
    /// How many versions it is behind.
    pub(crate) back: i32,
    /// The number is that of the newest version, whatever the content.
    pub(crate) mislabelled: bool,
}

impl Sight {
    /// The newest version whose content is seen.
    pub(super) fn content(self, history: &History) -> i32 {
        history.latest().saturating_sub(self.back).max(0)
    }

    /// The newest version whose number is seen.
    pub(super) fn number(self, history: &History) -> i32 {
        if self.mislabelled {
            history.latest()
        } else {
            self.content(history)
        }
    }
}
