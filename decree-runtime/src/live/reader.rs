//! A reader that remembers what it read.

use std::{fmt, ops::Deref, sync::Arc};

use arc_swap::{ArcSwap, Cache};

use super::Shared;
use crate::snapshot::Versioned;

/// Reads the newest accepted version for one task or thread, at the price of one comparison while
/// there is no newer one. Made by [`Live::reader`](crate::Live::reader).
///
/// It keeps alive the version that it returned last, until it reads again or is dropped. So a loop
/// that rests for long drops it and makes another, which costs what [`load`](crate::Live::load)
/// does. It keeps the watch running as a handle does.
pub struct Reader<C>(Cache<Current<C>, Arc<Versioned<C>>>);

struct Current<C>(Arc<Shared<C>>);

impl<C> Reader<C> {
    pub(super) fn new(shared: Arc<Shared<C>>) -> Self {
        Self(Cache::new(Current(shared)))
    }

    /// The settings of the newest accepted version. The next call may see a later one: numbers that
    /// must fit together are taken from one call.
    #[must_use]
    pub fn get(&mut self) -> &C {
        &self.0.load().config
    }
}

impl<C> Deref for Current<C> {
    type Target = ArcSwap<Versioned<C>>;

    fn deref(&self) -> &Self::Target {
        &self.0.current
    }
}

impl<C> fmt::Debug for Reader<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}
