//! Calls that fail, hang, or are answered with nonsense.

use tokio::sync::watch;
use tonic::Status;

use super::Garbage;
pub use crate::limiter::exhausted as rate_limited;
pub use crate::service::too_large;

/// What happens to a call.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It fails.
    Fail(Status),
    /// It is not answered until [`release`](crate::DevServer::release).
    Hang,
    /// It is answered with nonsense. For events see [`EventFault::Garbage`](super::EventFault).
    Garbage(Garbage),
}

/// What stands against a call before it is looked at.
#[derive(Debug)]
pub(crate) enum Verdict {
    Fail(Status),
    Hang(Hold),
}

/// Holds something back until it is released.
#[derive(Debug)]
pub(crate) struct Hold(pub(super) watch::Receiver<()>);

impl Hold {
    pub(crate) async fn released(mut self) {
        // An error is a server that is gone, which holds nothing.
        let _ = self.0.changed().await;
    }
}
