//! What keeps a watch running.

use std::convert::Infallible;

use tokio::sync::{mpsc, watch};

/// A watch runs as long as there is one of these.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    /// Never sent on: it is there to be counted.
    pub(crate) lease: mpsc::Sender<Infallible>,
    pub(crate) line: Line,
}

/// What else is between a watch and those who hold it. Keeps nothing running.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The highest version that somebody waits for, until the watch takes note of it. A cell and no
    /// queue: ten thousand who wait are one question.
    pub(crate) awaited: watch::Sender<i32>,
    /// Closed when the watch has ended.
    pub(crate) ended: watch::Receiver<()>,
    /// What the watch runs on, and the callbacks of those who hold it.
    #[cfg(feature = "client")]
    pub(crate) runtime: tokio::runtime::Handle,
}

impl Hold {
    /// For what no watch is behind.
    #[cfg(all(feature = "client", feature = "testing"))]
    pub(crate) fn of_no_watch(runtime: tokio::runtime::Handle) -> Self {
        Self {
            lease: mpsc::channel(1).0,
            line: Line {
                awaited: watch::Sender::new(0),
                ended: watch::channel(()).1,
                runtime,
            },
        }
    }

    /// On a watch that runs as long as what comes with it. Needs a runtime.
    #[cfg(all(test, feature = "client"))]
    pub(super) fn of_a_test() -> (Self, watch::Sender<()>) {
        let (running, ended) = watch::channel(());
        let line = Line {
            awaited: watch::Sender::new(0),
            ended,
            runtime: tokio::runtime::Handle::current(),
        };
        let lease = mpsc::channel(1).0;
        (Self { lease, line }, running)
    }

    /// Lets go, and waits until the watch has ended if nobody else holds it.
    pub(crate) async fn release(self) {
        let Self { lease, mut line } = self;
        let others = lease.downgrade();
        drop(lease);
        if others.strong_count() == 0 {
            // An error is what is waited for: the sender goes with the watch.
            let _ended = line.ended.changed().await;
        }
    }
}

impl Line {
    /// Tells the watch that somebody waits for `version`, so that it looks now.
    pub(crate) fn ask_for(&self, version: i32) {
        self.awaited.send_if_modified(|awaited| {
            let higher = version > *awaited;
            *awaited = version.max(*awaited);
            higher
        });
    }
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_lets_go_last_waits_for_the_end() {
        let (hold, running) = Hold::of_a_test();
        let mut first = tokio_test::task::spawn(hold.clone().release());
        assert!(first.poll().is_ready(), "another hold is left");
        let mut last = tokio_test::task::spawn(hold.release());
        assert!(last.poll().is_pending());
        drop(running);
        assert!(last.poll().is_ready());
    }
}
