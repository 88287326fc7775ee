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
use tokio::time::{Sleep, sleep_until};
use tonic::Status;

use super::sendable;
use crate::{
    auth::Claims,
    engine::{Event, Fields},
    faults::{Connection, Delivery, Flaw, Spoil as _},
    hub::{Hub, Subscription},
    limiter::Meter,
};

type Message = Result<SubscribeResponse, Status>;

pub(crate) struct Events {
    /// A message that was waited for before the response began.
    first: Option<Message>,
    pending: VecDeque<Message>,
    /// `None` after an error: the stream is over.
    live: Option<Subscription>,
    /// An event that comes late, and what it waits for.
    delayed: Option<(Pin<Box<Sleep>>, Delivery)>,
    /// What the stream ends with, once that is known.
    end: Option<Status>,
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
    connection: Arc<Connection>,
) -> Result<Events, Status> {
    let engine = hub.engine();
    let (tenant, fields) = engine.subscription(claims, &request)?;
    let live = hub.subscribe(&tenant, connection);
    let (replay, replayed) = match request.start_version {
        Some(start) => engine.replay(&tenant, start)?,
        None => (Vec::new(), 0),
    };
    let mut events = Events {
        first: None,
        pending: VecDeque::new(),
        live: Some(live),
        delayed: None,
        end: None,
        paths: request.field_paths.into_iter().collect(),
        replayed,
        fields,
        null_as_zero: hub.quirks.null_as_zero,
        meter,
    };
    for event in &replay {
        let messages = events.messages(event, false); // a replay shows null as it is
        events.pending.extend(messages.into_iter().map(Ok));
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

    fn messages(&self, event: &Event, null_as_zero: bool) -> Vec<SubscribeResponse> {
        let wanted = |change: &ConfigChange| {
            self.paths.is_empty() || self.paths.contains(&change.field_path)
        };
        let changes = event.messages(&self.fields, null_as_zero).filter(wanted);
        let message = |change| SubscribeResponse {
            change: Some(change),
        };
        changes.map(message).collect()
    }

    fn take_in(&mut self, Delivery { event, flaw, .. }: Delivery) {
        if event.version <= self.replayed {
            return;
        }
        let mut messages = self.messages(&event, self.null_as_zero);
        let mut cut = None;
        match flaw {
            Some(Flaw::Garbage(garbage)) => {
                for message in &mut messages {
                    message.spoil(garbage);
                }
            }
            Some(Flaw::Cut(status)) if !messages.is_empty() => {
                messages.truncate(1);
                cut = Some(Err(status));
            }
            _ => {}
        }
        self.pending.extend(messages.into_iter().map(Ok).chain(cut));
    }

    /// The next event; `None` at the end.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        loop {
            let Some(live) = &mut self.live else {
                return Poll::Ready(None);
            };
            if let Some((sleep, delivery)) = &mut self.delayed {
                if sleep.as_mut().poll(cx).is_ready() {
                    let delivery = delivery.clone();
                    self.delayed = None;
                    return Poll::Ready(Some(delivery));
                }
                // What is late when the stream ends never comes.
                let end = ready!(Pin::new(&mut live.end).poll(cx));
                self.end = end.ok();
                self.live = None;
                return Poll::Ready(None);
            }
            let Some(delivery) = ready!(live.events.poll_recv(cx)) else {
                self.end = live.end.try_recv().ok();
                self.live = None;
                return Poll::Ready(None);
            };
            let Some(due) = delivery.due else {
                return Poll::Ready(Some(delivery));
            };
            self.delayed = Some((Box::pin(sleep_until(due)), delivery));
        }
    }

    /// Every message pays, and the one that cannot ends the stream in mid-batch.
    fn pay(&self, message: Message) -> Message {
        let message = message?;
        sendable(&message)?;
        self.meter.take()?;
        Ok(message)
    }
}

impl Stream for Events {
    type Item = Message;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        let message = loop {
            if let Some(message) = self.pending.pop_front() {
                break message;
            }
            let Some(delivery) = ready!(self.poll_event(cx)) else {
                return Poll::Ready(self.end.take().map(Err));
            };
            self.take_in(delivery);
        };
        let paid = self.pay(message);
        if paid.is_err() {
            self.live = None;
            self.pending.clear();
        }
        Poll::Ready(Some(paid))
    }
}
