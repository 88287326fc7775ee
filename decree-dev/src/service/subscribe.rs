//! The stream of `Subscribe`: first what is replayed, then what happens, one message per field.

use std::{
    collections::{HashSet, VecDeque},
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use decree_proto::v1::{ConfigChange, SubscribeRequest, SubscribeResponse};
use futures_core::Stream;
use tokio::sync::mpsc;
use tonic::Status;

use crate::{
    auth::Claims,
    engine::{Event, Fields},
    hub::Hub,
    limiter::Meter,
};

type Message = Result<SubscribeResponse, Status>;

pub(crate) struct Events {
    /// A message that was waited for before the response began.
    first: Option<Message>,
    pending: VecDeque<ConfigChange>,
    /// `None` after an error: the stream is over.
    live: Option<mpsc::Receiver<Arc<Event>>>,
    /// Empty lets everything through.
    paths: HashSet<String>,
    /// Live events up to this version were replayed.
    replayed: i32,
    /// The types as they were when the stream began; a newer schema does not change them.
    fields: Arc<Fields>,
    null_as_zero: bool,
    meter: Meter,
}

/// Listens before it replays, so that nothing falls in between.
pub(super) fn open(
    hub: &Hub,
    claims: &Claims,
    request: SubscribeRequest,
    meter: Meter,
) -> Result<Events, Status> {
    let engine = hub.engine();
    let (tenant, fields) = engine.subscription(claims, &request)?;
    let live = hub.subscribe(&tenant);
    let (replay, replayed) = match request.start_version {
        Some(start) => engine.replay(&tenant, start)?,
        None => (Vec::new(), 0),
    };
    let mut events = Events {
        first: None,
        pending: VecDeque::new(),
        live: Some(live),
        paths: request.field_paths.into_iter().collect(),
        replayed,
        fields,
        null_as_zero: hub.quirks.null_as_zero,
        meter,
    };
    for event in &replay {
        events.expand(event, false); // a replay shows null as it is
    }
    Ok(events)
}

impl Events {
    /// Waits for the first message, because a response that has begun has sent its headers.
    pub(super) async fn started(mut self) -> Result<Self, Status> {
        let first = poll_fn(|cx| Pin::new(&mut self).poll_next(cx)).await;
        self.first = first.transpose()?.map(Ok);
        Ok(self)
    }

    fn expand(&mut self, event: &Event, null_as_zero: bool) {
        let Self {
            fields,
            paths,
            pending,
            ..
        } = self;
        let wanted = |change: &ConfigChange| paths.is_empty() || paths.contains(&change.field_path);
        pending.extend(event.messages(fields, null_as_zero).filter(wanted));
    }
}

impl Stream for Events {
    type Item = Message;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        while self.pending.is_empty() {
            let Some(live) = &mut self.live else {
                return Poll::Ready(None);
            };
            let Some(event) = ready!(live.poll_recv(cx)) else {
                return Poll::Ready(None);
            };
            if event.version > self.replayed {
                let null_as_zero = self.null_as_zero;
                self.expand(&event, null_as_zero);
            }
        }
        // Every message pays, and the one that cannot ends the stream in mid-batch.
        let change = self.pending.pop_front();
        let paid = self.meter.take();
        if paid.is_err() {
            self.live = None;
            self.pending.clear();
        }
        Poll::Ready(Some(paid.map(|()| SubscribeResponse { change })))
    }
}
