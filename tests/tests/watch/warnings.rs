//! What is logged as a warning.

use std::{cell::RefCell, sync::Once};

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
};

thread_local! {
    /// Of the test that runs here, which under a paused clock has all its tasks on its thread.
    static SEEN: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// The warnings of this thread, until it is dropped.
pub(crate) struct Warnings(());

impl Warnings {
    /// Keeps those that come from now on.
    pub(crate) fn keep() -> Self {
        // One for all threads: with one for each, what a thread without one logs first is switched
        // off for all of them.
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let subscriber = tracing_subscriber::registry().with(Keep);
            tracing::subscriber::set_global_default(subscriber).expect("the only one");
        });
        SEEN.set(Some(Vec::new()));
        Self(())
    }

    pub(crate) fn all(&self) -> Vec<String> {
        let Self(()) = self;
        SEEN.with_borrow(|seen| seen.clone().unwrap_or_default())
    }
}

impl Drop for Warnings {
    fn drop(&mut self) {
        SEEN.set(None);
    }
}

struct Keep;

impl<S: Subscriber> Layer<S> for Keep {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() > Level::WARN {
            return;
        }
        let mut fields = Vec::new();
        event.record(
            &mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                fields.push(format!("{field}={value:?}"));
            },
        );
        SEEN.with_borrow_mut(|seen| {
            if let Some(seen) = seen {
                seen.push(fields.join(" "));
            }
        });
    }
}
