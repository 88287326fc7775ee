//! Whether a client was closed.

use tokio::sync::watch;

/// A switch that is thrown once.
#[derive(Debug, Default)]
pub(super) struct Closing(watch::Sender<bool>);

impl Closing {
    pub(super) fn close(&self) {
        self.0.send_replace(true);
    }

    pub(super) fn is_closed(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for that moment.
    pub(super) async fn closed(&self) {
        // The sender is here: this ends only when it is thrown.
        let mut thrown = self.0.subscribe();
        let _closed = thrown.wait_for(|closed| *closed).await;
    }
}
