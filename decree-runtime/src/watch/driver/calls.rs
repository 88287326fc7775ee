//! The calls of a watch that run: one of each kind at most.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use tokio::task::{JoinError, JoinSet};

use super::super::{
    machine::Action,
    source::{Described, Failure, Hints, Listing, Source},
};
use crate::{decode::contain, reading::Reading};

type Call<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// What came of a call.
pub(super) enum Outcome {
    Read(Result<Reading, Failure>),
    Probe(Result<Listing, Failure>),
    Description(Result<Described, Failure>),
    StreamEnd(Failure),
}

pub(super) struct Calls<S> {
    source: Arc<S>,
    hints: Arc<Hints>,
    read: Option<Call<Reading>>,
    probe: Option<Call<Listing>>,
    description: Option<Call<Described>>,
    /// A task of its own: it drains the stream while the watch decodes.
    stream: JoinSet<Failure>,
}

impl<S: Source> Calls<S> {
    pub(super) fn new(source: S, hints: Arc<Hints>) -> Self {
        Self {
            source: Arc::new(source),
            hints,
            read: None,
            probe: None,
            description: None,
            stream: JoinSet::new(),
        }
    }

    pub(super) async fn start(&mut self, action: Action) {
        let source = Arc::clone(&self.source);
        match action {
            Action::Read { scope, timeout } => {
                self.read = Some(Box::pin(async move { source.read(scope, timeout).await }));
            }
            Action::Probe { timeout } => {
                self.probe = Some(Box::pin(async move { source.probe(timeout).await }));
            }
            Action::Describe { tenant_id, timeout } => {
                let description = async move { source.describe(tenant_id, timeout).await };
                self.description = Some(Box::pin(description));
            }
            Action::Subscribe { paths, elsewhere } => {
                let hints = Arc::clone(&self.hints);
                self.stream.shutdown().await;
                self.stream
                    .spawn(async move { source.follow(&paths, elsewhere, &hints).await });
            }
            Action::Redial => {
                tracing::debug!("dialing anew");
                source.redial();
                self.read = None;
                self.description = None;
                self.stream.shutdown().await;
            }
        }
    }

    /// What comes next of those that run; pending while none does. It may be dropped and asked
    /// again.
    pub(super) async fn outcome(&mut self) -> Outcome {
        tokio::select! {
            biased;
            result = finished(&mut self.read) => Outcome::Read(result),
            result = finished(&mut self.probe) => Outcome::Probe(result),
            result = finished(&mut self.description) => Outcome::Description(result),
            Some(end) = self.stream.join_next() => Outcome::StreamEnd(end.unwrap_or_else(|error| lost(&error))),
        }
    }

    pub(super) async fn end(&mut self) {
        self.stream.shutdown().await;
    }
}

fn lost(error: &JoinError) -> Failure {
    Failure::of_ours(format!("the task that follows the stream ended: {error}"))
}

/// The result of a call that runs; pending while none does. Tokens, headers and layers are code of
/// the application: a panic in one fails the call.
async fn finished<T>(call: &mut Option<Call<T>>) -> Result<T, Failure> {
    let Some(running) = call else {
        return std::future::pending().await;
    };
    let result = poll_fn(|context| match contain(|| running.as_mut().poll(context)) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(Failure::of_ours(format!("a call panicked: {panic}")))),
    });
    let result = result.await;
    *call = None;
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_panics_fails() {
        let panics = async || -> Result<(), Failure> { panic!("no token") };
        let mut call: Option<Call<()>> = Some(Box::pin(panics()));
        let failure = finished(&mut call).await.expect_err("it panicked");
        assert!(failure.message.contains("no token") && call.is_none());
    }
}
