//! What happens to the server, and to the clients that follow it.

mod changes;
mod server;
mod streams;
mod wire;

use std::{future::Future, pin::Pin, time::Duration};

use decree_tests::rivals::Promise;
use tonic::Status;

use crate::stage::Stage;

pub(crate) type Act<'a> = Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>>;

/// What the stream tells is right at once; this much is for a busy machine.
const PUSHED: Duration = Duration::from_secs(3);

/// Who failed tries again within this.
const RECOVERED: Duration = Duration::from_secs(10);

/// What nothing tells is found by the next tick (33 s at most) and a read.
const UNTOLD: Duration = Duration::from_secs(36);

/// A connection that hangs is left one tick, one probe (5 s) and one dial later.
const HUNG: Duration = Duration::from_secs(40);

/// Something that happens. It begins when the client follows, and ends when the server is well.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) steps: &'static str,
    pub(crate) act: for<'a> fn(&'a mut Stage) -> Act<'a>,
    /// Whether there is a wire between client and server.
    pub(crate) has_wire: bool,
    /// What our client shows.
    pub(crate) promise: Promise,
}

impl Scenario {
    fn over_a_wire(mut self) -> Self {
        self.has_wire = true;
        self
    }

    fn right_within(mut self, bound: Duration) -> Self {
        self.promise.right_within = Some(bound);
        self
    }

    /// Who follows is told so, in these words among others.
    fn says(mut self, words: &'static str) -> Self {
        self.promise.says = Some(words);
        self
    }

    /// Who follows is told something.
    fn heard(self) -> Self {
        self.says("")
    }

    /// The client keeps what it has, and says this.
    fn only_says(mut self, words: &'static str) -> Self {
        self.promise = Promise {
            right_within: None,
            says: Some(words),
        };
        self
    }
}

/// Right as soon as the stream tells of it, unless said otherwise.
macro_rules! scenario {
    ($name:expr, $steps:expr, |$stage:ident| $act:block) => {
        $crate::scenarios::Scenario {
            name: $name,
            steps: $steps,
            act: |$stage| Box::pin(async move { $act }),
            has_wire: false,
            promise: decree_tests::rivals::Promise {
                right_within: Some($crate::scenarios::PUSHED),
                says: None,
            },
        }
    };
}
use scenario;

/// In the order of the table.
pub(crate) fn all() -> Vec<Scenario> {
    let mut all = changes::scenarios();
    all.extend(streams::scenarios());
    all.extend(wire::scenarios());
    all.extend(server::scenarios());
    all
}
