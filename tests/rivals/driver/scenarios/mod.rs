//! What happens to the server, and to the clients that follow it.

mod changes;
mod server;
mod streams;

use std::{future::Future, pin::Pin};

use tonic::Status;

use crate::stage::Stage;

pub(crate) type Act<'a> = Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>>;

/// Something that happens. It begins when the client follows, and ends when the server is well.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) steps: &'static str,
    pub(crate) act: for<'a> fn(&'a mut Stage) -> Act<'a>,
}

macro_rules! scenario {
    ($name:expr, $steps:expr, |$stage:ident| $act:block) => {
        $crate::scenarios::Scenario {
            name: $name,
            steps: $steps,
            act: |$stage| Box::pin(async move { $act }),
        }
    };
}
use scenario;

/// In the order of the table.
pub(crate) fn all() -> Vec<Scenario> {
    let mut all = changes::scenarios();
    all.extend(streams::scenarios());
    all.extend(server::scenarios());
    all
}
