//! What is logged as a warning.

use std::sync::{Arc, Mutex};

use tracing::{Event, Level, Subscriber, subscriber::DefaultGuard};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
};

/// The warnings of this thread, which under a paused clock is that of every task.
pub(crate) struct Warnings {
    seen: Seen,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Warnings {
    /// Keeps those that come from now on.
    pub(crate) fn keep() -> Self {
        let seen = Seen::default();
        let subscriber = tracing_subscriber::registry().with(seen.clone());
        Self {
            seen,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.seen.0.lock().expect("no panic").clone()
    }
}

impl<S: Subscriber> Layer<S> for Seen {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() <= Level::WARN {
            let mut fields = Vec::new();
            event.record(
                &mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                    fields.push(format!("{field}={value:?}"));
                },
            );
            self.0.lock().expect("no panic").push(fields.join(" "));
        }
    }
}
